"""The service and its state as Comanda asks for them.

What Comanda shows to people is in Catalan. It gets no revision: what can be read without an account
must not say which changes a deployment lacks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from suport.domain.health import Counts, Health, Integration, Part, State, Tally
from suport.domain.known_problem import KnownProblem
from suport.domain.language import Language
from suport.domain.legal_time import start_of, to_madrid
from suport.domain.version import DATED, VERSION
from suport.views.comanda import APPLICATION

NAME = "Suport, assistència a les tramitacions electròniques"
LONGEST_MESSAGE = 2048  # characters, by the manual

INTEGRATIONS: Mapping[Integration, tuple[str, str]] = {
    Integration.SES: ("SES", "Enviament de correus (Amazon SES)"),
    Integration.S3: ("S3", "Magatzem de fitxers (Amazon S3)"),
    Integration.SQS: ("SQS", "Cues de missatges (Amazon SQS)"),
    Integration.SECRETS: ("SECRETS", "Claus del servei (AWS Secrets Manager)"),
}
"""The code and the name of each."""

PARTS: Mapping[Part, tuple[str, str]] = {
    Part.API: ("API", "Totes les respostes (Amazon API Gateway)"),
    Part.WEB: ("WEB", "Pàgines i API de la ciutadania"),
    Part.DESK: ("TAULA", "Taula dels equips de suport"),
    Part.ROUTING: ("REPARTIMENT", "Repartiment de les incidències als equips"),
    Part.MAIL: ("CORREU", "Correus a la ciutadania"),
    Part.FILES: ("FITXERS", "Fitxers de la ciutadania"),
    Part.RETENTION: ("CONSERVACIO", "Supressió als sis mesos"),
}
"""The code and the name of each."""


def info(service: str) -> dict[str, Any]:
    """What the service is. service: its address, to which paths are added."""
    api = f"{service}/v1/openapi.json"
    return {
        "codi": APPLICATION,
        "nom": NAME,
        "versio": VERSION,
        "data": _epoch_ms(start_of(DATED)),
        "integracions": [{"codi": code, "nom": name} for code, name in INTEGRATIONS.values()],
        "subsistemes": [{"codi": code, "nom": name} for code, name in PARTS.values()],
        "contexts": [
            {
                "codi": "EXT",
                "nom": "Pàgines i API de la ciutadania",
                "path": f"{service}/",
                "manuals": [
                    {"nom": "Ajuda per a tramitacions telemàtiques", "path": f"{service}/ca/help"},
                    {"nom": "Protecció de dades", "path": f"{service}/ca/privacy"},
                    {"nom": "Declaració d'accessibilitat", "path": f"{service}/ca/accessibility"},
                ],
                "api": api,
            },
            {
                "codi": "INT",
                "nom": "API dels equips de suport",
                "path": f"{service}/v1/desk",
                "manuals": [],
                "api": api,
            },
        ],
    }


def state(
    recorded: Health | None, at: datetime, problems: Sequence[KnownProblem] = ()
) -> dict[str, Any]:
    """The state of the service as it was recorded last, as far as that still tells it.

    problems: the known problems that are open, which change nothing of the service's own state.
    """
    health = (recorded or Health(seen_at=at)).known_at(at)
    answers = health.parts.get(Part.API, Tally())
    if not answers.total.asked:
        answers = health.parts.get(Part.WEB, Tally())
    return {
        "codi": APPLICATION,
        "versio": VERSION,
        "data": _epoch_ms(health.seen_at),
        "estatGlobal": _state(health.overall, answers),
        "estatBaseDeDades": _state(health.database_state, health.database),
        "integracions": [
            {"codi": code, **_state(tally.state, tally), "peticions": _requests(tally)}
            for each, (code, _) in INTEGRATIONS.items()
            for tally in [health.integrations.get(each, Tally())]
        ],
        "subsistemes": [
            {"codi": code, **_state(health.part(each), tally), **_requests(tally)}
            for each, (code, _) in PARTS.items()
            for tally in [health.parts.get(each, Tally())]
        ],
        "missatges": [
            {"data": _epoch_ms(health.seen_at), "nivell": level, "missatge": text}
            for level, text in _messages(recorded, at)
        ]
        + [_message_of(each) for each in problems],
    }


def unread(at: datetime) -> dict[str, Any]:
    """The state where the database does not answer: nobody can do anything with the service."""
    nothing = state(None, at)
    down = {"estat": State.DOWN, "latencia": None}
    message = "La base de dades no respon: el servei no pot atendre ningú."
    return nothing | {
        "estatGlobal": down,
        "estatBaseDeDades": down,
        "missatges": [{"data": _epoch_ms(at), "nivell": "ERROR", "missatge": message}],
    }


def _state(state: State, tally: Tally) -> dict[str, Any]:
    latest = tally.latest if tally.latest.asked else tally.total
    return {"estat": state, "latencia": latest.mean_ms}


def _requests(tally: Tally) -> dict[str, int]:
    return {
        "totalOk": tally.total.done,
        "totalError": tally.total.failed,
        "totalTempsMig": _mean(tally.total),
        "peticionsOkUltimPeriode": tally.latest.done,
        "peticionsErrorUltimPeriode": tally.latest.failed,
        "tempsMigUltimPeriode": _mean(tally.latest),
    }


def _mean(counts: Counts) -> int:
    return counts.mean_ms or 0


def _messages(recorded: Health | None, at: datetime) -> list[tuple[str, str]]:
    if recorded is None:
        return [("INFO", "El servei encara no ha estat observat cap vegada.")]
    if recorded.is_silent(at):
        seen = f"{to_madrid(recorded.seen_at):%d/%m/%Y %H:%M}"
        text = (
            f"Ningú no observa el servei des del {seen}, i no se sap en quin estat es troba."
            " Els comptes són els d'aquell moment."
        )
        return [("ERROR", text)]
    told = []
    if recorded.in_maintenance:
        told.append(("WARN", "S'està restaurant el registre d'incidències des d'una còpia."))
    if recorded.overdue:
        told.append(
            ("ERROR", f"Incidències amb feina endarrerida que no es pot fer: {recorded.overdue}.")
        )
    for part, many in recorded.dead_letters.items():
        told.append(("ERROR", f"{PARTS[part][1]}: missatges que no s'han pogut tractar: {many}."))
    return told


def _message_of(problem: KnownProblem) -> dict[str, Any]:
    since = f"{to_madrid(problem.since):%d/%m/%Y %H:%M}"
    title, text = (told[Language.CATALAN] for told in (problem.titles, problem.texts))
    message = f"Problema conegut des del {since}: {title}. {text}"
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    return {"data": _epoch_ms(problem.changed_at), "nivell": "WARN", "missatge": message}


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

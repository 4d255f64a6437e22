"""The figures as Comanda asks for them.

A category is a dimension and each figure of a day an indicator, both with codes of the Government's
own. A figure that is too small to be shown is left out.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from suport.domain.category import Category
from suport.domain.figures import PARTS, CategoryFigures, DayFigures, End, Line
from suport.domain.incident import Channel
from suport.domain.legal_time import start_of
from suport.domain.version import VERSION
from suport.views.comanda import APPLICATION

CATEGORIES = {Category.FUNCTIONAL: "FUN", Category.PAYMENT: "PAG", Category.SIGNATURE: "CERT"}
"""The categories' codes in the Government's support module."""

_WEEKDAYS = ("DL", "DM", "DC", "DJ", "DV", "DS", "DG")
_CATEGORY = "CAT"


class Indicator(NamedTuple):
    """A figure: its code, name and meaning in Catalan."""

    code: str
    name: str
    meaning: str


INDICATORS: Mapping[Line | Channel | End | str, Indicator] = {
    Line.SUBMITTED: Indicator("REB", "Rebudes", "Incidències rebudes aquell dia"),
    Channel.WEB: Indicator("REB_WEB", "Rebudes per web", "Rebudes pel formulari o per l'API"),
    Channel.PHONE: Indicator("REB_TEL", "Rebudes per telèfon", "Anotades per un operador"),
    Line.ANSWERED: Indicator("RESP", "Respostes", "Incidències contestades per primera vegada"),
    Line.ENDED: Indicator("TANC", "Acabades", "Incidències resoltes o tancades"),
    End.SOLVED: Indicator(
        "TANC_RES", "Resoltes", "Acabades per un operador, o pel ciutadà després d'una resposta"
    ),
    End.SELF_HELPED: Indicator(
        "TANC_AUT", "Autoajuda", "Tancades pel ciutadà abans que l'equip contestàs"
    ),
    End.SILENT: Indicator(
        "TANC_SIL", "Tancades per silenci", "Tancades perquè el ciutadà no va contestar"
    ),
    Line.REOPENED: Indicator("REOB", "Reobertes", "Incidències que el ciutadà va reobrir"),
    Line.RATED: Indicator("VAL", "Valorades", "Incidències que el ciutadà va valorar"),
    "first_answer_p50": Indicator(
        "RESP_P50", "Temps de resposta, p50", "Segons en què la meitat tenia la primera resposta"
    ),
    "first_answer_p90": Indicator(
        "RESP_P90", "Temps de resposta, p90", "Segons en què nou de cada deu tenien la resposta"
    ),
    "solution_p50": Indicator(
        "RES_P50", "Temps de resolució, p50", "Segons en què la meitat estava resolta"
    ),
    "solution_p90": Indicator(
        "RES_P90", "Temps de resolució, p90", "Segons en què nou de cada deu estaven resoltes"
    ),
}


def info() -> dict[str, Any]:
    """What the figures of this service are."""
    return {
        "codi": APPLICATION,
        "versio": VERSION,
        "dimensions": [
            {
                "codi": _CATEGORY,
                "nom": "Categoria",
                "descripcio": "Tipus de problema: dubtes funcionals, pagament, firma o certificat",
                "valors": list(CATEGORIES.values()),
            }
        ],
        "indicadors": [
            {"codi": each.code, "nom": each.name, "descripcio": each.meaning, "format": "LONG"}
            for each in INDICATORS.values()
        ],
    }


def statistics(day: date, figures: DayFigures) -> dict[str, Any]:
    """The figures of a day."""
    return {
        "temps": _time(day),
        "fets": [
            {"dimensions": [{"codi": _CATEGORY, "valor": code}], "fets": facts}
            for category, code in CATEGORIES.items()
            if category in figures and (facts := _facts(figures[category]))
        ],
    }


def _facts(figures: CategoryFigures) -> list[dict[str, Any]]:
    values: dict[Line | Channel | End | str, int | None] = {}
    for line, shown in figures.lines.items():
        values[line] = shown.total
        if shown.parts and len(shown.parts) > 1:
            kind = Channel if line is Line.SUBMITTED else End
            values |= {kind(name): n for name, n in zip(PARTS[line], shown.parts, strict=True)}
    for name, spread in (
        ("first_answer", figures.quality.first_answer_s),
        ("solution", figures.quality.solution_s),
    ):
        values |= {f"{name}_p50": spread.p50, f"{name}_p90": spread.p90}
    return [
        {"codi": indicator.code, "valor": values[figure]}
        for figure, indicator in INDICATORS.items()
        if values.get(figure) is not None
    ]


def _time(day: date) -> dict[str, Any]:
    return {
        "data": int(start_of(day).timestamp()) * 1000,
        "anualitat": day.year,
        "trimestre": (day.month + 2) // 3,
        "mes": day.month,
        "setmana": day.isocalendar().week,
        "diaSetmana": _WEEKDAYS[day.weekday()],
        "dia": day.day,
    }

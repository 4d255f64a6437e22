"""The times that the privacy notice states are those of the template and of the code."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from desk.drafts.kept_files import KEPT_FOR
from suport.desk import drafts
from suport.domain import remote_session, tombstone
from suport.domain.deadlines import CONFIRMED_WITHIN, ENDS_SOON, WAITS_FOR_CITIZEN
from suport.domain.language import Language
from suport.domain.retention import MONTHS_KEPT
from suport.texts.published_notices import CURRENT_VERSIONS, Notice, Subject, current
from suport.web import session
from tests.support.notices import DIRECTORATE_GENERAL
from tests.support.template import TEMPLATE, properties, resources

DAY_S = 24 * 3600
SNS_TRIES_FOR = ("23", "days")
"""How long SNS tries to deliver to a queue; the same for every topic."""
UNITS = {
    Language.CATALAN: {
        "months": "mesos",
        "days": "dies",
        "minutes": "minuts",
        "hours": "hores",
        "seconds": "segons",
        "weeks": "setmanes",
        "years": "anys",
    },
    Language.SPANISH: {
        "months": "meses",
        "days": "días",
        "minutes": "minutos",
        "hours": "horas",
        "seconds": "segundos",
        "weeks": "semanas",
        "years": "años",
    },
    Language.ENGLISH: {
        "months": "months",
        "days": "days",
        "minutes": "minutes",
        "hours": "hours",
        "seconds": "seconds",
        "weeks": "weeks",
        "years": "years",
    },
    Language.GERMAN: {
        "months": "(?:Kalender)?[Mm]onaten?",
        "days": "(?:Kalender|Arbeits|Werk)?[Tt]agen?",
        "minutes": "Minuten",
        "hours": "Stunden",
        "seconds": "Sekunden",
        "weeks": "Wochen",
        "years": "Jahren?",
    },
}
"""In a language of its own: "dies" is days in Catalan, and this in German."""
BETWEEN = r"(?:calendar |weitere )?"
"""The adjectives that a language puts before the unit."""
SYSTEM_BACKUP_DAYS = 35  # DynamoDB's own; docs/privacy.md has the source


def times(text: str, language: Language) -> Iterator[tuple[str, str]]:
    """Every time in the text, in order: its number as it is written, and its unit."""
    pattern = "|".join(f"(?P<{unit}>{words})" for unit, words in UNITS[language].items())
    for found in re.finditer(rf"(\w+)\s{BETWEEN}(?:{pattern})\b", text):
        assert found.lastgroup
        yield found[1], found.lastgroup


def days_of(queue: str) -> str:
    return str(properties(queue)["MessageRetentionPeriod"] // DAY_S)


def logs() -> str:
    (days,) = {each["RetentionInDays"] for each in resources("AWS::Logs::LogGroup").values()}
    return str(days)


def whole(span: timedelta, unit: timedelta) -> str:
    assert span % unit == timedelta(0)
    return str(span // unit)


def in_force() -> list[tuple[str, str]]:
    """The times in force, in the order in which the notice states them."""
    a_day, kept = timedelta(days=1), str(MONTHS_KEPT)
    recovery = TEMPLATE["Parameters"]["RecoveryDays"]
    lifecycle = properties("Attachments")["LifecycleConfiguration"]["Rules"]
    (net,) = [rule["ExpirationInDays"] for rule in lifecycle if "ExpirationInDays" in rule]
    assert {days_of("FunctionalQueue"), days_of("MailQueue"), days_of("ErasuresQueue")} == {"14"}
    # The notice states the most that an operator of the service may choose, which is the default.
    assert recovery["MaxValue"] == recovery["Default"]
    # A tombstone must be there for as long as any copy is.
    assert max(SYSTEM_BACKUP_DAYS, recovery["MaxValue"]) < tombstone.KEPT_FOR.days
    copies = str(recovery["MaxValue"])
    return [
        (kept, "months"),  # the first layer: an entry
        (kept, "months"),  # and the incident itself
        (kept, "months"),
        (whole(CONFIRMED_WITHIN, a_day), "days"),
        session_kept(),
        (whole(ENDS_SOON, a_day), "days"),
        (str(net), "days"),
        (copies, "days"),
        (str(SYSTEM_BACKUP_DAYS), "days"),
        (days_of("FunctionalQueue"), "days"),
        (days_of("MailEventsQueue"), "days"),
        SNS_TRIES_FOR,
        (days_of("ArrivalsQueue"), "days"),
        (logs(), "days"),
        (whole(KEPT_FOR, a_day), "days"),
        (whole(drafts.KEPT_FOR, timedelta(hours=1)), "hours"),
        (kept, "months"),  # a search for a person
        (kept, "months"),  # the references of what was answered together
        (copies, "days"),  # if the incident was erased
        (whole(tombstone.KEPT_FOR, a_day), "days"),
        (whole(session.LASTS, timedelta(minutes=1)), "minutes"),
        session_kept(),
    ]


def session_kept() -> tuple[str, str]:
    """For how long the technical data of a session of remote support are kept, and its cookie."""
    return whole(remote_session.KEPT_FOR, timedelta(hours=1)), "hours"


def notice(language: Language) -> Notice:
    return current(Subject.PRIVACY, language)


@pytest.mark.parametrize("language", Language)
def test_the_notice_states_the_times_in_force(language: Language) -> None:
    assert list(times(notice(language).text, language)) == in_force()


@pytest.mark.parametrize("language", Language)
def test_the_other_notices_state_the_same_times(language: Language) -> None:
    a_minute, kept = timedelta(minutes=1), (str(MONTHS_KEPT), "months")
    lasts = {(whole(session.LASTS, a_minute), "minutes"), session_kept()}
    assert set(times(current(Subject.COOKIES, language).text, language)) == lasts
    waits = (whole(remote_session.JOIN_WITHIN, a_minute), "minutes")
    assert list(times(current(Subject.REMOTE_SUPPORT, language).text, language)) == [
        waits,  # for the citizen to join
        waits,  # and to show the screen again
        (whole(remote_session.SILENCE, timedelta(seconds=1)), "seconds"),
        (whole(remote_session.LASTS, a_minute), "minutes"),
        (whole(WAITS_FOR_CITIZEN, timedelta(days=1)), "days"),
        kept,  # a consent
        session_kept(),
        kept,  # an entry
    ]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("comptats sis mesos naturals", "ca", [("sis", "months")]),
        ("bis zu 7 weitere Tage", "de", [("7", "days")]),
        ("for 6 calendar months", "en", [("6", "months")]),
        ("sechs Kalendermonate ab dem Tag", "de", [("sechs", "months")]),
        ("durant 30 dies, o trenta minuts", "ca", [("30", "days"), ("trenta", "minutes")]),
        ("una hora, 24 horas, 2 semanas", "es", [("24", "hours"), ("2", "weeks")]),
        ("des del dia en què es va registrar", "ca", []),
    ],
)
def test_a_time_is_found_in_digits_and_in_words(
    text: str, language: Language, found: list[tuple[str, str]]
) -> None:
    assert list(times(text, language)) == found


@pytest.mark.parametrize("language", Language)
def test_the_first_layer_is_short_and_has_what_the_law_asks_of_it(language: Language) -> None:
    """LOPDGDD, article 11.2: who is responsible, what for, and which rights there are."""
    (block,) = notice(language).first_layer()
    assert block.kind == "list"
    assert len(block.lines) == 7
    said = ["".join(text for text, _ in line) for line in block.lines]
    assert DIRECTORATE_GENERAL[language] in said[0]
    assert CONFIDENTIAL[language] in said[4]
    assert sum(map(len, said)) < 1200


CONFIDENTIAL = {
    Language.CATALAN: "és confidencial",
    Language.SPANISH: "es confidencial",
    Language.ENGLISH: "is confidential",
    Language.GERMAN: "ist vertraulich",
}


@pytest.mark.parametrize("subject", Subject)
def test_every_language_has_the_same_sections_and_links(subject: Subject) -> None:
    def shape(language: Language) -> list[tuple[str, int]]:
        return [(block.kind, len(block.lines)) for block in current(subject, language).blocks()]

    def links(language: Language) -> list[str]:
        text = current(subject, language).text
        return sorted(re.findall(r"\]\(([^()\s]+)\)", text))

    assert [shape(each) for each in Language] == [shape(Language.CATALAN)] * len(Language)
    assert [links(each) for each in Language] == [links(Language.CATALAN)] * len(Language)


def test_the_notice_of_a_day_is_dated_that_day() -> None:
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", each) for each in CURRENT_VERSIONS.values())

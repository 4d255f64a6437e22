"""The nightly count, and what the desk and Comanda are told of it."""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.figures import Facts, Line, count_day, shown
from suport.domain.incident import Actor, Channel
from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.register.deployed import register
from suport.register.other_tables import figures_table
from suport.runtime import clock
from tests.functions.conftest import COMANDA
from tests.support.figures import RegisterAndFigures, recorded
from tests.support.gateway import CONTEXT, Load, asked
from tests.support.operators_api import OperatorsApi, refusal
from tests.support.register import a_submission

DAY = date(2026, 11, 3)
NOON = datetime(2026, 11, 3, 11, tzinfo=UTC)
NIGHT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)
AINA = ("aina", Category.PAYMENT)
PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE
LISTED = catalogue().procedures[0]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the functions' clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


@pytest.fixture
def count_figures(load: Load, figures: RegisterAndFigures) -> ModuleType:
    assert figures.items == {}
    return load("count_figures")


def facts(many: int, at: datetime = NOON, **changes: Any) -> list[Facts]:
    known: dict[str, Any] = {
        "category": PAYMENT,
        "language": Language.CATALAN,
        "channel": Channel.WEB,
        "submitted_at": at,
    }
    return [Facts(**known | changes)] * many


def submitted(many: int, at: datetime = NOON, **changes: Any) -> None:
    for number in range(many):
        submission = a_submission(category="payment", error={"code": "190"}, **changes)
        register().submit(submission, f"{at.timestamp():.0f}-{number:04}", b"secret", at)


def night(count_figures: ModuleType) -> None:
    count_figures.handler({"source": "aws.scheduler"}, CONTEXT)


# The nightly count


def test_a_night_records_the_day_before_for_each_category(
    count_figures: ModuleType, at: Callable[[datetime], None]
) -> None:
    submitted(6)
    submitted(1, NIGHT)  # after midnight
    at(NIGHT)
    night(count_figures)
    (day,) = figures_table().days(DAY - A_DAY, DAY + A_DAY).items()
    assert day[0] == DAY
    assert set(day[1]) == set(Category)
    assert day[1][PAYMENT].lines[Line.SUBMITTED].parts == (6, 0)
    assert day[1][SIGNATURE].lines[Line.SUBMITTED].total == 0


def test_the_same_night_twice_changes_nothing_whatever_happened_meanwhile(
    count_figures: ModuleType,
    figures: RegisterAndFigures,
    at: Callable[[datetime], None],
) -> None:
    submitted(6)
    at(NIGHT)
    night(count_figures)
    before = deepcopy(figures.records)
    figures.items.clear()  # all of them were erased
    at(NIGHT + timedelta(minutes=5))
    night(count_figures)
    assert figures.records == before


def test_a_forecast_is_made_of_all_first_answers_also_of_days_with_few(
    count_figures: ModuleType, figures: RegisterAndFigures
) -> None:
    known = [
        each
        for number in range(25)
        for at in [NOON - number * A_DAY]
        for each in facts(4, at, first_answered_at=at + timedelta(minutes=100))
    ]
    count_figures.count_until(DAY + A_DAY, known)
    count_figures.close_months(DAY + 60 * A_DAY)
    assert figures_table().latest(PAYMENT).quality[30].first_answer_s.p50 is None
    assert figures_table().latest_of_all()[PAYMENT] == (DAY, dict.fromkeys((30, 90, 180), 7200))
    kept = figures_table().first_answers(DAY - 30 * A_DAY, DAY)[PAYMENT]
    assert kept[DAY] == [100] * 4
    figures_table().forget_values(DAY - 30 * A_DAY, DAY)
    assert not any("first_answers" in record for record in figures.records.values())


@st.composite
def incidents(draw: st.DrawFn) -> Facts:
    """An incident of the day on which much of it may have happened."""
    later = st.integers(0, 300).map(lambda minutes: NOON + timedelta(minutes=minutes))
    ended, rating = draw(later), draw(st.none() | st.integers(1, 5))
    return facts(
        1,
        first_answered_at=draw(later),
        ended_at=ended,
        ended_by=draw(st.sampled_from([Actor.CITIZEN, Actor.OPERATOR])),
        rating=rating,
        rated_at=ended if rating else None,
    )[0]


ACTS_ON_THE_NEXT_DAY: dict[str, dict[str, Any] | None] = {
    "erased": None,
    "transferred": {"category": SIGNATURE},
    "reopened": {
        "reopened_at": NOON + A_DAY,
        **dict.fromkeys(("ended_at", "ended_by", "rating", "rated_at")),
    },
    "ended": {"ended_at": NOON + A_DAY, "ended_by": Actor.OPERATOR},
    "rated": {"rating": 1, "rated_at": NOON + A_DAY},
}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    day=st.lists(incidents(), min_size=20, max_size=45),
    acts=st.lists(st.sampled_from(sorted(ACTS_ON_THE_NEXT_DAY)), min_size=1, max_size=4),
)
def test_no_later_act_of_a_few_people_changes_a_published_percentile_or_mean(
    count_figures: ModuleType, figures: RegisterAndFigures, day: list[Facts], acts: list[str]
) -> None:
    """Two nights would otherwise tell that somebody reopened an incident, or how they rated."""
    later = []
    for act, each in zip_longest(acts, day):
        changes = ACTS_ON_THE_NEXT_DAY[act] if act else {}
        later += [] if changes is None else [replace(each, **changes)]
    figures.records.clear()
    count_figures.count_until(DAY + A_DAY, day)
    first_night = deepcopy(figures.records)
    published = []
    for known in (day, later):
        figures.records = deepcopy(first_night)
        count_figures.count_until(DAY + 2 * A_DAY, known)
        count_figures.close_months(date(2026, 12, 1))
        closed = figures_table().month("2026-11").month
        assert closed
        assert figures_table().days(DAY, DAY)[DAY][PAYMENT] == shown(count_day(DAY, PAYMENT, day))
        told = figures_table().latest(PAYMENT)
        of_month = closed.categories[PAYMENT].quality
        published.append((told.quality, told.days[DAY], of_month))
    assert published[0] == published[1]


def test_what_percentiles_are_made_of_is_kept_of_shown_days_as_long_as_the_longest_span(
    count_figures: ModuleType,
) -> None:
    answered = facts(20, first_answered_at=NOON + timedelta(minutes=30, seconds=1))
    few = facts(4, NOON + A_DAY, first_answered_at=NOON + A_DAY)
    count_figures.count_until(DAY + A_DAY, answered)
    count_figures.count_until(DAY + 2 * A_DAY, answered + few)
    count_figures.close_months(date(2026, 12, 1))
    kept = figures_table().values(DAY, DAY + A_DAY)[PAYMENT]
    assert kept[DAY][Line.ANSWERED] == [31] * 20
    assert not kept[DAY + A_DAY].get(Line.ANSWERED)
    for days, left in ((180, 20), (181, 0)):
        count_figures.count_until(DAY + days * A_DAY, [])
        assert len(figures_table().values(DAY, DAY)[PAYMENT][DAY].get(Line.ANSWERED, [])) == left
    assert figures_table().days(DAY, DAY)[DAY][PAYMENT].quality.first_answer_s.p50 == 31 * 60


def test_missed_nights_are_made_up_for(
    count_figures: ModuleType, at: Callable[[datetime], None]
) -> None:
    for days in range(4):
        submitted(5 + days, NOON - days * A_DAY)
    at(NIGHT - 3 * A_DAY)
    night(count_figures)
    at(NIGHT)
    night(count_figures)
    told = figures_table().days(DAY - 10 * A_DAY, DAY)
    assert [day[PAYMENT].lines[Line.SUBMITTED].total for day in told.values()] == [8, 7, 6, 5]


def test_a_month_is_closed_once_it_is_over_and_its_small_counts_are_forgotten(
    count_figures: ModuleType,
    figures: RegisterAndFigures,
    at: Callable[[datetime], None],
) -> None:
    for days in (28, 29, 30):  # 4, 5 and 6 November
        submitted(3, NOON + (31 - days) * A_DAY, language="de")
    submitted(7, NOON, procedure={"code": LISTED.code})
    for moment in (NIGHT, NIGHT + 4 * A_DAY, NIGHT + 26 * A_DAY):  # to 30 November
        at(moment)
        night(count_figures)
    assert figures_table().month("2026-11").month is None
    assert any("unshown" in item for item in list(figures.records.values()))
    at(NIGHT + 27 * A_DAY)
    night(count_figures)
    closed = figures_table().month("2026-11").month
    assert closed
    assert closed.categories[PAYMENT].lines[Line.SUBMITTED].total == 16
    assert (closed.languages.shown, closed.languages.others) == ({"de": 9, "ca": 7}, 0)
    assert (closed.procedures.shown, closed.procedures.others) == (
        {"none": 9, LISTED.code: 7},
        0,
    )
    november = [each for each in list(figures.records.values()) if each["period"]["S"] < "2026-12"]
    assert not any("unshown" in item for item in november)
    assert '"3"' not in str(november)


def test_a_night_that_closed_a_month_and_got_no_further_is_finished_by_the_next(
    count_figures: ModuleType,
    figures: RegisterAndFigures,
    at: Callable[[datetime], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submitted(2)
    at(NIGHT + 27 * A_DAY)
    with monkeypatch.context() as broken:
        broken.setattr("suport.register.figures_table.FiguresTable.forget_small_counts", fail)
        with pytest.raises(ConnectionError):
            night(count_figures)
    night(count_figures)
    assert not any(
        "unshown" in each for each in list(figures.records.values()) if "2026-11" in str(each)
    )


def fail(*_: object) -> None:
    raise ConnectionError


def test_a_record_names_no_incident_and_nobody_and_never_expires(
    count_figures: ModuleType,
    figures: RegisterAndFigures,
    at: Callable[[datetime], None],
) -> None:
    submitted(6, procedure={"name": "El tràmit de na Xisca", "code": "00000000T"})
    at(NIGHT + 30 * A_DAY)
    night(count_figures)
    told = str(list(figures.records.values()))
    assert "expires_at" not in told
    private = ["anna@example.org", "Xisca", "00000000T", "annexar", *figures.items]
    assert not [text for text in private if text in told]
    assert "unlisted" in told


# A team's figures


def test_a_teams_figures_are_those_that_the_nights_recorded(
    figures: RegisterAndFigures, desk: OperatorsApi, at: Callable[[datetime], None]
) -> None:
    answered = facts(20, first_answered_at=NOON + timedelta(minutes=30), rating=4, rated_at=NOON)
    ended = facts(20, ended_at=NOON, ended_by=Actor.CITIZEN)
    few = facts(3, NOON - A_DAY)
    recorded(figures_table(), answered + ended + few, DAY - A_DAY, DAY)
    at(NIGHT)
    status, told = desk.ask("GET", "/v1/desk/stats", query={"days": "7"})
    assert (status, told["category"], told["days"], told["until"]) == (
        200,
        *("payment", 7),
        str(DAY),
    )
    assert (told["open"], told["waiting"]) == (1, 0)
    assert (told["submitted"], told["withheld_days"]["submitted"]) == (40, 1)
    assert told["first_answer_s"] == {"p50": 1800, "p90": 1800}
    assert told["solution_s"] == {"p50": 0, "p90": 0}
    assert told["ratings"] == {"count": 20, "mean": 4.0}
    _, others = desk.ask("GET", "/v1/desk/stats", role="signature-role")
    assert (others["open"], others["submitted"]) == (0, 0)
    assert figures.items


def test_a_night_that_is_missing_is_told(
    figures: RegisterAndFigures, desk: OperatorsApi, at: Callable[[datetime], None]
) -> None:
    recorded(figures_table(), facts(6), DAY, DAY)
    for nights, missing in ((0, 0), (2, 2)):
        at(NIGHT + nights * A_DAY)
        _, told = desk.ask("GET", "/v1/desk/stats", query={"days": "30"})
        assert (told["until"], told["uncounted_days"], told["submitted"]) == (str(DAY), missing, 6)
    assert figures.items


@pytest.mark.parametrize("days", [7, 180])
def test_a_teams_figures_take_one_record_and_two_counts_however_many_incidents_there_are(
    *,
    count_figures: ModuleType,
    figures: RegisterAndFigures,
    desk: OperatorsApi,
    at: Callable[[datetime], None],
    monkeypatch: pytest.MonkeyPatch,
    days: int,
) -> None:
    asked_for: list[tuple[str, str]] = []
    answer, paginate = figures._answer, figures.paginate

    def answered(name: str, asked: dict[str, Any]) -> Any:
        asked_for.append((name, asked["TableName"]))
        return answer(name, asked)

    def counted(**asked: Any) -> Any:
        assert asked["Select"] == "COUNT"
        return paginate(**asked)

    costs = []
    for nights in range(2):
        submitted(40, NOON + nights * A_DAY)
        at(NIGHT + nights * A_DAY)
        night(count_figures)
        with monkeypatch.context() as watched:
            watched.setattr(figures, "_answer", answered)
            watched.setattr(figures, "paginate", counted)
            _, told = desk.ask("GET", "/v1/desk/stats", query={"days": str(days)})
        assert (told["submitted"], told["uncounted_days"]) == (40 * (nights + 1), 0)
        costs.append(sorted(asked_for))
        asked_for.clear()
    assert costs[0] == costs[1] == [("get_item", "figures"), *[("query", "register")] * 2]


# The report of a month


def test_the_report_of_a_month_tells_its_days_and_once_it_is_over_the_whole(
    figures: RegisterAndFigures, desk: OperatorsApi
) -> None:
    some = facts(9) + facts(3, NOON + A_DAY) + facts(2, NOON + 2 * A_DAY, procedure=LISTED.code)
    recorded(figures_table(), some, DAY, date(2026, 11, 29))
    status, told = desk.ask("GET", "/v1/desk/reports/2026-11")
    assert (status, told["month"], told["closed"], told["until"]) == (
        *(200, "2026-11", False),
        "2026-11-29",
    )
    payment = told["categories"][1]
    assert (payment["category"], payment["submitted"]["total"]) == ("payment", None)
    assert (payment["submitted"]["at_least"], payment["submitted"]["withheld_days"]) == (9, 2)
    recorded(figures_table(), some, date(2026, 11, 30), date(2026, 11, 30))
    _, told = desk.ask("GET", "/v1/desk/reports/11-2026")
    assert told["closed"] is True
    assert told["categories"][1]["submitted"]["total"] == 14
    assert told["languages"] == {"shown": [{"language": "ca", "submitted": 14}], "others": 0}
    assert told["procedures"] == {"shown": [], "others": 14}
    days = [each for each in told["days"] if each["category"] == "payment"]
    assert [each["submitted"]["total"] for each in days[:4]] == [9, None, None, 0]
    assert days[0]["submitted"]["parts"] == {"web": 9, "phone": 0}
    assert figures.items


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "november", "2026", "2026-11-03", "٢٠٢٦-١١"]
)
def test_what_is_no_month_is_refused_by_name(
    figures: RegisterAndFigures, desk: OperatorsApi, month: str
) -> None:
    answer = desk.ask("GET", f"/v1/desk/reports/{month}")
    assert refusal(answer) == (422, "invalid")
    assert [each["field"] for each in answer[1]["errors"]] == ["month"]
    assert not figures.records


def test_a_month_without_records_is_told_by_name(
    figures: RegisterAndFigures, desk: OperatorsApi
) -> None:
    recorded(figures_table(), facts(9), DAY, DAY)
    answer = desk.ask("GET", "/v1/desk/reports/2026-10")
    assert refusal(answer) == (404, "no-figures")
    assert answer[1]["errors"] == [
        {"field": "month", "message": "There are no figures for 2026-10."}
    ]
    assert figures.items


# Comanda


class Comanda:
    """The Government's dashboard."""

    def __init__(self, load: Load) -> None:
        self._app = load("answer_comanda")

    def ask(
        self, path: str, login: str | None = ":".join(COMANDA.values()), method: str = "GET"
    ) -> tuple[int, Any]:
        """Status and body of the answer, with that user and password."""
        sent: dict[str, Any] = {}
        if login is not None:
            sent["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
        event = asked(method, f"/comanda/estadistiques{path}", **sent)
        answer = self._app.handler(event, CONTEXT)
        self.headers = {name: each[0] for name, each in answer["multiValueHeaders"].items()}
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


@pytest.fixture
def comanda(load: Load, figures: RegisterAndFigures, at: Callable[[datetime], None]) -> Comanda:
    at(NIGHT)
    days = [facts(number, NOON - number * A_DAY) for number in range(5, 8)]
    month = sum(days, facts(31) + facts(3, category=SIGNATURE) + facts(5, channel=Channel.PHONE))
    recorded(figures_table(), month, DAY - 9 * A_DAY, DAY)
    assert figures.items == {}
    return Comanda(load)


def test_comanda_gets_yesterday_in_its_own_form(comanda: Comanda) -> None:
    status, told = comanda.ask("")
    assert status == 200
    assert told["temps"] == {
        "data": int(datetime(2026, 11, 2, 23, tzinfo=UTC).timestamp()) * 1000,
        "anualitat": 2026,
        "trimestre": 4,
        "mes": 11,
        "setmana": 45,
        "diaSetmana": "DM",
        "dia": 3,
    }
    by_category = {each["dimensions"][0]["valor"]: each for each in told["fets"]}
    assert by_category.keys() == {"FUN", "PAG", "CERT"}
    payment = {each["codi"]: each["valor"] for each in by_category["PAG"]["fets"]}
    assert payment == {
        "REB": 36,
        "REB_WEB": 31,
        "REB_TEL": 5,
        **dict.fromkeys(("RESP", "TANC", "TANC_RES", "TANC_AUT", "TANC_SIL", "REOB", "VAL"), 0),
    }
    signature = {each["codi"]: each["valor"] for each in by_category["CERT"]["fets"]}
    assert "REB" not in signature  # three
    assert signature["RESP"] == 0


def test_what_comanda_gets_is_what_it_was_told_of(comanda: Comanda) -> None:
    _, info = comanda.ask("/info")
    assert info.keys() == {"codi", "versio", "dimensions", "indicadors"}
    assert len(info["codi"]) <= 16
    assert len(info["versio"]) <= 10
    (category,) = info["dimensions"]
    assert category.keys() == {"codi", "nom", "descripcio", "valors"}
    assert all(
        each.keys() == {"codi", "nom", "descripcio", "format"} for each in info["indicadors"]
    )
    told_of = {each["codi"] for each in info["indicadors"]}
    _, days = comanda.ask("/from/2026-10-25/to/2026-11-03")
    facts = [fact for day in days for fact in day["fets"]]
    assert {value["codi"] for fact in facts for value in fact["fets"]} <= told_of
    assert {each["valor"] for fact in facts for each in fact["dimensions"]} == {*category["valors"]}


@pytest.mark.parametrize(
    ("minutes", "wait_s"), [(0, 6000), (89, 660), (90, 600), (99, 60)]
)  # after midnight in Madrid
@pytest.mark.parametrize("path", ["", "/of/04-11-2026", "/from/2026-11-04/to/2026-11-04"])
def test_before_the_night_has_counted_comanda_is_told_when_to_ask_again(
    comanda: Comanda, at: Callable[[datetime], None], path: str, minutes: int, wait_s: int
) -> None:
    at(datetime(2026, 11, 4, 23, tzinfo=UTC) + timedelta(minutes=minutes))
    status, told = comanda.ask(path)
    assert (status, told["type"]) == (404, "urn:suport:problem:no-figures")
    assert comanda.headers["Retry-After"] == str(wait_s)
    assert "2026-11-04" in told["errors"][0]["message"]


@pytest.mark.parametrize("minutes", [100, 200, 23 * 60])  # after midnight in Madrid
@pytest.mark.parametrize("path", ["", "/of/04-11-2026", "/from/2026-11-04/to/2026-11-04"])
def test_after_the_count_a_day_without_figures_is_not_worth_asking_for_again(
    comanda: Comanda, at: Callable[[datetime], None], path: str, minutes: int
) -> None:
    at(datetime(2026, 11, 4, 23, tzinfo=UTC) + timedelta(minutes=minutes))
    status, told = comanda.ask(path)
    assert (status, told["type"]) == (404, "urn:suport:problem:no-figures")
    assert "Retry-After" not in comanda.headers
    assert "1:30" not in told["detail"]


def test_only_yesterday_is_worth_asking_for_again(comanda: Comanda) -> None:
    for path in ("/of/04-11-2026", "/of/01-01-2020"):  # today, and before the service began
        comanda.ask(path)
        assert "Retry-After" not in comanda.headers


@pytest.mark.parametrize("day", ["29-10-2026", "2026-10-29", "29-10-2026 "])
def test_comanda_names_a_day_in_either_form(comanda: Comanda, day: str) -> None:
    status, told = comanda.ask(f"/of/{day}")
    assert (status, told["temps"]["dia"], told["temps"]["diaSetmana"]) == (200, 29, "DJ")
    payment = {each["codi"]: each["valor"] for each in told["fets"][1]["fets"]}
    assert payment["REB"] == 5


def test_comanda_gets_each_day_of_a_period(comanda: Comanda) -> None:
    status, told = comanda.ask("/from/01-11-2026/to/2026-12-31")
    assert status == 200
    assert [each["temps"]["dia"] for each in told] == [1, 2, 3]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/of/31-11-2026", 422, "day"),
        ("/of/ahir", 422, "day"),
        ("/of/03-11-26", 422, "day"),
        ("/of/2026-11-x3", 422, "day"),
        ("/of/04-11-2026", 404, "day"),  # today
        ("/of/01-01-2020", 404, "day"),
        ("/from/x/to/03-11-2026", 422, "day"),
        ("/from/03-11-2026/to/x", 422, "last"),
        ("/from/03-11-2026/to/02-11-2026", 422, "last"),
        ("/from/03-11-2025/to/04-11-2026", 422, "last"),
        ("/from/03-11-2027/to/04-11-2027", 404, "day"),
        ("/from/01-01-0001/to/02-01-0001", 404, "day"),
        ("/of/31-12-9999", 404, "day"),
        ("/from/30-12-9999/to/31-12-9999", 404, "day"),
    ],
)
def test_a_day_that_comanda_cannot_get_is_named(
    comanda: Comanda, path: str, status: int, field: str
) -> None:
    answered, told = comanda.ask(path)
    assert (answered, told["errors"][0]["field"]) == (status, field)


@pytest.mark.parametrize(
    "login",
    [
        None,
        "",
        "comanda",
        "comanda:",
        ":only-tests-know-this",
        "comanda:wrong",
        "comanda:only-tests-know-thi",
        "Comanda:only-tests-know-this",
        "comandà:only-tests-know-this",
    ],
)
@pytest.mark.parametrize("path", ["", "/info", "/of/03-11-2026", "/from/01-11-2026/to/03-11-2026"])
def test_without_its_user_and_password_comanda_gets_nothing(
    comanda: Comanda, path: str, login: str | None
) -> None:
    status, told = comanda.ask(path, login)
    assert (status, told["type"]) == (401, "urn:suport:problem:unauthorized")
    assert comanda.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert "comanda" not in told["detail"]


@pytest.mark.parametrize("sent", ["Basic", "Basic %%%", "Bearer x", "basic Y29tYW5kYQ"])
def test_a_header_that_is_no_login_is_refused(load: Load, comanda: Comanda, sent: str) -> None:
    assert comanda.ask("/info")[0] == 200
    event = asked("GET", "/comanda/estadistiques/info", Authorization=sent)
    assert load("answer_comanda").handler(event, CONTEXT)["statusCode"] == 401


def test_comanda_may_ask_for_the_headers_only(comanda: Comanda) -> None:
    assert comanda.ask("", method="HEAD") == (200, None)

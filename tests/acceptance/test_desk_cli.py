"""The real command with the deployed service, where `make test` has cheaper tests of the promise.

`tests/unit/desk` has the command with a service in memory, `tests/model` several operators at once.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from suport.domain.category import Category
from suport.domain.reference import Reference
from suport.register.register import Register
from tests.support.operator_desk import Desk, SignIn, queued, taken
from tests.support.patience import await_truth
from tests.support.service import Service


def test_operators_who_pull_at_the_same_time_get_different_incidents(
    service: Service, sign_in: SignIn
) -> None:
    references = {queued(service)["reference"] for _ in range(4)}
    desks = [sign_in(f"operator-{number}", "payment") for number in range(2)]

    def pull_all(desk: Desk) -> list[str]:
        got = []
        while (ended := desk("pull", "--wait", 2, "--json")).code == 0:
            got.append(ended.json["incident"]["reference"])
        assert ended.code == 1, ended.err
        return got

    with ThreadPoolExecutor(len(desks)) as together:
        first, second = together.map(pull_all, desks)
    assert set(first) & set(second) == set()
    assert references <= set(first) | set(second)
    assert len(first + second) == len(set(first + second))
    for reference in references:
        claims = [each for each in service.actions(reference) if each["action"] == "claimed"]
        assert len(claims) == 1


def test_the_list_can_be_limited_to_incidents_changed_since_a_moment(
    service: Service, anna: Desk
) -> None:
    reference = queued(service)["reference"]

    def changed_at() -> str:
        incidents = anna("list", "--all", "--json").json["incidents"]
        (moment,) = [each["changed_at"] for each in incidents if each["reference"] == reference]
        return str(moment)

    before = changed_at()
    anna.pulled(reference)
    await_truth(lambda: changed_at() > before)
    since = anna("list", "--changed-since", before, "--all", "--json").json["incidents"]
    assert reference in {each["reference"] for each in since}
    since = anna("list", "--changed-since", changed_at(), "--all", "--json").json["incidents"]
    assert reference not in {each["reference"] for each in since}


def test_a_long_history_is_shown_in_parts(service: Service, anna: Desk) -> None:
    reference = taken(service)["reference"]
    assert anna("note", reference, "-m", "The first note.", "--yes").code == 0
    register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])
    for number in range(50):
        register.note(
            Reference(reference), "bert", Category.PAYMENT, f"Note {number}.", datetime.now(UTC)
        )
    latest = anna("show", reference)
    assert "Note 49." in latest.out
    assert "The first note." not in latest.out
    part = anna("show", reference, "--json").json
    assert len([each for each in part["history"] if each.get("action") != "viewed"]) == 50
    assert "There are earlier entries" in latest.out
    earlier = anna("show", reference, "--before", part["earlier"])
    assert "The first note." in earlier.out
    assert "Note 49." not in earlier.out


def test_markup_from_a_citizen_reaches_the_terminal_as_text(service: Service, anna: Desk) -> None:
    typed = "[bold red]urgent[/] \u202egnp.exe :warning: [link=https://example.test]x[/link]"
    receipt = service.submitted(category="payment", error={"code": "190"}, description=typed)
    service.await_status(receipt["reference"], "queued")
    anna.pulled(receipt["reference"])
    shown = anna("show", receipt["reference"]).out
    assert "[bold red]urgent[/] gnp.exe :warning: [link=https://example.test]x" in shown
    assert "\x1b" not in shown


def test_a_call_with_a_corrected_number_becomes_one_incident(service: Service, anna: Desk) -> None:
    call = ("--message", "The transfer does not arrive.", "--error-code", "190", "--yes", "--json")
    assert anna("new", *call, "--phone", "12").code == 1
    assert len(anna.drafts) == 1
    taken = anna("new", *call, "--phone", "971 48 17 26")
    assert taken.code == 0, taken.err
    contact = service.incident(taken.json["reference"])["contact"]
    assert contact == {"phone": "971 48 17 26", "dial": "+34971481726"}
    assert anna.drafts == []

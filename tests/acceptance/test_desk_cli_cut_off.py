"""The real command when its connection drops or it is killed, where that takes long to test.

`tests/e2e` has a pull that is killed before its claim, and a reply whose answer is lost.
`tests/unit/desk` has the lost answers of all commands, without the real service.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.operator_desk import Desk, Line, SignIn, queued, taken
from tests.support.service import Service


@pytest.mark.usefixtures("short_visibility")
def test_a_pull_killed_after_its_claim_keeps_it_and_a_colleague_passes_over_the_message(
    service: Service, anna: Desk, bert: Desk
) -> None:
    reference = queued(service)["reference"]
    line = Line(service, lambda request: request.endswith("DeleteMessage"), arrives=False)
    with anna.behind(line) as desk, desk.started("pull", "--wait", 20) as process:
        assert line.dropped.wait(60)
        process.kill()
        process.communicate()
    assert service.incident(reference)["claimed_by"] == "anna"
    assert service.waiting("PAYMENT_QUEUE_URL") == 1
    passed = bert("pull", "--wait", 3, "--json")
    assert [(each["reference"], each["claimed_by"]) for each in passed.json["passed_over"]] == [
        (reference, "anna")
    ]
    assert service.waiting("PAYMENT_QUEUE_URL") == 0
    # the incident is hers, and she can continue
    mine = anna("list", "--mine", "--json").json["incidents"]
    assert reference in {each["reference"] for each in mine}
    assert anna("release", reference).code == 0
    assert bert.pulled(reference)["message"]["content"]["reason"] == "requeued"


def test_a_command_repeated_after_a_lost_answer_is_done_once(
    service: Service, sign_in: SignIn
) -> None:
    commands: list[tuple[str, list[str], str]] = [
        ("release", [], "released"),
        ("transfer", ["signature", "--reason", "The certificate."], "transferred"),
        ("resolve", ["--yes"], "resolved"),
    ]

    def lose_the_answer(command: tuple[str, list[str], str]) -> None:
        act, arguments, done = command
        reference = taken(service)["reference"]
        desk = sign_in(f"who-would-{act}", "payment")
        assert desk("claim", reference).code == 0
        line = Line(service, lambda request: request.endswith(f"/{act}"), arrives=True)
        with desk.behind(line) as behind:
            lost = behind(act, reference, *arguments)
        assert lost.code == 3
        assert "may have been recorded all the same" in lost.err
        again = desk(act, reference, *arguments)
        assert again.code == 0, again.err
        assert [each["action"] for each in service.actions(reference)].count(done) == 1
        assert desk.drafts == []

    with ThreadPoolExecutor(len(commands)) as at_once:  # each waits before it retries
        list(at_once.map(lose_the_answer, commands))


def test_a_recorded_call_is_not_recorded_again_with_a_corrected_number(
    service: Service, anna: Desk
) -> None:
    call = ("--message", "The receipt is missing.", "--error-code", "190", "--yes", "--json")
    line = Line(service, lambda request: request.endswith("/incidents"), arrives=True)
    with anna.behind(line) as desk:
        assert desk("new", *call, "--phone", "971 48 17 25").code == 3
    corrected = anna("new", *call, "--phone", "971 48 17 26")
    assert corrected.code == 1
    reference = corrected.json["problem"]["reference"]
    assert service.incident(reference)["contact"]["phone"] == "971 48 17 25"
    assert f"desk note {reference}" in corrected.err
    assert anna.drafts == []


def test_the_exit_code_reports_that_the_service_is_out_of_reach(
    service: Service, anna: Desk
) -> None:
    reference = queued(service)["reference"]
    anna.pulled(reference)
    line = Line(service, lambda request: "/v1/desk/" in request, arrives=True)
    with anna.behind(line) as desk, ThreadPoolExecutor(2) as at_once:
        shown = at_once.submit(desk, "show", reference)
        pulled = at_once.submit(desk, "pull", "--wait", 0)
        assert shown.result().code == 3
        assert pulled.result().code in {1, 3}

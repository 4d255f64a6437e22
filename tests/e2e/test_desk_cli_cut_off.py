"""The real command when its connection drops or it is killed: nothing is lost or doubled."""

import pytest

from tests.support.operator_desk import Desk, Line, messages, queued
from tests.support.service import Service


@pytest.mark.usefixtures("short_visibility")
def test_a_pull_killed_before_its_claim_leaves_the_message_to_a_colleague(
    service: Service, anna: Desk, bert: Desk
) -> None:
    reference = queued(service)["reference"]
    line = Line(service, lambda request: "/claim" in request, arrives=False)
    with anna.behind(line) as desk, desk.started("pull", "--wait", 20) as process:
        assert line.dropped.wait(60)
        process.kill()
        process.communicate()
    assert service.incident(reference)["status"] == "queued"
    assert bert.pulled(reference)["message"]["times_seen"] > 1
    assert service.incident(reference)["claimed_by"] == "bert"


def test_a_reply_repeated_after_a_lost_answer_is_recorded_once(
    service: Service, anna: Desk
) -> None:
    reference = queued(service)["reference"]
    anna.pulled(reference)
    line = Line(service, lambda request: request.endswith("/messages"), arrives=True)
    with anna.behind(line) as desk:
        lost = desk("reply", reference, "--file", "-", "--yes", typed="Try again, please.")
    assert lost.code == 3
    assert "is kept in" in lost.err
    assert anna.drafts == ["Try again, please."]
    assert messages(service, reference) == ["Try again, please."]
    assert anna("reply", reference, "--file", "-", "--yes", typed="Try again, please.").code == 0
    assert messages(service, reference) == ["Try again, please."]
    assert anna.drafts == []

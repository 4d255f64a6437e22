"""The smoke test says what is wrong, is patient at first, and closes what it opened."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import Mock

import pytest

from operations import smoke_test
from operations.smoke_test import Answer, Failed, Visitor
from operations.stage import Stage
from tests.support.template import EVENTS

RECEIPT = {"reference": "GQNC-YQBY-1H8C", "access_code": "81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD"}

type Answering = Callable[[str, str, bytes | None], Answer]


def answer(status: int, content: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps(content))


class Asked(Visitor):
    """A visitor of a stage that a function plays; notes every request."""

    def __init__(self, answering: Answering) -> None:
        super().__init__("https://ajuda.example.test")
        self.requests: list[str] = []
        self._answering = answering

    def _asked(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],  # noqa: ARG002
    ) -> Answer:
        self.requests.append(f"{method} {path}")
        return self._answering(method, path, body)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke_test, "PAUSE_S", 0.0)
    monkeypatch.setattr(smoke_test, "QUEUED_WITHIN_S", 0.01)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_fails_right_after_a_deployment_is_asked_again(status: int) -> None:
    answers: Iterator[Answer] = iter([answer(status), answer(200)])
    visitor = Asked(lambda *_: next(answers))
    assert visitor.ask("/ca/help").status == 200


@pytest.mark.parametrize(("status", "times"), [(404, 1), (403, 1), (200, 1), (502, 3)])
def test_an_answer_that_stays_wrong_is_named(status: int, times: int) -> None:
    visitor = Asked(lambda *_: answer(status))
    with pytest.raises(Failed, match=rf"^GET /ca/help is answered with {status}\.$"):
        visitor.ask("/ca/help", 303)
    assert len(visitor.requests) == times


def test_a_domain_that_the_dns_does_not_know_leads_to_its_record() -> None:
    visitor = Asked(Mock(side_effect=socket.gaierror("Name or service not known")))
    with pytest.raises(Failed, match=r"ajuda\.example\.test.*DomainRecords"):
        visitor.ask("/ca/help")


def test_a_help_page_in_the_wrong_language_is_noticed() -> None:
    page = Answer(200, {}, '<html lang="ca">')
    with pytest.raises(Failed, match="/es/help"):
        smoke_test.help_pages(Asked(lambda *_: page))


def test_a_stylesheet_that_is_missing_is_noticed() -> None:
    page = '<html lang="ca"><link rel="stylesheet" href="../assets/suport-1a2b.css">'

    def stage(_: str, path: str, __: bytes | None) -> Answer:
        return answer(404) if path.startswith("/assets/") else Answer(200, {}, page)

    with pytest.raises(Failed, match=r"/assets/suport-1a2b\.css"):
        smoke_test.help_pages(Asked(stage))


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (["received", "queued", "resolved"], None),
        (["queued", "resolved"], None),
        (["claimed", "resolved"], None),  # an operator was quick
        (["received"], "did not reach its team's queue"),
        (["queued", "queued"], "and is queued"),
    ],
)
def test_the_incident_is_closed_whatever_became_of_it(
    statuses: list[str], said: str | None
) -> None:
    told = [*statuses]

    def stage(method: str, path: str, body: bytes | None) -> Answer:
        if path == "/v1/incidents":
            assert smoke_test.TEXT in json.loads(body or b"")["description"]
            return answer(201, RECEIPT)
        if method == "POST":
            return answer(303, set_cookie="__Host-suport=sealed; Path=/")
        return answer(200, {"status": told.pop(0) if len(told) > 1 else told[0]})

    visitor = Asked(stage)
    if said is None:
        smoke_test.an_incident(visitor)
    else:
        with pytest.raises(Failed, match=said):
            smoke_test.an_incident(visitor)
    assert "POST /en/close" in visitor.requests


def test_the_smoke_test_reads_all_that_the_api_tells_everybody() -> None:
    public = {
        event["Properties"]["Path"]
        for _, event in EVENTS.values()
        if event["Type"] == "Api"
        and event["Properties"]["Method"] == "get"
        and event["Properties"]["Path"].startswith("/v1/")
        and "{" not in event["Properties"]["Path"]
        and "Auth" not in event["Properties"]
        and not re.match("/v1/remote(/|$)", event["Properties"]["Path"])  # it needs a cookie
    }
    assert smoke_test.published() == sorted(public)
    assert "/v1/contact" in public


# ------------------------------------------------------------------- what is left to do


def stage_with(sender: str, *verified: str, production: bool = True) -> Stage:
    """A stage whose account has verified these identities."""

    class NotFoundError(Exception):
        pass

    def identity(EmailIdentity: str) -> dict[str, bool]:  # noqa: N803  boto3's name
        if EmailIdentity not in verified:
            raise NotFoundError
        return {"VerifiedForSendingStatus": True}

    ses = Mock()
    ses.exceptions.NotFoundException = NotFoundError
    ses.get_account.return_value = {"ProductionAccessEnabled": production}
    ses.get_email_identity.side_effect = identity
    return Stage(
        name="pre",
        region="eu-west-1",
        stack="suport-pre",
        status="UPDATE_COMPLETE",
        url="https://ajuda.example.test",
        outputs={},
        parameters={"MailFrom": sender},
        tags={},
        client=lambda _: ses,
    )


@pytest.mark.parametrize("verified", ["suport.caib.es", "no-contesteu@suport.caib.es"])
def test_a_verified_sender_out_of_the_sandbox_leaves_nothing_to_do(verified: str) -> None:
    assert list(smoke_test.to_do(stage_with("no-contesteu@suport.caib.es", verified))) == []


def test_a_stage_without_a_sender_has_no_mails_to_care_for() -> None:
    assert list(smoke_test.to_do(stage_with("", production=False))) == []


def test_what_keeps_mails_from_leaving_is_said_with_the_way_out() -> None:
    stage = stage_with("no-contesteu@suport.caib.es", "caib.es", production=False)
    sandbox, records = smoke_test.to_do(stage)
    assert "docs/operations.md, Mails" in sandbox
    assert "suport.caib.es" in records
    assert "MailRecords" in records

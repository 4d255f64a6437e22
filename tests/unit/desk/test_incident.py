"""How the desk shows an incident, its history, its consents and its files."""

import re
from pathlib import Path
from typing import Any

import pytest

from desk.service.aws import Answer
from tests.support.desk import CLAIM, LOOK, REFERENCE, VIEW, Desk, Service, problem

LATER = "01K3ZB2E40CCCCCCCCCCCCCCCC"
LINK = {
    "url": "https://files.example.test/signed",
    "expires_in": 60,
    "headers": {"If-Match": '"0123"'},
}


def entry(number: int, **content: Any) -> dict[str, Any]:
    return {
        "entry": f"01K3ZB2E40{number:016}",
        "at": f"2026-11-23T20:{number:02}:00.000Z",
        "kind": "note",
        "by": "operator",
        "operator": "anna",
        "body": f"Note {number}.",
    } | content


NEWEST_FIRST = [entry(number) for number in (12, 11, 10)]


def test_a_history_begins_with_the_command_for_its_earlier_part_and_ends_with_the_newest_entry(
    service: Service, desk: Desk
) -> None:
    earlier = NEWEST_FIRST[-1]["entry"]
    view = VIEW | {"history": NEWEST_FIRST, "earlier": earlier}
    service.answers[LOOK] = (200, view)
    shown = desk("show", REFERENCE).out
    places = [shown.index(f"Note {number}.") for number in (10, 11, 12)]
    assert places == sorted(places)
    assert f"earlier entries: desk show {REFERENCE} --before {earlier}" in shown
    assert shown.index("earlier entries") < places[0]
    assert desk("show", REFERENCE, "--json").json == view


def test_a_file_is_shown_with_the_number_by_which_the_citizen_knows_it(
    service: Service, desk: Desk
) -> None:
    file = {"file": "7Q2M", "number": 3, "type": "image/heic", "bytes": 9000, "state": "clean"}
    service.answers[LOOK] = (200, VIEW | {"files": [file]})
    assert re.search(r"File 3 +7Q2M  image/heic, 9 kB, clean", desk("show", REFERENCE).out)


def test_an_earlier_part_is_shown_by_itself(service: Service, desk: Desk) -> None:
    view = VIEW | {"history": NEWEST_FIRST}
    service.answers[f"{LOOK}?before={LATER}"] = (200, view)
    shown = desk("show", REFERENCE, "--before", LATER.lower()).out
    assert "Note 10." in shown
    assert "earlier entries" not in shown
    assert VIEW["description"] not in shown
    assert desk("show", REFERENCE, "--before", LATER, "--json").json == view
    service.answers[f"{LOOK}?before={LATER}"] = (200, VIEW | {"history": []})
    assert "There are no earlier entries." in desk("show", REFERENCE, "--before", LATER).out


@pytest.mark.parametrize(
    ("ended_by", "told"),
    [
        ("citizen", "closed by the citizen"),
        ("service", "closed: the citizen did not answer"),
        ("operator", "resolved"),
        (None, "resolved"),
    ],
)
def test_the_desk_tells_closed_from_resolved(
    service: Service, desk: Desk, ended_by: str | None, told: str
) -> None:
    ended = {"status": "resolved", "claimed_by": None, "resolved_by": ended_by}
    service.answers[LOOK] = (200, VIEW | ended)
    assert f"payment · {told} · in " in desk("show", REFERENCE).out


def test_an_unknown_entry_is_refused(service: Service, desk: Desk) -> None:
    wrong = [{"field": "before", "message": "Name an entry."}]
    service.answers[f"{LOOK}?before=IT"] = problem(422, "invalid", errors=wrong)
    refused = desk("show", REFERENCE, "--before", "it")
    assert (refused.code, "before: Name an entry." in refused.err) == (1, True)


def test_the_desk_says_that_an_erased_description_is_erased(service: Service, desk: Desk) -> None:
    erased = {"description": None, "error": None, "procedure": None, "context": None}
    service.answers[LOOK] = (200, VIEW | erased)
    shown = desk("show", REFERENCE).out
    assert "erased after six months" in shown
    assert "None" not in shown
    assert desk("show", REFERENCE, "--json").json["description"] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            {"mail": "reply", "reason": "unknown_outcome"},
            "mail set aside: reply (whether it was sent is not known): call the citizen",
        ),
        (
            {"mail": "question", "reason": "not_sent"},
            "mail set aside: question (the mail provider refused it): call the citizen",
        ),
        ({"mail": "ending", "reason": "new_one"}, "mail set aside: ending (new_one): call"),
    ],
)
def test_the_history_shows_a_mail_set_aside_with_the_reason(
    service: Service, desk: Desk, content: dict[str, str], told: str
) -> None:
    aside = {"kind": "action", "action": "mail_set_aside", "by": "service", "for": LATER}
    service.answers[LOOK] = (200, VIEW | {"history": [entry(10, body=None) | aside | content]})
    shown = desk("show", REFERENCE).out
    assert told in " ".join(shown.split())
    assert LATER not in shown


@pytest.mark.parametrize("topic", ["accessibility", "other"])
def test_an_incident_with_a_topic_says_until_when_it_is_answered(
    service: Service, desk: Desk, topic: str
) -> None:
    service.answers[LOOK] = (200, VIEW | {"topic": topic, "answer_by": "2026-12-22"})
    assert f"{topic}: to be answered by 22 Dec 2026" in desk("show", REFERENCE).out


def test_the_history_says_that_an_incident_ends_soon(service: Service, desk: Desk) -> None:
    ending = entry(10, body=None) | {"kind": "action", "action": "ending", "by": "service"}
    service.answers[LOOK] = (200, VIEW | {"history": [ending]})
    assert "ending: erased soon unless somebody writes" in desk("show", REFERENCE).out


def test_a_withdrawal_of_consent_is_repeated_if_its_answer_is_lost(
    service: Service, desk: Desk
) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/consents"] = [
        None,
        (201, {"entry": "1", "status": "claimed"}),
    ]
    ended = desk("withdraw", REFERENCE, "control")
    assert ended.code == 0
    assert "control withdrawn" in ended.out
    assert [each.content for each in service.sent] == [{"scope": "control"}] * 2
    assert desk("withdraw", REFERENCE, "all").code == 2


def test_a_lost_answer_replaces_the_access_code_once(service: Service, desk: Desk) -> None:
    replaced = f"POST /incidents/{REFERENCE}/access-code"
    service.answers[replaced] = [None, (201, {"entry": "1", "status": "claimed"})]
    ended = desk("new-code", REFERENCE)
    assert (ended.code, "a new access code is on its way" in ended.out) == (0, True)
    first, second = service.keys(replaced)
    assert first == second is not None


def test_only_what_is_named_is_corrected_and_an_empty_value_takes_it_away(
    service: Service, desk: Desk
) -> None:
    service.answers[f"PATCH /incidents/{REFERENCE}/contact"] = (200, {"correction": "corrected"})
    ended = desk("contact", REFERENCE, "--email", "anna@example.org", "--phone", "")
    assert (ended.code, "corrected" in ended.out) == (0, True)
    assert [each.content for each in service.sent] == [{"email": "anna@example.org", "phone": None}]
    assert desk("contact", REFERENCE).code == 2


def test_a_saved_file_is_for_the_operator_alone_and_replaces_no_other_file(
    service: Service, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answers[f"{LOOK}/files/7Q2M"] = (200, LINK)

    def fetched(_: Any, url: str, headers: dict[str, str]) -> Answer:
        assert (url, headers) == (LINK["url"], LINK["headers"])
        return Answer(200, b"%PDF-1.7")

    monkeypatch.setattr(Service, "fetched", fetched, raising=False)
    saved = tmp_path / "proof.pdf"
    assert desk("file", REFERENCE, "7Q2M", "--to", saved).code == 0
    assert (saved.read_bytes(), saved.stat().st_mode & 0o777) == (b"%PDF-1.7", 0o600)
    assert [each["path"] for each in desk("drafts", "--json").json] == [str(saved)]
    assert desk("file", REFERENCE, "7Q2M", "--to", saved).code == 2


def test_the_error_output_names_a_file_that_cannot_be_saved(
    service: Service, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answers[f"{LOOK}/files/7Q2M"] = (200, LINK)
    answer = Answer(200, b"%PDF-1.7")
    monkeypatch.setattr(Service, "fetched", lambda *_: answer, raising=False)
    nowhere = tmp_path / f"{'x' * 300}.pdf"
    refused = desk("file", REFERENCE, "7Q2M", "--to", nowhere)
    assert (refused.code, str(nowhere) in refused.err.replace("\n", "")) == (2, True)


@pytest.mark.parametrize("purpose", ["call", "handover", "check"])
def test_an_operator_says_for_what_they_look(service: Service, desk: Desk, purpose: str) -> None:
    service.answers[f"{LOOK}?purpose={purpose}"] = (200, VIEW)
    assert desk("show", REFERENCE, "--for", purpose).code == 0
    assert desk("show", REFERENCE, "--for", "curiosity").code == 2
    assert service.requests() == [f"{LOOK}?purpose={purpose}"]


def test_to_take_an_incident_over_sends_the_reason_and_shows_it_with_who_had_it(
    service: Service, desk: Desk
) -> None:
    history = [
        entry(10, body=None, kind="action", action=action, colleague=colleague, why="Joan is ill.")
        for action, colleague in (("taken_over", "joan"), ("handed_over", "marta"))
    ]
    service.answers[f"POST /incidents/{REFERENCE}/take-over"] = (200, VIEW | {"history": history})
    shown = desk("take-over", REFERENCE, "--reason", "Joan is ill.").out
    assert service.sent[-1].content == {"reason": "Joan is ill."}
    assert "taken over from joan by anna · why Joan is ill." in shown
    assert "handed over to marta by anna · why Joan is ill." in shown


def test_a_snooze_is_sent_with_its_day_and_ended_with_none(service: Service, desk: Desk) -> None:
    service.answers |= {
        CLAIM: (200, VIEW),
        f"POST /incidents/{REFERENCE}/snooze": (200, {"status": "claimed"}),
    }
    desk("claim", REFERENCE)
    snoozed = desk("snooze", REFERENCE, "2026-12-09")
    assert snoozed.out == f"{REFERENCE}: snoozed until 2026-12-09.\n"
    assert service.sent[-1].content == {"until": "2026-12-09"}
    assert desk("snooze", REFERENCE, "now").out == f"{REFERENCE}: is back.\n"
    assert service.sent[-1].content == {"until": None}

"""Remote support from the invitation to the end: what the citizen's page and the operator get."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Done, Kind
from suport.domain.incident import Actor
from suport.domain.operator_identity import Role
from suport.domain.remote_session import MOST_OPEN, EndReason, Surface, Way
from suport.register.deployed import register
from suport.runtime import aws
from tests.support.failures import FAILURES, break_down
from tests.support.gateway import CONTEXT, Load, asked
from tests.support.metrics import metrics
from tests.support.remote import NOTICE, Remote, Screen, desks, problem, remote, wrong_fields
from tests.support.session_descriptions import ANSWER, OF_FIREFOX, OFFER, PAST_THE_RELAY, TOO_MUCH

__all__ = ["desks", "remote"]

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def about(remote: Remote) -> dict[str, str]:
    return {"reference": remote.reference}


# The invitation


def test_the_operator_gets_a_code_and_the_addresses_of_both_pages(remote: Remote) -> None:
    status, told = remote.ask("POST")
    assert (status, told["state"]) == (201, "invited")
    assert CODE.fullmatch(told["join_code"])
    assert datetime.fromisoformat(told["join_by"]) == remote.now + timedelta(minutes=10)
    root = "https://suport.example.org/suport"
    assert told["address"] == f"{root}/ca/join"
    assert told["watch"] == f"{root}/desk/en/remote?reference={remote.reference}"
    [entry] = remote.done(Done.REMOTE_INVITED)
    assert (entry.by, entry.operator, entry.team) == (Actor.OPERATOR, "marta", Category.PAYMENT)


def test_an_invitation_at_the_web_desk_is_the_same(remote: Remote) -> None:
    answer = remote.desk.post("remote", {"reference": remote.reference, "act": "invite"})
    page = remote.desk.follow(answer)
    [shown] = {each for each in CODE.findall(page.page.text) if each not in remote.reference}
    assert remote.ask()[1]["join_code"] == shown
    assert Screen(remote).join(code=shown).status == 303


def test_the_code_is_stored_nowhere(remote: Remote) -> None:
    code = remote.invite()
    everything = str([*remote.stored("sessions"), *remote.stored("codes"), *remote.entries()])
    assert code not in everything
    assert code.replace("-", "") not in everything


def test_only_the_operator_who_has_the_incident_invites(remote: Remote) -> None:
    assert problem(remote.ask("POST", name="joan")) == (409, "claimed-by-another")
    assert problem(remote.ask("POST", team="signature")) == (403, "other-team")
    unclaimed = remote.desks.submitted()
    assert problem(remote.ask("POST", reference=unclaimed)) == (409, "not-claimed")
    assert problem(remote.ask("POST", reference="AAAA-AAAA-AAAA")) == (404, "not-found")
    remote.register.resolve(remote.reference, "marta", Category.PAYMENT, None, remote.now)
    assert problem(remote.ask("POST")) == (409, "already-resolved")
    assert remote.stored("sessions") == remote.stored("codes") == []


def test_nobody_is_invited_where_no_relay_passes_pictures_on(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITHOUT_RELAY", "refused")
    assert problem(remote.ask("POST")) == (409, "no-relay")
    typed = {"reference": remote.reference, "act": "invite"}
    answer = remote.desk.post("remote", typed)
    assert answer.status == 409
    assert "Screen sharing is not set up" in answer.page.text
    assert remote.stored("sessions") == []
    assert remote.done(Done.REMOTE_INVITED) == []


def test_nobody_is_invited_while_as_many_sessions_are_open_as_can_be_served(
    remote: Remote,
) -> None:
    others = [remote.claimed() for _ in range(MOST_OPEN)]
    for each in others:
        remote.invite(reference=each)
    assert problem(remote.ask("POST")) == (409, "too-many-sessions")
    remote.ask("DELETE", reference=others[0])
    assert remote.ask("POST")[0] == 201


def test_another_invitation_replaces_the_session_before(remote: Remote) -> None:
    screen = remote.viewing()
    code = remote.invite()
    assert screen.look(1)[0] == 404
    assert [each.reason for each in remote.done(Done.REMOTE_ENDED)] == [EndReason.REPLACED]
    assert remote.agreed == set()
    assert remote.stored("offers") == remote.stored("answers") == []
    assert Screen(remote).join(code=code).status == 303


def test_the_code_before_admits_nobody_after_another_invitation(remote: Remote) -> None:
    first = remote.invite()
    remote.invite()
    assert Screen(remote).join(code=first).status == 422


def test_the_relay_opens_to_both_sides_for_the_session_alone(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_URLS", "turn:relay.example.org, turns:relay.example.org:443")
    monkeypatch.setattr(aws, "relay_secret", lambda: b"known to the relay")
    screen = remote.joined()
    told = [screen.look()[1], remote.ask()[1]]
    assert {each["ice_transport_policy"] for each in told} == {"relay"}
    [[server], [same]] = [each["ice_servers"] for each in told]
    assert server == same
    assert server["urls"] == ["turn:relay.example.org", "turns:relay.example.org:443"]
    expiry = int(server["username"].partition(":")[0])
    assert expiry == int((remote.now + timedelta(hours=2)).timestamp())
    before = remote.ask()[1]["ice_servers"][0]["username"]
    remote.invite()
    assert remote.ask()[1]["ice_servers"][0]["username"] != before


def test_an_address_past_the_relay_is_refused_where_there_is_one(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = remote.joined()
    monkeypatch.setenv("RELAY_URLS", "turns:relay.example.org")
    monkeypatch.setattr(aws, "relay_secret", lambda: b"known to the relay")
    assert wrong_fields(screen.show(sdp=PAST_THE_RELAY)) == ["sdp"]
    assert remote.stored("offers") == []
    assert screen.show()[0] == 200


# Joining


def in_full_width(code: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in code)


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code}\n",
        lambda code: " ".join(code.replace("-", "")),
        lambda code: code.replace("-", "–"),
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
        in_full_width,
        lambda code: f"El codi: {code.lower().replace('-', ' ')}",
        lambda code: f"code {code}",
        lambda code: f"Der Code ist {code}.",
        lambda code: f"Join code: {code.replace('-', ' ')}",
    ],
)
def test_a_code_is_read_however_it_is_typed(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, typed: Any
) -> None:
    monkeypatch.setattr("suport.domain.join_code.code_for", lambda *_: "7K01-9QXA")
    answer = Screen(remote).join(code=typed(remote.invite()))
    assert (answer.status, answer.location) == (303, "join")


def test_joining_opens_the_session_for_two_hours_and_nothing_of_the_incident(
    remote: Remote,
) -> None:
    screen = Screen(remote)
    answer = screen.join(code=remote.invite())
    assert answer.cookie
    name, _, attributes = answer.cookie.partition("=")
    assert name == "__Host-remote"
    kept = {each.strip() for each in attributes.split(";")[1:]}
    assert kept == {"Path=/", "Max-Age=7200", "Secure", "HttpOnly", "SameSite=Strict"}
    assert screen.cookies.keys() == {"__Host-remote"}
    token = screen.cookies["__Host-remote"].partition(".")[2]
    assert token not in str(remote.stored("sessions"))
    assert screen.look()[1]["state"] == "joined"
    page = screen.page()
    assert page.status == 200
    assert remote.reference in page.page.text
    assert "190" not in page.body
    [entry] = remote.done(Done.REMOTE_JOINED)
    assert (entry.by, entry.via) == (Actor.CITIZEN, Way.CODE)


def test_a_citizen_with_the_incident_open_joins_without_a_code(remote: Remote) -> None:
    screen = Screen(remote, opened=True)
    assert remote.reference not in screen.page().page.values.values()
    code = remote.invite()
    offered = [sent for form, sent in screen.page().page.forms if form == "join"]
    assert {"reference": remote.reference} in offered
    assert screen.join(reference=remote.reference).status == 303
    assert screen.look()[1]["state"] == "joined"
    assert [each.via for each in remote.done(Done.REMOTE_JOINED)] == [Way.INCIDENT]
    assert Screen(remote).join(code=code).status == 422


def test_the_reference_alone_admits_nobody_who_does_not_have_the_incident_open(
    remote: Remote,
) -> None:
    remote.invite()
    screen = Screen(remote)
    answer = screen.join(reference=remote.reference)
    assert answer.status == 403
    assert screen.cookies == {}
    assert remote.done(Done.REMOTE_JOINED) == []


def test_an_open_incident_does_not_admit_to_the_session_of_another(remote: Remote) -> None:
    others = remote.claimed()
    remote.invite(reference=others)
    answer = Screen(remote, opened=True).join(reference=others)
    assert answer.status == 409
    assert answer.cookie is None


def test_a_citizen_whom_nobody_has_invited_is_told_so(remote: Remote) -> None:
    answer = Screen(remote, opened=True).join("en", reference=remote.reference)
    assert answer.status == 422
    assert "No operator is waiting to see your screen." in answer.page.text


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA", "7K3M", "anna", "’’", "\0", "x" * 3000])
def test_a_wrong_code_is_given_back_with_what_is_wrong_and_counted(
    remote: Remote, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    remote.invite()
    capsys.readouterr()
    answer = Screen(remote).join("en", code=typed)
    assert answer.status == 422
    assert "This code does not admit you." in answer.page.text
    assert answer.page.values["code"] == typed
    assert answer.cookie is None
    assert metrics(capsys.readouterr().out) == [("WrongJoinCodes", 1, None)]
    assert remote.done(Done.REMOTE_JOINED) == []


def test_a_wrong_code_is_given_back_in_the_browser_of_another_session_which_goes_on(
    remote: Remote,
) -> None:
    screen = remote.viewing()
    before = dict(screen.cookies)
    answer = screen.join("en", code="AAAA-AAAA")
    assert answer.status == 422
    assert "This code does not admit you." in answer.page.text
    assert dict(answer.page.forms)["join"] == {"code": "AAAA-AAAA"}
    assert answer.page.attributes("data-state") == []
    assert screen.cookies == before
    assert screen.look(1)[1]["state"] == "viewing"
    assert screen.page().page.attributes("data-state") == ["viewing"]


def test_a_code_admits_once(remote: Remote) -> None:
    code = remote.invite()
    screen = Screen(remote)
    assert screen.join(code=code).status == 303
    assert remote.stored("codes") == []
    assert Screen(remote).join(code=code).status == 422
    assert screen.look()[1]["state"] == "joined"
    assert len(remote.done(Done.REMOTE_JOINED)) == 1


@pytest.mark.parametrize(("after", "status"), [(599, 303), (600, 422)])
def test_a_code_admits_for_ten_minutes(remote: Remote, after: int, status: int) -> None:
    code = remote.invite()
    remote.later(seconds=after)
    assert Screen(remote).join(code=code).status == status


def test_a_code_admits_nobody_once_the_operator_has_ended_or_lost_the_session(
    remote: Remote,
) -> None:
    code = remote.invite()
    remote.ask("DELETE")
    assert Screen(remote).join(code=code).status == 422
    code = remote.invite()
    remote.register.release(remote.reference, "marta", Category.PAYMENT, remote.now)
    assert Screen(remote).join(code=code).status == 422


def test_a_form_of_another_site_joins_nothing(remote: Remote) -> None:
    code = remote.invite()
    screen = Screen(remote)
    assert screen.join(code=code, headers={"Sec_Fetch_Site": "cross-site"}).status == 403
    assert screen.join(code=code).status == 303


def test_a_code_need_not_be_typed_again_whatever_fails(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = remote.invite()
    screen = Screen(remote)
    for layer in FAILURES:
        with monkeypatch.context() as broken:
            break_down(broken, layer)
            answer = screen.join(code=code)
        assert answer.status == 503
        assert dict(answer.page.forms)["join"] == {"code": code}
    assert screen.join(code=code).status == 303


# Showing the screen


def test_the_first_offer_is_the_agreement_the_entry_and_the_offer_in_one_transaction(
    remote: Remote,
) -> None:
    screen = remote.joined()
    remote.calls()
    status, told = screen.show()
    assert (status, told["state"], told["offered"]) == (200, "viewing", 1)
    written = [call for call in remote.calls() if call[0] not in {"get_item", "query"}]
    [transaction, seen] = written
    tables = sorted(transaction[1:])
    assert transaction[0] == "transact_write_items"
    assert tables == ["register"] * 3 + ["remote_sessions"] * 2
    assert seen == ("update_item", "remote_sessions")  # the answer to it is the first poll
    assert remote.agreed == {Scope.VIEW}
    [entry] = remote.done(Done.REMOTE_VIEWING)
    [consent] = remote.entries(Kind.CONSENT)
    assert (entry.by, entry.team, entry.surface) == (Actor.CITIZEN, Category.PAYMENT, Surface.TAB)
    assert entry.consent == consent.id
    assert consent.facts["action"] == ConsentAction.GRANT
    assert consent.facts["notice"] == NOTICE.identity.as_facts()
    [offer] = remote.stored("offers")
    assert offer["sdp"]["S"] == OFFER


@pytest.mark.parametrize("notice", ["0" * 64, sha256(b"another text").hexdigest(), None])
def test_on_another_notice_nothing_is_shown_and_the_current_one_is_named(
    remote: Remote, notice: str | None
) -> None:
    screen = remote.joined()
    before = (remote.entries(), remote.stored("sessions"))
    told = screen.show(notice_sha256=notice)
    assert told[0] == 422
    assert wrong_fields(told) == ["notice_sha256"]
    if notice:
        assert told[1]["current_notice"]["sha256"] == NOTICE.sha256
    assert (remote.entries(), remote.stored("sessions")) == before
    assert remote.stored("offers") == []
    assert remote.agreed == set()


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_an_offer_of_anything_but_one_picture_is_refused(remote: Remote, kind: str) -> None:
    screen = remote.joined()
    told = screen.show(sdp=TOO_MUCH[kind])
    assert told[0] == 422
    assert wrong_fields(told) == ["sdp"]
    assert remote.agreed == set()
    assert remote.stored("offers") == []


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_an_answer_of_anything_but_one_picture_is_refused(remote: Remote, kind: str) -> None:
    screen = remote.joined()
    screen.show()
    sdp = TOO_MUCH[kind].replace("sendonly", "recvonly")
    if kind == "other direction":
        sdp = OFFER
    told = remote.answer(sdp=sdp)
    assert told[0] == 422
    assert wrong_fields(told) == ["sdp"]
    assert remote.stored("answers") == []


def test_one_picture_is_taken_as_firefox_describes_it(remote: Remote) -> None:
    screen = remote.joined()
    offer, answer = OF_FIREFOX
    assert screen.show(sdp=offer)[0] == 200
    assert remote.answer(sdp=answer)[0] == 200


def test_nothing_is_shown_before_the_citizen_has_joined(remote: Remote) -> None:
    remote.invite()
    assert problem(Screen(remote).show()) == (404, "no-such-session")
    assert remote.agreed == set()


def test_the_offer_reaches_the_operator_once_and_the_answer_the_citizen(remote: Remote) -> None:
    screen = remote.joined()
    screen.show()
    query = {"have": "0"}
    assert remote.ask(query=query)[1]["offer"] == OFFER
    assert remote.ask(query={"have": "1"})[1]["offer"] is None
    assert screen.look(1)[1]["answer"] is None
    status, told = remote.answer()
    assert (status, told["answered"], told["offer"]) == (200, 1, None)
    told = screen.look(1)[1]
    assert (told["answer"], told["operator_here"]) == (ANSWER, True)
    assert screen.look(0)[1]["answer"] is None


def test_an_operators_page_that_lost_the_reply_may_send_its_answer_again(remote: Remote) -> None:
    screen = remote.joined()
    screen.show()
    first = remote.answer()
    assert first[0] == 200
    assert remote.answer() == first
    other = ANSWER.replace("s=-", "s=other")
    assert other != ANSWER
    assert problem(remote.answer(sdp=other)) == (409, "not-now")
    assert screen.look(1)[1]["answer"] == ANSWER


def test_at_the_web_desk_the_script_answers_as_a_program_does(remote: Remote) -> None:
    screen = remote.joined()
    screen.show()
    state = remote.desk.get("remote/state", reference=remote.reference, have="0")
    assert state.status == 200
    assert state.body["offer"] == OFFER
    typed = {"reference": remote.reference, "n": "1", "sdp": ANSWER}
    answer = remote.desk.post("remote/answer", typed)
    assert (answer.status, answer.body["answered"]) == (200, 1)
    assert screen.look(1)[1]["answer"] == ANSWER


def test_the_same_offer_again_is_recorded_once(remote: Remote) -> None:
    screen = remote.joined()
    first, again = screen.show(), screen.show()
    assert first == again
    assert len(remote.done(Done.REMOTE_VIEWING)) == 1
    assert len(remote.entries(Kind.CONSENT)) == 1


def test_an_offer_that_replaces_another_needs_no_agreement(remote: Remote) -> None:
    screen = remote.viewing()
    assert remote.ask(query={"again": "1"})[1]["state"] == "viewing"
    assert screen.look(1)[1]["wanted"] == 2
    status, told = screen.show(2, replaces=1)
    assert (status, told["offered"], told["answer"]) == (200, 2, None)
    assert remote.ask(query={"have": "1"})[1]["offer"] == OFFER
    assert len(remote.done(Done.REMOTE_VIEWING)) == 1
    assert problem(screen.show(3, replaces=1)) == (409, "not-now")


def test_a_new_notice_does_not_keep_the_page_from_connecting_again(remote: Remote) -> None:
    screen = remote.viewing()
    remote.ask(query={"again": "1"})
    other = sha256(b"the notice before").hexdigest()
    status, told = screen.show(2, replaces=1, notice_sha256=other)
    assert (status, told["state"], told["offered"]) == (200, "viewing", 2)
    assert len(remote.entries(Kind.CONSENT)) == 1
    assert screen.show(3, notice_sha256=other)[0] == 422


def test_an_offer_that_was_overtaken_is_refused(remote: Remote) -> None:
    screen = remote.viewing()
    assert screen.show(2)[0] == 200
    assert problem(screen.show(1)) == (409, "not-now")
    assert problem(screen.show(2, sdp=OFFER.replace("pYbh", "other"))) == (409, "not-now")


@pytest.mark.parametrize(
    ("ask", "cost"),
    [
        # notes the page, and reads the incident
        (lambda remote, _: remote.ask(query={"have": "1"}), 2),
        # and the offer
        (lambda remote, _: remote.ask(query={"have": "0"}), 3),
        # and the answer
        (lambda _, screen: screen.look(1), 3),
        # and the session, where it is not that page that shows the screen
        (lambda _, screen: screen.look(0), 3),
        # and, at the web desk, who is signed in
        (lambda remote, _: remote.desk.get("remote/state", **about(remote), have="1"), 3),
        (lambda remote, _: remote.permissions(), 2),
    ],
)
def test_a_poll_costs_few_calls_and_no_transaction(remote: Remote, ask: Any, cost: int) -> None:
    screen = remote.viewing()
    remote.calls()
    ask(remote, screen)
    calls = remote.calls()
    assert len(calls) == cost, calls
    assert {name for name, *_ in calls} <= {"get_item", "update_item"}


# Who is who


def test_another_operator_finds_no_session(remote: Remote) -> None:
    remote.joined().show()
    for told in (
        remote.ask(name="joan"),
        remote.ask("DELETE", name="joan"),
        remote.ask("PUT", "remote/answer", {"n": 1, "sdp": ANSWER}, name="joan"),
    ):
        assert problem(told) == (404, "no-such-session")
    joan = remote.desks.signed_in("joan", Category.PAYMENT)
    for answer in (
        joan.get("remote/state", **about(remote)),
        joan.post("remote/answer", about(remote) | {"n": "1", "sdp": ANSWER}),
        joan.post("remote/control", about(remote)),
    ):
        assert problem((answer.status, answer.body)) == (404, "no-such-session")
    assert joan.post("remote", about(remote) | {"act": "end"}).status == 404
    assert joan.get("remote", **about(remote)).status == 404
    assert remote.ask()[1]["state"] == "viewing"


REFUSALS: dict[tuple[Category, ...], list[int]] = {
    (): [403, 403, 403],
    (Category.PAYMENT,): [404, 409, 404],
    (Category.SIGNATURE,): [403, 403, 404],
}
"""What somebody in those teams gets for the page, an invitation and an end at the web desk."""


@pytest.mark.parametrize("teams", REFUSALS)
@pytest.mark.parametrize("roles", [(), *[(role,) for role in Role]])
def test_no_role_or_team_at_the_desk_opens_the_session_of_a_colleague(
    remote: Remote, roles: tuple[Role, ...], teams: tuple[Category, ...]
) -> None:
    joan = remote.desks.signed_in("joan", *teams, roles=roles)
    mine = about(remote)
    code = remote.invite()
    screen = Screen(remote)
    for state in ("invited", "viewing"):
        if state == "viewing":
            screen.join(code=code)
            screen.show()
        before = remote.stored("sessions")
        pages = [
            joan.get("remote", **mine),
            joan.post("remote", mine | {"act": "invite"}),
            joan.post("remote", mine | {"act": "end"}),
        ]
        assert [each.status for each in pages] == REFUSALS[teams]
        for each in pages:
            assert code not in each.body
            assert each.page.attributes("data-state") == []
        for each in (
            joan.get("remote/state", **mine, have="0", again="1", picture="1"),
            joan.post("remote/answer", mine | {"n": "1", "sdp": ANSWER}),
            joan.post("remote/control", mine),
        ):
            assert problem((each.status, each.body)) == (404, "no-such-session")
            assert each.body.keys().isdisjoint({"state", "join_code", "offer"})
        assert remote.stored("sessions") == before


def test_an_operator_of_two_teams_invites_in_the_second_of_them(remote: Remote) -> None:
    reference = remote.claimed("pau")
    pau = remote.desks.signed_in("pau", Category.SIGNATURE, Category.PAYMENT)
    invited = pau.follow(pau.post("remote", {"reference": reference, "act": "invite"}))
    [code] = {each for each in CODE.findall(invited.page.text) if each not in reference}
    screen = Screen(remote)
    assert screen.join(code=code).status == 303
    told = screen.show()[1]
    assert told["state"] == "viewing"
    state = pau.get("remote/state", reference=reference, have="0").body
    assert (state["state"], state["offer"]) == ("viewing", OFFER)
    assert remote.permissions(reference=reference)[0] is True
    assert remote.permissions(reference=reference, team="signature")[0] is False


@pytest.mark.parametrize("cookie", ["", "none", "forged", "of another session"])
def test_another_browser_finds_no_session(remote: Remote, cookie: str) -> None:
    remote.viewing()
    other = Screen(remote)
    if cookie == "forged":
        other.cookies["__Host-remote"] = f"{remote.reference}.{'x' * 43}"
    elif cookie == "of another session":
        reference = remote.claimed()
        other.join(code=remote.invite(reference=reference))
        token = other.cookies["__Host-remote"].partition(".")[2]
        other.cookies["__Host-remote"] = f"{remote.reference}.{token}"
    elif cookie:
        other.cookies["__Host-remote"] = cookie
    for told in (
        other.look(1),
        other.show(2),
        other.control(),
        other.end(),
        other.end(left=1),
        other.ask("GET", "/receipt"),
    ):
        assert problem(told) == (404, "no-such-session")
    assert remote.ask()[1]["state"] == "viewing"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "", "Origin": "https://evil.example"},
    ],
)
def test_a_page_of_another_site_can_do_nothing(remote: Remote, headers: dict[str, Any]) -> None:
    screen = remote.viewing()
    for method, act, content in (
        ("GET", "", None),
        ("PUT", "/offer", {"n": 2}),
        ("POST", "/control", {"action": "grant"}),
        ("POST", "/end", {}),
        ("GET", "/receipt", None),
    ):
        assert problem(screen.ask(method, act, content, **headers)) == (403, "forged")
    assert screen.look(1)[1]["state"] == "viewing"


def test_a_session_admits_nobody_to_the_session_of_another_incident(remote: Remote) -> None:
    screen = remote.viewing()
    others = remote.claimed("joan")
    remote.invite(reference=others, name="joan")
    assert screen.look(1)[1]["state"] == "viewing"
    assert remote.ask(reference=others)[0] == 404
    assert remote.permissions(reference=others) == (False, False, None)


# Pausing and ending


def test_leaving_the_page_pauses_until_the_citizen_shows_the_screen_again(
    remote: Remote,
) -> None:
    screen = remote.viewing()
    told = screen.end(left=1, media_type="text/plain")
    assert (told[0], told[1]["state"], told[1]["until"]) == (
        200,
        "paused",
        "2026-11-26T11:10:00.000Z",
    )
    assert remote.permissions() == (False, False, None)
    assert problem(remote.answer(1)) == (409, "not-now")
    assert screen.show(2)[1]["state"] == "viewing"
    assert len(remote.done(Done.REMOTE_VIEWING)) == 2


def test_a_page_that_is_left_pauses_nothing_that_another_shows(remote: Remote) -> None:
    screen = remote.viewing()
    screen.show(2)
    assert screen.end(left=1)[1]["state"] == "viewing"


def test_a_pause_that_lasts_ten_minutes_ends_the_session(remote: Remote) -> None:
    screen = remote.viewing()
    screen.end(left=1)
    remote.later(seconds=599)
    assert screen.look()[1]["state"] == "paused"
    remote.later(seconds=1)
    assert screen.look()[1]["ended"] == {"by": "service", "reason": "time"}


def withdraw(remote: Remote, _: Screen) -> None:
    remote.register.withdraw_consent(remote.reference, Scope.VIEW, remote.now)


def withdraw_at_desk(remote: Remote, _: Screen) -> None:
    remote.register.withdraw_for_citizen(
        remote.reference, "marta", Category.PAYMENT, Scope.VIEW, remote.now
    )


def release(remote: Remote, _: Screen) -> None:
    remote.register.release(remote.reference, "marta", Category.PAYMENT, remote.now)


def transfer(remote: Remote, _: Screen) -> None:
    remote.register.transfer(
        remote.reference, "marta", Category.PAYMENT, Category.SIGNATURE, "Certificat", remote.now
    )


def resolve(remote: Remote, _: Screen) -> None:
    remote.register.resolve(remote.reference, "marta", Category.PAYMENT, None, remote.now)


def wait_for_the_last_minute(remote: Remote, screen: Screen) -> None:
    for _ in range(360):
        remote.later(seconds=10)
        screen.look(1)
        remote.ask(query={"have": "1"})


def hear_nothing_of_the_citizen(remote: Remote, _: Screen) -> None:
    for _second in range(2):
        remote.later(seconds=8)
        remote.ask(query={"have": "1"})


def hear_nothing_of_the_operator(remote: Remote, screen: Screen) -> None:
    for _ in range(2):
        remote.later(seconds=8)
        screen.look(1)


ENDS: dict[str, tuple[Any, str, str]] = {
    "citizen": (lambda _, screen: screen.end(), "citizen", "stopped"),
    "operator": (lambda remote, _: remote.ask("DELETE"), "operator", "stopped"),
    "operator at the web desk": (
        lambda remote, _: remote.desk.post("remote", {"reference": remote.reference, "act": "end"}),
        "operator",
        "stopped",
    ),
    "withdrawal": (withdraw, "citizen", "withdrawn"),
    "release": (release, "service", "released"),
    "transfer": (transfer, "service", "transferred"),
    "resolution": (resolve, "service", "resolved"),
    "citizen's silence": (hear_nothing_of_the_citizen, "service", "citizen_silent"),
    "operator's silence": (hear_nothing_of_the_operator, "service", "operator_silent"),
    "time": (wait_for_the_last_minute, "service", "time"),
}


@pytest.mark.parametrize("how", ENDS)
def test_every_end_is_told_to_both_sides_recorded_and_leaves_no_description(
    remote: Remote, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    act, by, reason = ENDS[how]
    screen = remote.viewing()
    capsys.readouterr()
    act(remote, screen)
    told = screen.look(1)[1]
    assert (told["state"], told["ended"]) == ("ended", {"by": by, "reason": reason})
    assert (told["answer"], told["operator_here"], told["until"]) == (None, False, None)
    told = remote.ask(query={"have": "0"})[1]
    assert (told["state"], told["ended"]) == ("ended", {"by": by, "reason": reason})
    assert told["offer"] is None
    assert remote.stored("offers") == remote.stored("answers") == remote.stored("codes") == []
    assert not any("sdp" in each for each in remote.stored("sessions"))
    [entry] = remote.done(Done.REMOTE_ENDED)
    assert (entry.by, entry.reason) == (by, reason)
    assert remote.agreed == set()
    assert remote.permissions() == (False, False, None)
    assert ("RemoteSessions", 1, reason) in metrics(capsys.readouterr().out, "reason")
    for refused in (screen.show(2), screen.control(), remote.answer(1)):
        assert problem(refused) == (409, "not-now")


def test_a_session_ends_with_its_incident(remote: Remote) -> None:
    screen = remote.viewing()
    asked_for = remote.register.ask_for_erasure(remote.reference, remote.now).erasure_asked
    assert asked_for
    register().erase(remote.reference, asked_for.entry, remote.now)  # it has tombstones
    assert screen.look(1)[1]["ended"] == {"by": "service", "reason": "erased"}
    assert remote.stored("offers") == remote.stored("answers") == []


def test_an_erasure_ends_the_session_and_the_watcher_removes_it_once_both_pages_know(
    remote: Remote, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    screen, watcher = remote.viewing(), load("watch_incidents")
    remote.erase()
    assert ("RemoteSessions", 1, "erased") in metrics(capsys.readouterr().out, "reason")
    assert remote.stored("offers") == remote.stored("answers") == []
    watcher.handler({}, CONTEXT)
    for told in (screen.look(1), remote.ask()):
        assert told[1]["ended"] == {"by": "service", "reason": "erased"}
    page = screen.page("en").page
    assert "Your incident has been erased, so the session has ended." in page.text
    remote.later(minutes=2)
    watcher.handler({}, CONTEXT)
    for each in ("sessions", "codes", "offers", "answers"):
        assert remote.stored(each) == []
    assert problem(screen.look(1)) == problem(remote.ask()) == (404, "no-such-session")


def test_an_erasure_leaves_nothing_of_a_session_that_nobody_ended_in_its_two_hours(
    remote: Remote,
) -> None:
    remote.invite()
    remote.later(hours=3)  # DynamoDB erases what has expired within days
    remote.erase()
    for each in ("sessions", "codes"):
        assert remote.stored(each) == []


def test_a_session_that_both_pages_have_left_is_ended_by_the_watcher(
    remote: Remote, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    remote.viewing()
    watcher = load("watch_incidents")
    watcher.handler({}, CONTEXT)
    assert remote.agreed == {Scope.VIEW}
    remote.later(minutes=1)
    capsys.readouterr()
    for _ in range(2):
        watcher.handler({}, CONTEXT)
    [ended] = remote.done(Done.REMOTE_ENDED)
    assert (ended.reason, ended.seconds) == (EndReason.CITIZEN_SILENT, 0)  # not the minute since
    assert remote.stored("offers") == remote.stored("answers") == []
    assert remote.agreed == set()
    counted = metrics(capsys.readouterr().out, "reason")
    assert [each for each in counted if each[0] == "RemoteSessions"] == [
        ("RemoteSessions", 1, "citizen_silent")
    ]


def test_an_incident_that_its_operator_gave_back_and_took_again_needs_another_invitation(
    remote: Remote,
) -> None:
    screen = remote.viewing()
    mine = remote.reference, "marta", Category.PAYMENT
    remote.register.release(*mine, remote.now)
    remote.later(seconds=1)
    remote.register.claim(*mine, remote.now)
    assert screen.look(1)[1]["ended"] == {"by": "service", "reason": "released"}
    assert remote.permissions() == (False, False, None)


def test_a_page_acts_in_its_own_session_when_its_browser_has_joined_another(
    remote: Remote,
) -> None:
    screen = remote.joined()
    [mark] = re.findall(r'data-session="(\w+)"', screen.page().body)
    assert screen.ask("GET", "", query={"n": "0", "session": mark})[0] == 200
    other = remote.claimed("joan")
    assert screen.join(code=remote.invite(name="joan", reference=other)).status == 303
    [later] = re.findall(r'data-session="(\w+)"', screen.page().body)
    assert later != mark
    for method, act, sent in (
        ("GET", "", None),
        ("PUT", "/offer", {"n": 1, "sdp": OFFER, "notice_sha256": NOTICE.sha256}),
        ("POST", "/control", {"action": "withdraw"}),
        ("POST", "/end", {}),
        ("GET", "/receipt", None),
    ):
        asked_for = screen.ask(method, act, sent, query={"session": mark})
        assert problem(asked_for) == (404, "no-such-session")
    assert remote.agreed == set(remote.desks.incident(other).consents) == set()
    assert screen.ask("GET", "", query={"session": later})[1]["state"] == "joined"


def test_ending_twice_is_ending_once(remote: Remote) -> None:
    screen = remote.viewing()
    remote.later(seconds=7)
    assert screen.end()[1]["ended"] == screen.end()[1]["ended"]
    assert remote.ask("DELETE")[1]["ended"] == {"by": "citizen", "reason": "stopped"}
    assert [each.seconds for each in remote.done(Done.REMOTE_ENDED)] == [7]


def test_the_page_says_after_the_end_that_nothing_is_shown(remote: Remote) -> None:
    screen = remote.viewing()
    screen.end()
    text = screen.page("en").page.text
    assert "You have ended the session." in text
    assert "Nothing is being shown." in text


def test_a_session_in_which_no_picture_came_is_counted(
    remote: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    def counted() -> list[str]:
        return [name for name, *_ in metrics(capsys.readouterr().out)]

    remote.joined().end()
    assert "RemoteSessionsWithoutPicture" in counted()
    screen = remote.viewing()
    remote.ask(query={"picture": "1"})
    screen.end()
    assert "RemoteSessionsWithoutPicture" not in counted()
    remote.invite()
    remote.ask("DELETE")
    assert "RemoteSessionsWithoutPicture" not in counted()


# Control


def test_control_is_asked_for_by_the_citizen_and_accepted_by_the_operator(
    remote: Remote,
) -> None:
    screen = remote.viewing()
    assert remote.ask()[1]["tool"] is None
    assert problem(_body(remote.desk.post("remote/control", about(remote)))) == (409, "not-now")
    assert screen.control()[1]["control"] == "asked"
    assert remote.agreed == {Scope.VIEW, Scope.CONTROL}
    assert remote.ask()[1]["tool"] is None
    assert remote.permissions()[:2] == (True, False)
    answer = remote.desk.post("remote/control", about(remote))
    tool = {"name": "Mostra", "url": "https://mostra.example.org/"}
    assert (answer.body["control"], answer.body["tool"]) == ("accepted", tool)
    assert remote.permissions()[:2] == (True, True)
    assert len(remote.done(Done.REMOTE_CONTROL_ACCEPTED)) == 1
    told = screen.control("withdraw")[1]
    assert (told["control"], told["state"]) == (None, "viewing")
    assert remote.permissions()[:2] == (True, False)
    assert remote.ask()[1]["tool"] is None


def _body(answer: Any) -> tuple[int, Any]:
    return answer.status, answer.body


@pytest.mark.parametrize("how", ["not viewing", "paused", "no tool", "stale notice", "no notice"])
def test_control_needs_a_shown_screen_a_tool_and_the_current_notice(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    screen = remote.joined() if how == "not viewing" else remote.viewing()
    changes: dict[str, Any] = {}
    expected = (409, "not-now")
    if how == "paused":
        screen.end(left=1)
    if how == "no tool":
        monkeypatch.setenv("SUPPORT_TOOL_URL", "")
        assert screen.look(1)[1]["tool"] is None
        expected = (409, "no-support-tool")
    if how.endswith("notice"):
        changes = {"notice_sha256": "0" * 64 if how == "stale notice" else None}
        expected = (422, "invalid")
    told = screen.control(**changes)
    assert problem(told) == expected
    if how == "stale notice":
        assert told[1]["current_notice"]["sha256"] == NOTICE.sha256
    assert Scope.CONTROL not in remote.agreed
    assert remote.permissions()[1] is False


def test_control_ends_with_a_pause_and_does_not_come_back_by_itself(remote: Remote) -> None:
    screen = remote.viewing()
    screen.control()
    remote.desk.post("remote/control", {"reference": remote.reference})
    screen.end(left=1)
    assert Scope.CONTROL not in remote.agreed
    screen.show(2)
    assert screen.look(2)[1]["control"] is None
    assert remote.permissions()[:2] == (True, False)


# What an external tool is told


def test_permissions_last_as_long_as_the_citizens_page_may_be_silent(remote: Remote) -> None:
    screen = remote.viewing()
    assert remote.permissions() == (True, False, "2026-11-26T11:00:15.000Z")
    remote.later(seconds=10)
    assert remote.permissions()[2] == "2026-11-26T11:00:15.000Z"
    screen.look(1)
    assert remote.permissions()[2] == "2026-11-26T11:00:25.000Z"
    remote.later(seconds=16)
    assert remote.permissions() == (False, False, None)


@pytest.mark.parametrize("reference", ["AAAA-AAAA-AAAA", "GQNC-YQBY-1H8C", "x", "%00", "é"])
def test_nothing_is_permitted_with_an_incident_that_there_is_not(
    remote: Remote, reference: str
) -> None:
    remote.viewing()
    assert remote.permissions(reference=reference) == (False, False, None)


def test_nothing_is_permitted_before_the_screen_is_shown_or_to_another_team(
    remote: Remote,
) -> None:
    assert remote.permissions() == (False, False, None)
    screen = remote.joined()
    assert remote.permissions() == (False, False, None)
    screen.show()
    assert remote.permissions()[0] is True
    assert remote.permissions(team="signature") == (False, False, None)
    assert problem(remote.ask("GET", "permissions", team="nobodys")) == (403, "no-team")


@pytest.mark.parametrize("layer", FAILURES)
def test_nothing_is_permitted_when_aws_fails(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    remote.viewing()
    break_down(monkeypatch, layer)
    assert remote.permissions() == (False, False, None)


# The receipt


def test_the_receipt_of_each_consent_is_a_file(remote: Remote) -> None:
    screen = remote.viewing()
    assert problem(screen.ask("GET", "/receipt", query={"scope": "control"})) == (404, "no-receipt")
    screen.control()
    for scope in Scope:
        status, told = screen.ask("GET", "/receipt", query={"scope": scope})
        assert status == 200
        name = f"{remote.reference}-{scope}.json"
        assert screen.headers["Content-Disposition"] == [f'attachment; filename="{name}"']
        assert NOTICE.sha256 in str(told)
    assert screen.ask("GET", "/receipt") == screen.ask("GET", "/receipt", query={"scope": "view"})
    screen.end()
    assert screen.ask("GET", "/receipt")[0] == 200


def test_before_the_agreement_there_is_no_receipt(remote: Remote) -> None:
    assert problem(remote.joined().ask("GET", "/receipt")) == (404, "no-receipt")


# Logs and metrics


def test_logs_and_metrics_hold_nothing_of_people_or_their_computers(
    remote: Remote, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    capsys.readouterr()
    code = remote.invite()
    screen = Screen(remote)
    screen.join(code="AAAA-AAAA")
    screen.join(code=code)
    screen.show()
    screen.show(3, sdp="Em dic Xisca")
    remote.answer()
    screen.look(1)
    screen.control()
    remote.desk.post("remote/control", {"reference": remote.reference})
    screen.ask("GET", "/receipt")
    screen.end()
    written = str([vars(each) for each in caplog.records]) + "".join(capsys.readouterr())
    assert "remote session joined" in written
    token = screen.cookies["__Host-remote"].partition(".")[2]
    private = {
        code,
        code.replace("-", ""),
        token,
        remote.reference,
        remote.reference.replace("-", ""),
    }
    private |= {"AAAA", "192.0.2.7", "198.51.100.4", "pYbh", "Xisca", "anna@example.org", "marta"}
    assert not [each for each in private if each in written]


def test_the_address_of_the_pages_is_that_of_the_domain_if_there_is_one(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://ajuda.example.org")
    told = remote.ask("POST")[1]
    assert told["address"] == "https://ajuda.example.org/ca/join"
    assert told["watch"].startswith("https://ajuda.example.org/desk/en/remote?")


def test_head_gets_the_page_without_its_body(remote: Remote) -> None:
    event = asked("HEAD", "/ca/join", query=None)
    event["requestContext"]["domainName"] = "suport.example.org"
    answer = remote.app.handler(event, CONTEXT)
    assert (answer["statusCode"], answer["body"]) == (200, "")

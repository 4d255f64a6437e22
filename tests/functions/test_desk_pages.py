"""The desk in the browser: what each operator sees and does, and what nobody can."""

import json
import os
import re
from datetime import timedelta
from urllib.parse import urlencode

import boto3
import pytest

from suport.domain.category import Category
from suport.domain.history import Done, Kind, is_look
from suport.domain.incident import Status
from suport.domain.operator_identity import Role
from suport.web.desk.session_cookie import form_token
from tests.support.desk_browser import WRITTEN, DeskBrowser, Desks, desks

__all__ = ["desks"]

PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


@pytest.fixture
def joan(desks: Desks) -> DeskBrowser:
    return desks.signed_in("joan", PAYMENT)


@pytest.fixture
def pau(desks: Desks) -> DeskBrowser:
    return desks.signed_in("pau", SIGNATURE)


# Who is in


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_from_there_back(desks: Desks) -> None:
    nobody = DeskBrowser(desks, None)
    answer = nobody.get("incident", language="de", reference="GQNC-YQBY-1H8C")
    assert (answer.status, answer.location) == (
        303,
        "../sign-in?language=de&back=incident%3Freference%3DGQNC-YQBY-1H8C",
    )


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "'", "å"])
def test_a_forged_token_is_as_good_as_none(desks: Desks, token: str) -> None:
    desks.signed_in("marta", PAYMENT)
    assert DeskBrowser(desks, token).get("list").status == 303


def test_the_first_page_after_a_link_of_another_site_leads_to_itself(desks: Desks) -> None:
    """Such a request comes without the session's cookie, which is SameSite=Strict."""
    answer = DeskBrowser(desks, None).ask("GET", "list", Sec_Fetch_Site="cross-site")
    assert answer.status == 200
    assert '<meta http-equiv="refresh" content="0; url=list">' in answer.body


@pytest.mark.parametrize("after", [timedelta(minutes=30), timedelta(hours=12)])
def test_a_session_ends_by_itself(desks: Desks, marta: DeskBrowser, after: timedelta) -> None:
    begun = desks.now
    while desks.now + timedelta(minutes=20) < begun + after:
        desks.now += timedelta(minutes=20)
        assert marta.get("list").status == 200
    desks.now = max(begun + after, desks.now + timedelta(minutes=30))
    assert marta.get("list").status == 303


def test_a_leaver_is_out_at_once(desks: Desks, marta: DeskBrowser) -> None:
    aina = desks.signed_in("aina", roles=[Role.SUPERVISOR])
    ids = {each.operator.name: each.id for each in desks.sessions.all(desks.now)}
    assert "marta" in aina.get("sessions").page.text
    assert aina.post("sessions", {"session": ids["marta"]}).status == 303
    assert marta.get("list").status == 303
    assert aina.get("sessions").status == 200


def test_only_a_supervisor_sees_and_ends_sessions(desks: Desks, marta: DeskBrowser) -> None:
    ids = [each.id for each in desks.sessions.all(desks.now)]
    assert marta.get("sessions").status == 403
    assert marta.post("sessions", {"session": ids[0]}).status == 403
    assert marta.get("list").status == 200


@pytest.mark.parametrize(
    "headers", [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}]
)
def test_a_form_of_another_site_does_nothing(
    desks: Desks, marta: DeskBrowser, headers: dict[str, str]
) -> None:
    reference = desks.submitted()
    answer = marta.post("claim", {"reference": reference}, **headers)
    assert answer.status == 403
    assert desks.incident(reference).claimed_by is None


@pytest.mark.parametrize("stated", ["", "x", form_token("another session")])
def test_a_form_without_the_token_of_the_session_does_nothing_and_is_given_back(
    desks: Desks, marta: DeskBrowser, stated: str
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    before = desks.entries(reference)
    typed = {"reference": reference, "body": "Bon dia.", "form_token": stated}
    answer = marta.post("write", typed)
    assert answer.status == 422
    assert answer.page.values["body"] == "Bon dia."
    written = [each for each in desks.entries(reference) if not is_look(each)]
    assert written == [each for each in before if not is_look(each)]
    again = dict(answer.page.forms)["write"]
    assert marta.post("write", again).status == 303


def test_what_was_typed_survives_the_end_of_the_session(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    form = dict(marta.open(reference).page.forms)["write"] | {"body": "Ja està resolt."}
    desks.now += timedelta(minutes=31)
    answer = marta.post("write", form)
    assert answer.status == 403
    assert answer.page.values["body"] == "Ja està resolt."
    back = desks.signed_in("marta", PAYMENT)
    kept = {name: text for name, text in answer.page.values.items() if name != "form_token"}
    assert back.post("write", kept).status == 303
    assert desks.entries(reference)[-1].kind is Kind.MESSAGE


def test_the_refusal_of_a_forged_form_is_no_form_that_one_press_would_send(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    typed = {"reference": reference, "body": "ATTACK", "kind": "solution", "key": "k" * 20}
    for browser in (marta, DeskBrowser(desks, None)):
        answer = browser.post("write", typed, Sec_Fetch_Site="same-site")
        assert answer.status == 403
        assert "ATTACK" not in answer.body
        assert "write" not in dict(answer.page.forms)


@pytest.mark.parametrize("page", ["javascript:alert(1)", "http:evil.example", "none"])
def test_no_form_leads_to_an_address_that_is_none_of_the_desk(
    marta: DeskBrowser, page: str
) -> None:
    answer = marta.post(page, {"body": "x"})
    assert answer.status == 404
    assert page not in dict(answer.page.forms)


def test_an_address_with_a_slash_at_its_end_has_no_page(desks: Desks, marta: DeskBrowser) -> None:
    assert [marta.get("list/").status, DeskBrowser(desks, None).get("list/").status] == [404, 404]


def test_what_a_session_has_shown_is_forgotten_once_it_is_over(
    desks: Desks, marta: DeskBrowser
) -> None:
    desks.now += timedelta(minutes=31)
    assert marta.get("list").headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in DeskBrowser(desks, None).get("list").headers


@pytest.mark.parametrize("session", ["", "x", "x" * 3000])
def test_a_session_that_is_none_is_not_ended(desks: Desks, session: str) -> None:
    aina = desks.signed_in("aina", roles=[Role.SUPERVISOR])
    assert aina.post("sessions", {"session": session}).status == 422


# The list


def test_no_list_and_no_count_has_anything_of_another_team(
    desks: Desks, marta: DeskBrowser, pau: DeskBrowser
) -> None:
    ours, theirs = desks.submitted(), desks.submitted(SIGNATURE)
    for view in ("mine", "team", "ending"):
        text = marta.get("list", view=view).page.text
        assert theirs not in text
        assert "(1)" in text
    assert ours in marta.get("list", view="team").page.text
    assert theirs in pau.get("list", view="team").page.text
    assert ours not in pau.get("list", view="team").body


def test_the_list_has_no_word_of_the_citizen(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted()
    body = marta.get("list", view="team").body
    assert reference in body
    for word in (WRITTEN, "Anna", "anna@example.org"):
        assert word not in body
    assert not any(map(is_look, desks.entries(reference)))


def test_an_operator_of_two_teams_has_both_lists_in_one(desks: Desks) -> None:
    both = desks.signed_in("neus", PAYMENT, SIGNATURE)
    references = [desks.submitted(), desks.submitted(SIGNATURE)]
    page = both.get("list", view="team").page
    assert all(each in page.text for each in references)
    for each in references:
        assert both.post("claim", {"reference": each}).status == 303
        assert desks.incident(each).claimed_by == "neus"


@pytest.mark.parametrize(
    ("name", "value"), [("state", "lost"), ("since", "yesterday"), ("until", "2026-02-30")]
)
def test_a_wrong_filter_is_named_and_the_list_shown_without_it(
    desks: Desks, marta: DeskBrowser, name: str, value: str
) -> None:
    reference = desks.submitted()
    answer = marta.get("list", view="team", **{name: value})
    assert answer.status == 422
    assert f"#{name}" in answer.page.links
    assert reference in answer.page.text


def test_every_wrong_filter_is_named_at_once_and_keeps_what_was_typed(marta: DeskBrowser) -> None:
    answer = marta.get("list", state="lost", since="yesterday", until="31-02-2026")
    assert {"#state", "#since", "#until"} <= set(answer.page.links)
    assert answer.page.values["since"] == "yesterday"
    assert answer.page.values["until"] == "31-02-2026"
    days = [attributes for tag, attributes in answer.page.elements if tag == "input"]
    # the field for a day shows nothing that is none
    assert "date" not in [each.get("type") for each in days]


def test_a_day_in_another_order_is_shown_as_its_field_takes_it(marta: DeskBrowser) -> None:
    assert marta.get("list", since="03-11-2026").page.values["since"] == "2026-11-03"


def test_a_list_comes_in_pages_of_fifty(desks: Desks, marta: DeskBrowser) -> None:
    made = {desks.submitted() for _ in range(51)}
    first = marta.get("list", view="team")
    (onward,) = (link for link in first.page.links if "page=" in link)
    second = marta.get(onward)
    shown = [{each for each in made if each in page.body} for page in (first, second)]
    assert [len(each) for each in shown] == [50, 1]
    assert shown[0] | shown[1] == made


@pytest.mark.parametrize("cursor", ["x", "b3Blbi8w", "é", "A" * 5000])
def test_a_page_that_is_none_is_the_first(desks: Desks, marta: DeskBrowser, cursor: str) -> None:
    reference = desks.submitted()
    answer = marta.get(f"list?{urlencode({'view': 'team', 'page': cursor})}")
    assert reference in answer.body


def test_resolved_incidents_are_listed_where_they_are_asked_for(
    desks: Desks, marta: DeskBrowser
) -> None:
    resolved, still_open = desks.submitted(), desks.submitted()
    marta.post("claim", {"reference": resolved})
    assert marta.on(resolved, "resolve").status == 303
    listed = {
        state: {each for each in (resolved, still_open) if each in page.text}
        for state in ("", "all", "resolved", "received", "claimed")
        for page in [marta.get("list", view="team", state=state).page]
    }
    assert listed == {
        "": {still_open},
        "all": {resolved, still_open},
        "resolved": {resolved},
        "received": {still_open},
        "claimed": set(),
    }


# The next one


def message(reference: str) -> str:
    return json.dumps({"schema": "suport.incident/2", "reference": reference})


def test_the_next_incident_is_taken_from_the_teams_own_queue_alone(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    sqs, ours, theirs = boto3.client("sqs"), desks.submitted(), desks.submitted(SIGNATURE)
    for team, reference in ((PAYMENT, ours), (SIGNATURE, theirs)):
        url = os.environ[f"{team.upper()}_QUEUE_URL"]
        sqs.send_message(QueueUrl=url, MessageBody=message(reference))
    taken = marta.follow(marta.post("next", {"team": PAYMENT}))
    assert ours in taken.page.text
    assert desks.incident(ours).claimed_by == "marta"
    nothing = joan.follow(joan.post("next", {"team": PAYMENT}))
    assert "There are no incidents waiting" in nothing.page.text
    assert joan.post("next", {"team": SIGNATURE}).status == 422
    assert desks.incident(theirs).claimed_by is None


# The incident


def test_the_page_shows_the_conversation_and_hides_the_contact_until_the_claim(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    page = marta.open(reference).page
    assert WRITTEN in page.text
    assert "anna@example.org" not in page.text
    assert marta.follow(marta.on(reference, "claim")).status == 200
    assert "anna@example.org" in marta.open(reference).page.text


def test_each_look_is_recorded_and_one_of_another_team_is_refused(
    desks: Desks, marta: DeskBrowser, pau: DeskBrowser
) -> None:
    reference = desks.submitted()
    assert marta.open(reference).status == 200
    assert pau.open(reference).status == 403
    assert WRITTEN not in pau.open(reference).body
    done = [each.facts["action"] for each in desks.entries(reference)]
    assert done == [Done.VIEWED, Done.REFUSED, Done.REFUSED]


ACTS = {
    "claim": {},
    "take-over": {"why": "She is ill."},
    "write": {"body": "Hello."},
    "note": {"note": "Hello."},
    "transfer": {"to": "team:functional", "reason": "Not ours."},
    "release": {},
    "resolve": {},
    "withdraw": {"scope": "view"},
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_of_another_team_does_anything(
    desks: Desks, marta: DeskBrowser, pau: DeskBrowser, act: str
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    before = desks.incident(reference)
    sent = {"reference": reference, "key": "k" * 20, "seen": before.citizen_wrote} | ACTS[act]
    answer = pau.post(act, sent)
    assert answer.status == 403
    assert WRITTEN not in answer.body
    after = desks.incident(reference)
    assert (after.status, after.claimed_by, after.category) == (Status.CLAIMED, "marta", PAYMENT)
    assert [each.kind for each in desks.entries(reference)][-1] is Kind.ACTION
    for typed in ACTS[act].values():
        assert typed in answer.body or act in {"transfer", "withdraw"}


def test_a_colleague_sees_who_has_it_and_takes_it_over_with_a_reason(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    assert "marta has this incident." in joan.open(reference).page.text
    assert joan.post("claim", {"reference": reference}).status == 409
    without = joan.on(reference, "take-over", why=" ")
    assert (without.status, "#why" in without.page.links) == (422, True)
    assert joan.on(reference, "take-over", why="Marta is ill today.").status == 303
    assert desks.incident(reference).claimed_by == "joan"
    told = marta.open(reference).page.text
    assert "joan took it over from marta" in told
    assert "Marta is ill today." in told


def test_the_reason_for_taking_over_what_was_given_back_meanwhile_is_not_lost(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    filled = dict(joan.open(reference).page.forms)["take-over"] | {"why": "Marta is ill today."}
    marta.on(reference, "release")
    answer = joan.post("take-over", filled)
    assert answer.status == 409
    assert "Marta is ill today." in answer.page.text


@pytest.mark.parametrize(
    ("kind", "status"),
    [("answer", Status.CLAIMED), ("question", Status.WAITING), ("solution", Status.RESOLVED)],
)
def test_an_answer_a_question_and_a_solution_reach_the_citizen(
    desks: Desks, marta: DeskBrowser, kind: str, status: Status
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    text = "Heu de tornar a signar el document."
    previewed = marta.on(reference, "write", body=text, kind=kind, step="preview")
    assert previewed.status == 200
    assert text in previewed.page.text
    assert desks.incident(reference).status is Status.CLAIMED
    sent = dict(previewed.page.forms)["write"]
    assert marta.post("write", sent).status == 303
    assert marta.post("write", sent).status == 303  # sent twice, recorded once
    messages = [each for each in desks.entries(reference) if each.kind is Kind.MESSAGE]
    assert [each.facts["body"] for each in messages] == [text]
    assert desks.incident(reference).status is status


def test_what_the_citizen_wrote_meanwhile_stops_the_sending_and_is_shown(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    form = dict(marta.open(reference).page.forms)["write"] | {"body": "Torneu-hi demà."}
    desks.register.add_citizen_message(reference, "Ja funciona, gràcies!", desks.now)
    refused = marta.post("write", form)
    assert refused.status == 412
    assert "Ja funciona, gràcies!" in refused.page.said_by("meanwhile-list")
    assert refused.page.values["body"] == "Torneu-hi demà."
    assert not [
        each
        for each in desks.entries(reference)
        if each.facts.get("by") == "operator" and each.kind is Kind.MESSAGE
    ]
    assert marta.post("write", dict(refused.page.forms)["write"]).status == 303


@pytest.mark.parametrize("step", ["insert:error:0", "change", "preview", ""])
def test_no_detour_makes_an_operator_overlook_what_the_citizen_wrote_meanwhile(
    desks: Desks, marta: DeskBrowser, step: str
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    text = "Bon dia, [[nom]]." if step != "preview" else "Bon dia."
    form = dict(marta.open(reference).page.forms)["write"] | {"body": text}
    desks.register.add_citizen_message(reference, "ATURAU-HO!", desks.now)
    detour = marta.post("write", form | {"step": step})
    again = dict(detour.page.forms)["write"] | {"body": "Bon dia, Anna."}
    refused = marta.post("write", again)
    assert refused.status == 412
    assert "ATURAU-HO!" in refused.page.said_by("meanwhile-list")


def test_an_earlier_part_of_the_conversation_has_no_form_for_an_answer(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    earlier = marta.get("incident", reference=reference, before="7" + 25 * "Z")
    forms = dict(earlier.page.forms)
    assert not forms.keys() & {"write", "transfer", "resolve"}


def test_only_the_operator_who_has_an_open_incident_is_led_to_remote_support(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    way = f"remote?reference={reference}"
    assert way not in marta.open(reference).page.links
    marta.on(reference, "claim")
    assert way in marta.open(reference).page.links
    assert way not in joan.open(reference).page.links
    marta.on(reference, "resolve")
    assert way not in marta.open(reference).page.links


@pytest.mark.parametrize("end", ["take-over", "resolve"])
def test_an_answer_outlives_the_claim_that_it_was_written_in(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser, end: str
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    form = dict(marta.open(reference).page.forms)["write"] | {"body": "Ja ho hem trobat."}
    if end == "take-over":
        assert joan.on(reference, end, why="She is away.").status == 303
    else:
        assert marta.on(reference, end).status == 303
    refused = marta.post("write", form)
    assert refused.status == 409
    assert "Ja ho hem trobat." in refused.page.text
    assert "Ja ho hem trobat." in marta.open(reference).page.text
    assert "Ja ho hem trobat." not in joan.open(reference).page.text


def test_what_can_never_be_sent_is_shown_without_a_button(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    form = dict(marta.open(reference).page.forms)["write"] | {"body": "Ja ho hem trobat."}
    assert marta.on(reference, "transfer", to="team:signature", reason="x").status == 303
    refused = marta.post("write", form)
    assert refused.status == 403
    assert "Ja ho hem trobat." in refused.page.text
    assert "write" not in dict(refused.page.forms)


def test_the_page_of_a_form_has_its_languages(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    previewed = marta.on(reference, "write", body="Bon dia.", step="preview")
    assert f"../es/incident?reference={reference}" in previewed.page.links


def test_an_address_does_not_make_somebody_believe_that_an_incident_is_theirs(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    asked = {"reference": reference, "done": "taken"}
    assert "You have taken the incident." in marta.get("incident", **asked).page.text
    assert "You have taken the incident." not in joan.get("incident", **asked).page.text


def test_an_incident_is_opened_by_what_a_caller_reads_out(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted()
    assert "incident" in dict(marta.get("list").page.forms)
    assert marta.open(reference.replace("-", "").lower()).status == 200


def test_a_look_does_not_make_a_new_incident_look_old(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    joan.open(reference)
    assert desks.incident(reference).unread == 1
    marta.post("claim", {"reference": reference})
    assert desks.incident(reference).unread == 0


def test_a_caller_without_an_address_is_to_be_called(desks: Desks, marta: DeskBrowser) -> None:
    reached = desks.submitted(contact={"phone": "971 48 17 26"})
    mailed = desks.submitted()
    assert "The citizen gets no emails" in marta.open(reached).page.text
    assert "The citizen gets no emails" not in marta.open(mailed).page.text


@pytest.mark.parametrize("text", ["Envieu [[quin document]].", "[[x]] i [[y]]"])
def test_a_text_with_a_gap_is_not_sent(desks: Desks, marta: DeskBrowser, text: str) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    refused = marta.on(reference, "write", body=text)
    assert (refused.status, "#body" in refused.page.links) == (422, True)
    assert refused.page.values["body"] == text


def test_a_canned_reply_of_the_team_is_put_into_the_answer(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    page = marta.open(reference).page
    offered = re.findall(r'value="(insert:reply:[\w-]+)"', marta.open(reference).body)
    assert offered
    form = dict(page.forms)["write"] | {"body": "Bon dia, Anna.", "step": offered[0]}
    filled = marta.post("write", form)
    assert filled.status == 200
    assert filled.page.values["body"].startswith("Bon dia, Anna.")
    assert len(filled.page.values["body"]) > 40
    assert "{" not in filled.page.values["body"]


def test_a_draft_is_kept_for_its_writer_alone_and_goes_when_it_is_sent(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    kept = marta.on(reference, "write", body="Estic mirant-ho", kind="question", step="draft")
    assert "The draft has been saved for a day." in marta.follow(kept).page.text
    page = marta.open(reference).page
    assert (page.values["body"], page.values["kind"]) == ("Estic mirant-ho", "question")
    assert "Estic mirant-ho" not in joan.open(reference).body
    script = {"reference": reference, "form": "note", "note": "Ha trucat"}
    assert marta.post("draft", script).status == 204
    form = dict(marta.open(reference).page.forms)["write"]
    assert marta.post("write", form).status == 303
    page = marta.open(reference).page
    assert (page.values["body"], page.values["note"]) == ("", "Ha trucat")


def test_a_draft_keeps_the_key_of_its_own_form_alone(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    marta.on(reference, "write", body="Estic mirant-ho", step="draft")
    for _ in range(2):
        assert marta.on(reference, "release").status == 303
        assert desks.incident(reference).claimed_by is None
        marta.post("claim", {"reference": reference})
    for _ in range(2):
        handed = marta.on(reference, "transfer", to="colleague:joan", reason="My shift ends.")
        assert handed.status == 303
        assert desks.incident(reference).claimed_by == "joan"
        assert marta.on(reference, "take-over", why="I am back.").status == 303
    assert joan.get("list").status == 200


def test_a_draft_that_is_refused_shows_nobody_an_incident(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    desks.register.add_citizen_message(reference, "Encara no funciona.", desks.now)
    before = desks.entries(reference)
    for fields in ({"form_token": "x"}, {"form": "none"}, {"body": "x" * 100_001}):
        answer = marta.post("draft", {"reference": reference, "note": "x", **fields})
        assert answer.status in {413, 422}
    assert desks.entries(reference) == before
    assert desks.incident(reference).unread == 1


def test_no_draft_is_kept_about_an_incident_of_another_team(
    desks: Desks, marta: DeskBrowser, pau: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.open(reference)
    for act, fields in (("draft", {"form": "note", "note": "x"}), ("write", {"body": "x"})):
        sent = {"reference": reference, "step": "draft", **fields}
        assert pau.post(act, sent).status == 403
        assert desks.entries(reference)[-1].facts["action"] == Done.REFUSED


@pytest.mark.parametrize("step", ["zzz", "PREVIEW", "draft ", "insert", "insert:reply:none"])
def test_an_unknown_button_sends_nothing(desks: Desks, marta: DeskBrowser, step: str) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    answer = marta.on(reference, "write", body="Bon dia.", step=step)
    assert (answer.status, answer.page.values["body"]) == (422, "Bon dia.")
    assert not [each for each in desks.entries(reference) if each.kind is Kind.MESSAGE]


def test_a_draft_that_is_too_long_is_refused_and_given_back(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    long = "x" * 100_001
    answer = marta.on(reference, "write", body=long, step="draft")
    assert answer.status == 413
    assert answer.page.values["body"] == long


def test_an_incident_is_handed_over_to_a_colleague_who_has_signed_in(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    desks.signed_in("pau", SIGNATURE)
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    body = marta.open(reference).body
    assert "colleague:joan" in body
    assert "pau" not in body
    for nobody in ("colleague:pau", "colleague:marta", "colleague:x", "team:payment", "team:x", ""):
        refused = marta.on(reference, "transfer", to=nobody, reason="My shift ends.")
        assert (refused.status, "#to" in refused.page.links) == (422, True)
        assert refused.page.values["reason"] == "My shift ends."
    sent = marta.on(reference, "transfer", to="colleague:joan", reason="My shift ends.")
    assert sent.status == 303
    assert desks.incident(reference).claimed_by == "joan"
    assert reference in joan.get("list", view="mine").page.text
    assert reference not in marta.get("list", view="mine").page.text


def test_an_incident_goes_to_another_team(
    desks: Desks, marta: DeskBrowser, pau: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    sent = marta.on(reference, "transfer", to="team:signature", reason="A certificate.")
    assert sent.status == 303
    assert "passed on to the other team" in marta.follow(sent).page.text
    assert "A certificate." in pau.open(reference).page.text
    assert marta.open(reference).status == 403


def test_a_note_is_for_the_team_alone(desks: Desks, marta: DeskBrowser, joan: DeskBrowser) -> None:
    reference = desks.submitted()
    assert joan.on(reference, "note", note="Ha trucat.").status == 303
    assert "Ha trucat." in marta.open(reference).page.text


@pytest.mark.parametrize(
    ("act", "fields", "field"),
    [("note", {"note": ""}, "note"), ("write", {"body": "x" * 4001}, "body")],
)
def test_a_wrong_field_is_named_and_everything_given_back(
    desks: Desks, marta: DeskBrowser, act: str, fields: dict[str, str], field: str
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    answer = marta.on(reference, act, **fields)
    assert (answer.status, f"#{field}" in answer.page.links) == (422, True)
    assert answer.page.values[field] == fields[field]


def test_nothing_typed_is_lost_while_the_register_is_away(
    desks: Desks, marta: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    form = dict(marta.open(reference).page.forms)["write"] | {"body": "Ja està."}

    def away(*_arguments: object, **_options: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr("suport.register.register.Register.incident", away)
        answer = marta.post("write", form)
    assert answer.status == 503
    assert answer.page.values["body"] == "Ja està."
    assert marta.post("write", answer.page.values).status == 303


@pytest.mark.parametrize("reference", ["", "x", "GQNC-YQBY-1H8C", "'", "../list"])
def test_a_reference_that_nobody_has_is_told(marta: DeskBrowser, reference: str) -> None:
    assert marta.open(reference).status == 404


# Beside the incidents


def test_data_protection_sees_who_has_looked_and_leaves_a_look(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    marta.open(reference)
    biel = desks.signed_in("biel", roles=[Role.DATA_PROTECTION])
    page = biel.get("looks", reference=reference).page
    assert "marta viewed it" in page.text
    assert WRITTEN not in page.text
    assert desks.entries(reference)[-1].facts["by"] == "data_protection"
    assert marta.get("looks", reference=reference).status == 403


def test_whoever_is_in_no_team_sees_no_incident(desks: Desks) -> None:
    reference = desks.submitted()
    for role in Role:
        somebody = desks.signed_in(role, roles=[role])
        assert reference not in somebody.get("list", view="team").body
        assert somebody.open(reference).status == 403


def test_the_keys_can_be_switched_off(marta: DeskBrowser) -> None:
    assert 'data-keys="on"' in marta.get("list").body
    assert marta.follow(marta.post("keys", {"keys": "off"})).status == 200
    assert 'data-keys="off"' in marta.get("list").body


@pytest.mark.parametrize("language", ["ca", "es", "en", "de"])
def test_each_page_is_there_in_each_language(
    desks: Desks, marta: DeskBrowser, language: str
) -> None:
    reference = desks.submitted()
    for page in ("list", f"incident?reference={reference}", "keys"):
        answer = marta.get(page, language)
        assert (answer.status, answer.page.language) == (200, language)


def test_an_address_without_a_page_is_told(marta: DeskBrowser) -> None:
    for page, language in (("none", "ca"), ("list", "fr")):
        assert marta.get(page, language).status == 404
    assert marta.get("claim").location == "list"

"""The operators' API, with moto behind it: who may do what, and what is recorded."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from suport.domain.attachment import State
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.figures import day_of
from suport.domain.history import Kind
from suport.domain.incident import Status
from suport.domain.language import Language
from suport.domain.legal_time import MADRID, start_of, to_madrid, utc_text
from suport.domain.reference import Reference
from suport.domain.working_hours import DAYS
from suport.runtime import clock
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from tests.support.operators_api import CONTACT, PAYMENT, OperatorsApi, refusal, with_file
from tests.support.register import whole_history

EVERYTHING = [
    ("GET", "/v1/desk/incidents"),
    ("POST", "/v1/desk/incidents"),
    ("GET", "/v1/desk/incidents/{reference}"),
    *(
        ("POST", f"/v1/desk/incidents/{{reference}}/{act}")
        for act in (
            "claim",
            "take-over",
            "messages",
            "notes",
            "transfer",
            "snooze",
            "release",
            "resolve",
            "consents",
        )
    ),
    ("GET", "/v1/desk/incidents/{reference}/files/0"),
    ("GET", "/v1/desk/stats"),
    ("GET", "/v1/desk/proofs/2026-11"),
    ("GET", "/v1/desk/reports/2026-11"),
    ("POST", "/v1/desk/incidents/{reference}/access-code"),
    ("PATCH", "/v1/desk/incidents/{reference}/contact"),
]
CONTACT_DATA = "/v1/desk/incidents/{reference}/contact"
KEY = "a-key-of-the-desk"


@pytest.mark.parametrize(
    "caller",
    [
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:user/anna",
        "arn:aws:sts::123456789012:assumed-role/Administrator/anna",
        "arn:aws:sts::490152873641:assumed-role/payment-role/anna",  # in another account
    ],
)
def test_who_is_of_no_team_can_do_nothing(desk: OperatorsApi, caller: str) -> None:
    before = whole_history(desk.register, desk.reference, clock.now())
    for method, resource in EVERYTHING:
        answer = desk.ask(method, resource, {"body": "x"}, caller=caller)
        assert refusal(answer) == (403, "no-team"), resource
    assert whole_history(desk.register, desk.reference, clock.now()) == before


@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("", None),
        ("claim", None),
        ("take-over", {"reason": "x"}),
        ("messages", {"body": "x"}),
        ("notes", {"body": "x"}),
        ("transfer", {"category": "functional", "reason": "x"}),
        ("snooze", {"until": None}),
        ("release", None),
        ("resolve", None),
        ("consents", {"scope": "view"}),
        ("files/0", None),
    ],
)
def test_another_teams_operator_is_refused_and_it_is_kept(
    desk: OperatorsApi, act: str, content: Any
) -> None:
    desk.on("claim")
    answer = desk.on(act, content, name="carla", role="signature-role")
    assert refusal(answer) == (403, "other-team")
    (tried,) = desk.actions("refused")
    assert (tried["by"], tried["operator"], tried["team"]) == ("operator", "carla", "signature")
    assert (desk.incident.status, desk.incident.claimed_by) == (Status.CLAIMED, "anna")


def test_contact_data_are_shown_with_the_claim_and_the_look_is_kept(desk: OperatorsApi) -> None:
    status, seen = desk.on()
    assert (status, seen["contact_shown"]) == (200, False)
    assert CONTACT["phone"] not in seen["contact"].values()
    status, claimed = desk.on("claim")
    assert (status, claimed["contact"], claimed["contact_shown"]) == (
        200,
        CONTACT | {"dial": "+34971481726"},
        True,
    )
    assert [each["contact"] for each in desk.actions("viewed")] == [False, True]


def test_a_claimed_incident_stays_its_operators_and_the_other_learns_whose(
    desk: OperatorsApi,
) -> None:
    desk.on("claim")
    answer = desk.on("claim", name="bert")
    assert refusal(answer) == (409, "claimed-by-another")
    assert answer[1]["claimed_by"] == "anna"
    assert "anna" in answer[1]["detail"]
    for act, content in (("messages", {"body": "x"}), ("release", None), ("resolve", None)):
        assert refusal(desk.on(act, content, name="bert")) == (409, "claimed-by-another")


@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("messages", {"body": "x"}),
        ("release", None),
        ("resolve", None),
        ("transfer", {"category": "functional", "reason": "x"}),
        ("files/0", None),
    ],
)
def test_only_who_has_claimed_it_acts_on_an_incident(
    desk: OperatorsApi, act: str, content: Any
) -> None:
    assert refusal(desk.on(act, content)) == (409, "not-claimed")


def test_a_resolved_incident_is_not_claimed(desk: OperatorsApi) -> None:
    desk.on("claim")
    status, resolved = desk.on("resolve", {"body": "Ja està registrat."})
    assert (status, resolved["status"]) == (200, "resolved")
    assert refusal(desk.on("claim", name="bert")) == (409, "already-resolved")


def test_a_question_makes_the_incident_wait_and_an_answer_does_not(desk: OperatorsApi) -> None:
    desk.on("claim")
    status, said = desk.on("messages", {"body": "Ho mirem."})
    assert (status, said["status"]) == (201, "claimed")
    status, asked = desk.on("messages", {"body": "Quin error surt?", "ask": True})
    assert (status, asked["status"]) == (201, "waiting")
    messages = desk.entries(Kind.MESSAGE)
    assert [entry.id for entry in messages] == [said["entry"], asked["entry"]]
    assert [entry.facts["operator"] for entry in messages] == ["anna"] * 2


@pytest.mark.parametrize(
    ("act", "kind"), [("messages", Kind.MESSAGE), ("notes", Kind.NOTE), ("resolve", Kind.MESSAGE)]
)
def test_a_retry_with_its_key_adds_nothing(desk: OperatorsApi, act: str, kind: Kind) -> None:
    desk.on("claim")
    key = {"Idempotency_Key": "a-key-of-16-chars"}
    answers = [desk.on(act, {"body": "Ja està registrat."}, **key) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(desk.entries(kind)) == 1


def test_a_key_that_is_none_is_refused_before_anything_is_recorded(desk: OperatorsApi) -> None:
    desk.on("claim")
    answer = desk.on("notes", {"body": "x"}, Idempotency_Key="short")
    assert refusal(answer) == (422, "invalid")
    assert not desk.entries(Kind.NOTE)


@pytest.mark.parametrize(
    ("act", "content", "field"),
    [
        ("messages", {}, "body"),
        ("messages", {"body": "x", "ask": "yes"}, "ask"),
        ("messages", {"body": "x", "by": "citizen"}, "by"),
        ("messages", {"body": "x" * 4001}, "body"),
        ("notes", {"body": " "}, "body"),
        ("notes", {"body": "x", "operator": "bert"}, "operator"),
        ("transfer", {"category": "signature"}, "reason"),
        ("transfer", {"category": "payment", "reason": "x"}, "category"),
        ("transfer", {"category": "other", "reason": "x"}, "category"),
        ("resolve", {"body": "x\x00"}, "body"),
        ("consents", {}, "scope"),
        ("consents", {"scope": "all"}, "scope"),
        ("consents", {"scope": "view", "action": "grant"}, "action"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_recorded(
    desk: OperatorsApi, act: str, content: Any, field: str
) -> None:
    desk.on("claim")
    before = whole_history(desk.register, desk.reference, clock.now())
    answer = desk.on(act, content)
    assert refusal(answer) == (422, "invalid")
    assert [error["field"] for error in answer[1]["errors"]] == [field]
    assert whole_history(desk.register, desk.reference, clock.now()) == before


def test_a_consent_ends_when_the_citizen_tells_an_operator_and_is_never_given_so(
    desk: OperatorsApi,
) -> None:
    refused = desk.on("consents", {"scope": "view"})
    assert refusal(refused) == (409, "nothing-to-withdraw")
    assert "The citizen" in refused[1]["detail"]
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    for scope in Scope:
        desk.register.grant_consent(desk.reference, scope, shown.identity, clock.now())
    desk.on("claim", name="bert")
    answers = [desk.on("consents", {"scope": "control"}) for _ in range(2)]
    assert answers[0] == answers[1]
    entry = desk.entries(Kind.CONSENT)[-1]
    status, made = answers[0]
    assert (status, made["entry"], made["status"]) == (201, entry.id, "claimed")
    assert (entry.facts["by"], entry.facts["operator"]) == ("operator", "anna")
    assert desk.on()[1]["consents"] == ["view"]


def test_a_transferred_incident_is_the_other_teams(desk: OperatorsApi) -> None:
    desk.on("claim")
    status, given = desk.on("transfer", {"category": "signature", "reason": "És de firma."})
    assert (status, given) == (
        200,
        {"reference": desk.reference, "category": "signature", "status": "queued"},
    )
    (action,) = desk.actions("transferred")
    assert (action["from"], action["to"], action["why"]) == ("payment", "signature", "És de firma.")
    assert refusal(desk.on()) == (403, "other-team")
    assert desk.on(name="carla", role="signature-role")[0] == 200


def test_a_colleague_of_the_team_takes_an_incident_over_and_says_why(desk: OperatorsApi) -> None:
    desk.on("claim")
    status, seen = desk.on("take-over", {"reason": "És de baixa."}, name="bert")
    assert (status, seen["claimed_by"], seen["contact_shown"]) == (200, "bert", True)
    assert desk.headers["ETag"] == f'"{seen["etag"]}"'
    shown = [each for each in desk.on()[1]["history"] if each.get("action") == "taken_over"]
    assert [(each["operator"], each["colleague"], each["why"]) for each in shown] == [
        ("bert", "anna", "És de baixa.")
    ]


def test_nothing_is_taken_over_without_a_reason_or_where_nobody_has_it(desk: OperatorsApi) -> None:
    reason = {"reason": "És de baixa."}
    assert refusal(desk.on("take-over", reason)) == (409, "not-claimed")
    desk.on("claim")
    assert refusal(desk.on("take-over", {"reason": " "}, name="bert")) == (422, "invalid")
    desk.on("resolve")
    assert refusal(desk.on("take-over", reason, name="bert")) == (409, "already-resolved")
    assert desk.actions("taken_over") == []


def test_a_released_incident_can_be_claimed_by_another(desk: OperatorsApi) -> None:
    desk.on("claim")
    assert desk.on("release")[1]["status"] == "queued"
    assert desk.on("claim", name="bert")[1]["claimed_by"] == "bert"


@pytest.mark.parametrize("reference", ["0000-0000-0000", "not-a-reference", "%00"])
def test_there_is_no_incident_where_nobody_has_that_reference(
    desk: OperatorsApi, reference: str
) -> None:
    assert refusal(desk.on("claim", reference=reference)) == (404, "not-found")


def test_a_team_lists_its_own_open_incidents_alone(desk: OperatorsApi) -> None:
    _, listed = desk.ask("GET", "/v1/desk/incidents")
    (incident,) = listed["incidents"]
    assert incident.keys() == {
        *("reference", "status", "submitted_at", "due_at", "claimed_by", "changed_at"),
        *("last_written", "unread", "expires_on", "ending", "snoozed_until"),
        *("topic", "answer_by", "category", "language", "procedure", "error_code", "linked"),
    }
    assert (incident["reference"], incident["status"]) == (desk.reference, "received")
    assert (incident["procedure"], incident["error_code"]) == (None, "190")
    others = desk.ask("GET", "/v1/desk/incidents", role="signature-role")
    assert others == (200, {"incidents": []})


def test_a_phone_call_is_an_incident_that_tells_who_wrote_it_down(desk: OperatorsApi) -> None:
    key: Any = {"Idempotency_Key": "another-key-of-24-chars."}
    told = PAYMENT | {"description": "Truca perquè no pot pagar la taxa"}
    answers = [desk.ask("POST", "/v1/desk/incidents", told, **key) for _ in range(2)]
    assert answers[0] == answers[1]
    status, made = answers[0]
    assert (status, made.keys()) == (201, {"reference", "category", "status"})
    incident, entries = whole_history(desk.register, Reference(made["reference"]), clock.now())
    assert incident.origin == "phone"
    assert [entry.facts["operator"] for entry in entries] == ["anna"]
    changed = told | {"description": "Una altra cosa ben diferent"}
    answer = desk.ask("POST", "/v1/desk/incidents", changed, **key)
    assert refusal(answer) == (422, "key-reused")


def test_the_desk_says_what_of_the_citizen_was_read(desk: OperatorsApi) -> None:
    for act in ("", "claim"):
        status, view = desk.on(act)
        assert (status, desk.headers["ETag"]) == (200, f'"{view["etag"]}"')


@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("messages", {"body": "Hola"}),
        ("messages", {"body": "Hola?", "ask": True}),
        ("resolve", {"body": "Fet"}),
        ("transfer", {"category": "signature", "reason": "és seu"}),
    ],
)
def test_an_answer_over_what_the_citizen_wrote_meanwhile_is_given_back_with_it(
    desk: OperatorsApi, act: str, content: dict[str, Any]
) -> None:
    _, view = desk.on("claim")
    read_so_far: Any = {"If_Match": desk.headers["ETag"]}
    desk.register.add_citizen_message(desk.reference, "Ara ja va", clock.now())
    answer = desk.on(act, content, **read_so_far)
    assert refusal(answer) == (412, "changed-meanwhile")
    problem = answer[1]
    assert [(each["kind"], each["body"]) for each in problem["written"]] == [
        ("message", "Ara ja va")
    ]
    assert problem["etag"] not in {view["etag"], ""}
    assert desk.headers["ETag"] == f'"{problem["etag"]}"'
    assert desk.incident.status == "claimed"
    again: Any = {"If_Match": f'"another", "{problem["etag"]}"'}
    assert desk.on(act, content, **again)[0] in {200, 201}


@pytest.mark.parametrize("stated", ["*", None])
def test_who_does_not_say_what_they_read_is_not_held_up(
    desk: OperatorsApi, stated: str | None
) -> None:
    desk.on("claim")
    desk.register.add_citizen_message(desk.reference, "Ara ja va", clock.now())
    headers: Any = {"If_Match": stated} if stated else {}
    assert desk.on("messages", {"body": "Hola"}, **headers)[0] == 201


@pytest.mark.parametrize(
    "stated",
    [
        *("", " ", ",", "xx", "{etag}", '"{etag}', "'{etag}'", '"{etag}" "other"', '*, "{etag}"'),
        *('W/"{etag}"', 'w/"{etag}"', 'W/"other", "{etag}"', '"{etag}", other', '"{etag}"x'),
    ],
)
@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("messages", {"body": "Hola"}),
        ("transfer", {"category": "signature", "reason": "és seu"}),
        ("resolve", {}),
    ],
)
def test_what_is_no_list_of_tags_is_refused_by_name_and_says_nothing_of_the_citizen(
    desk: OperatorsApi, act: str, content: dict[str, Any], stated: str
) -> None:
    desk.on("claim")
    before = desk.incident
    tag: Any = {"If_Match": stated.format(etag=before.citizen_wrote)}
    answer = desk.on(act, content, **tag)
    assert refusal(answer) == (422, "invalid")
    assert [each["field"] for each in answer[1]["errors"]] == ["If-Match"]
    assert desk.incident == before


@pytest.mark.parametrize(
    "stated", ['"a", "{etag}"', '"{etag}","a"', '"a,b" , , "{etag}" ,', '"{etag}"']
)
def test_any_tag_of_a_list_may_be_the_one_that_was_read(desk: OperatorsApi, stated: str) -> None:
    desk.on("claim")
    tag: Any = {"If_Match": stated.format(etag=desk.incident.citizen_wrote)}
    assert desk.on("messages", {"body": "Hola"}, **tag)[0] == 201


def test_a_tag_of_something_else_is_not_what_was_read(desk: OperatorsApi) -> None:
    desk.on("claim")
    tag: Any = {"If_Match": '"", "another"'}
    assert refusal(desk.on("messages", {"body": "Hola"}, **tag)) == (412, "changed-meanwhile")


@pytest.mark.parametrize(
    ("act", "content"),
    [("release", {}), ("transfer", {"category": "signature", "reason": "és seu"})],
)
def test_giving_an_incident_away_again_with_its_key_is_answered_like_the_first(
    desk: OperatorsApi, act: str, content: dict[str, Any]
) -> None:
    key: Any = {"Idempotency_Key": "a-key-of-this-act-alone"}
    desk.on("claim")
    first = desk.on(act, content, **key)
    assert desk.on(act, content, **key) == first
    assert (first[0], first[1]["status"]) == (200, "queued")
    assert len(desk.actions("released") + desk.actions("transferred")) == 1
    assert desk.actions("refused") == []


def test_a_phone_call_sent_again_with_another_number_names_the_incident_that_stands(
    desk: OperatorsApi,
) -> None:
    key: Any = {"Idempotency_Key": "a-key-of-this-call-alone"}
    _, made = desk.ask("POST", "/v1/desk/incidents", PAYMENT, **key)
    corrected = PAYMENT | {"contact": CONTACT | {"phone": "+34 971 48 17 27"}}
    answer = desk.ask("POST", "/v1/desk/incidents", corrected, **key)
    assert refusal(answer) == (422, "key-reused")
    assert answer[1]["reference"] == made["reference"]


def test_the_open_list_can_be_asked_for_what_changed_and_records_no_look(
    desk: OperatorsApi,
) -> None:
    def changed_since(moment: datetime) -> list[Any]:
        query = {"changed_since": moment.isoformat()}
        status, listed = desk.ask("GET", "/v1/desk/incidents", query=query)
        assert status == 200
        return [each["reference"] for each in listed["incidents"]]

    before = clock.now() - timedelta(minutes=1)
    assert changed_since(before) == [desk.reference]
    since = clock.now()
    assert changed_since(since) == []
    later = since + timedelta(seconds=1)
    desk.register.add_citizen_message(desk.reference, "Encara no va", later)
    assert changed_since(since) == [desk.reference]
    assert desk.actions("viewed") == []


def test_a_page_of_the_list_is_in_its_own_order_and_names_the_next(desk: OperatorsApi) -> None:
    more = [desk.submit() for _ in range(50)]
    _, first = desk.ask("GET", "/v1/desk/incidents", query={"view": "team"})
    _, second = desk.ask("GET", "/v1/desk/incidents", query={"page": first["next"]})
    pages = [[each["reference"] for each in page["incidents"]] for page in (first, second)]
    assert ([len(page) for page in pages], second["next"]) == ([50, 1], None)
    assert {*pages[0], *pages[1]} == {desk.reference, *more}
    assert desk.actions("viewed") == []


def test_a_page_of_the_list_has_what_the_filters_ask_for(desk: OperatorsApi) -> None:
    other = desk.submit()
    desk.on("claim")
    today, yesterday = day_of(clock.now()), day_of(clock.now()) - timedelta(days=1)

    def shown(**query: str) -> set[str]:
        status, page = desk.ask("GET", "/v1/desk/incidents", query=query)
        assert status == 200
        return {each["reference"] for each in page["incidents"]}

    assert shown(view="mine") == {desk.reference}
    assert shown(view="ending") == set()
    assert shown(state="received") == {other}
    assert shown(state="received, claimed") == {desk.reference, other}
    assert shown(since=today.isoformat(), until=today.isoformat()) == {desk.reference, other}
    assert shown(until=yesterday.isoformat()) == set()
    assert shown(procedure="unlisted") == set()
    assert shown(view="team", changed_since=(clock.now() + timedelta(hours=1)).isoformat()) == set()
    desk.on("resolve", {})
    assert shown(state="all") == {desk.reference, other}
    assert shown(state="resolved") == {desk.reference}


@pytest.mark.parametrize(
    ("field", "stated"),
    [("view", "hers"), ("state", "claimed,done"), ("since", "2026-02-30"), ("until", "soon")],
)
def test_a_filter_that_is_none_is_told_by_its_field(
    desk: OperatorsApi, field: str, stated: str
) -> None:
    answer = desk.ask("GET", "/v1/desk/incidents", query={field: stated})
    assert (answer[0], answer[1]["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-25", "2026-11-25T10:00:00", ""])
def test_a_moment_that_is_none_is_told_by_its_field(desk: OperatorsApi, moment: str) -> None:
    answer = desk.ask("GET", "/v1/desk/incidents", query={"changed_since": moment})
    assert (answer[0], answer[1]["errors"][0]["field"]) == (422, "changed_since")


def test_the_history_is_read_in_parts(desk: OperatorsApi) -> None:
    for number in range(60):
        desk.register.note(desk.reference, "anna", Category.PAYMENT, f"{number}", clock.now())
    _, view = desk.on()
    assert len(view["history"]) == 51
    assert view["history"][0]["action"] == "viewed"  # this very look
    query = {"before": view["earlier"]}
    _, earlier = desk.on(query=query)
    assert earlier["etag"] is None
    assert "ETag" not in desk.headers
    notes = [each["body"] for part in (view, earlier) for each in part["history"] if "body" in each]
    assert notes == [f"{number}" for number in reversed(range(60))]
    assert earlier["earlier"] is None
    wrong = desk.on(query={"before": "the last one"})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "before")


def test_a_link_opens_a_file_for_a_minute_as_the_register_names_it(desk: OperatorsApi) -> None:
    file = with_file(desk)
    desk.on("claim")
    status, link = desk.on(f"files/{file.id}")
    assert (status, link["expires_in"]) == (200, 60)
    assert link["headers"] == {"If-Match": f'"{file.version}"'}
    assert "X-Amz-SignedHeaders=host%3Bif-match&" in link["url"]  # S3 refuses a request without it
    assert "X-Amz-Expires=60&" in link["url"]
    assert f"{desk.reference}-1.pdf" in link["url"]
    assert "response-content-type=application%2Fpdf&" in link["url"]  # not what it was stored as
    (look,) = [each for each in desk.actions("viewed") if "file" in each]
    assert (look["operator"], look["file"]) == ("anna", file.id)


@pytest.mark.parametrize("state", sorted(set(State) - {State.CLEAN, State.UNSCANNED}))
def test_a_file_that_may_be_harmful_stays_closed(desk: OperatorsApi, state: State) -> None:
    file = with_file(desk, state)
    desk.on("claim")
    assert refusal(desk.on(f"files/{file.id}")) == (404, "no-such-file")
    assert not [each for each in desk.actions("viewed") if "file" in each]


def test_only_who_has_claimed_the_incident_opens_its_files(desk: OperatorsApi) -> None:
    file = with_file(desk)
    assert refusal(desk.on(f"files/{file.id}")) == (409, "not-claimed")
    desk.on("claim", name="bert")
    assert refusal(desk.on(f"files/{file.id}")) == (409, "claimed-by-another")
    assert refusal(desk.on("files/0", name="bert")) == (404, "no-such-file")


@pytest.mark.parametrize("days", ["0", "181", "-1", "x", "", "1.5"])
def test_figures_reach_back_six_months(desk: OperatorsApi, days: str) -> None:
    answer = desk.ask("GET", "/v1/desk/stats", query={"days": days})
    assert refusal(answer) == (422, "invalid")


def test_no_log_tells_what_was_written_nor_which_incident_or_whom_it_is_about(
    desk: OperatorsApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    desk.on("claim")
    desk.on("notes", {"body": "Truca el dimarts"})
    desk.on("messages", {"body": "Quin error surt?", "ask": True})
    desk.on("claim", name="bert")
    logged = str([vars(record) for record in caplog.records])
    assert "operator acted" in logged
    private = (*CONTACT.values(), PAYMENT["description"], "dimarts", "Quin error", "bert")
    private += (desk.reference,)
    assert not [text for text in private if text in logged]


def test_what_is_overdue_for_the_team_is_told_in_the_list(desk: OperatorsApi) -> None:
    _, listed = desk.ask("GET", "/v1/desk/incidents")
    due = desk.incident.due_at
    assert due is not None
    assert listed["incidents"][0]["due_at"].startswith(due.isoformat()[:19])
    assert due - clock.now() < timedelta(minutes=2)


# ------------------------------------------------ how the citizen is reached


def test_any_operator_of_the_team_has_another_code_sent_once_for_each_key(
    desk: OperatorsApi,
) -> None:
    for _ in range(2):
        status, body = desk.on("access-code", Idempotency_Key=KEY)
        assert status == 201
    assert body.keys() == {"entry", "recorded_at", "status"}  # and no code
    assert desk.incident.code_number == 2
    assert [each["operator"] for each in desk.actions("code_replaced")] == ["anna"]


def test_without_an_address_no_code_can_be_sent(desk: OperatorsApi) -> None:
    desk.on("claim")
    assert desk.ask("PATCH", CONTACT_DATA, {"email": None})[0] == 200
    assert refusal(desk.on("access-code")) == (409, "nowhere-to-send")
    assert desk.incident.contact.keys() >= {"phone"}


def test_an_operator_corrects_an_address_without_confirmation_and_the_code_is_replaced(
    desk: OperatorsApi,
) -> None:
    unclaimed = desk.ask("PATCH", CONTACT_DATA, {"email": "anna.pons@example.org"})
    assert refusal(unclaimed) == (409, "not-claimed")
    desk.on("claim")
    status, body = desk.ask("PATCH", CONTACT_DATA, {"email": "anna.pons@example.org"})
    assert (status, body["correction"]) == (200, "corrected")
    assert desk.incident.contact["email"] == "anna.pons@example.org"
    assert desk.incident.code_number == 2
    (corrected,) = desk.actions("contact_corrected")
    assert (corrected["operator"], corrected["fields"]) == ("anna", ["email"])


def test_what_is_wrong_with_a_correction_is_named_and_changes_nothing(desk: OperatorsApi) -> None:
    before = desk.incident
    status, body = desk.ask("PATCH", CONTACT_DATA, {"email": None, "phone": None})
    assert (status, [each["field"] for each in body["errors"]]) == (422, ["email"])
    status, body = desk.ask("PATCH", CONTACT_DATA, {"email": "anna"})
    assert (status, [each["field"] for each in body["errors"]]) == (422, ["email"])
    assert desk.incident == before


def test_another_team_corrects_nothing(desk: OperatorsApi) -> None:
    asked = desk.ask("PATCH", CONTACT_DATA, {"name": "Anna"}, role="signature-role")
    assert refusal(asked) == (403, "other-team")
    assert refusal(desk.on("access-code", role="signature-role")) == (403, "other-team")


def the_day_in(days: int) -> str:
    return (to_madrid(clock.now()).date() + timedelta(days=days)).isoformat()


def test_an_incident_is_put_aside_until_a_day_that_may_be_written_in_two_ways(
    desk: OperatorsApi,
) -> None:
    desk.on("claim")
    for days in (1, 60):
        day = the_day_in(days)
        year, month, of_month = day.split("-")
        for stated in (day, f"{of_month}-{month}-{year}", f" {day} "):
            status, told = desk.on("snooze", {"until": stated})
            midnight = utc_text(start_of(date.fromisoformat(day)))
            assert (status, told["snoozed_until"], told["status"]) == (200, midnight, "claimed")
    _, listed = desk.ask("GET", "/v1/desk/incidents")
    assert listed["incidents"][0]["snoozed_until"] == midnight
    assert desk.on()[1]["snoozed_until"] == midnight
    status, told = desk.on("snooze", {"until": None})
    assert (status, told["snoozed_until"]) == (200, None)
    assert [each["until"] for each in desk.actions("snoozed")][-1] == the_day_in(60)


def test_a_repeated_snooze_is_recorded_once_even_if_it_has_ended_since(desk: OperatorsApi) -> None:
    desk.on("claim")
    again = {"content": {"until": the_day_in(3)}, "Idempotency_Key": KEY}
    desk.on("snooze", **again)
    desk.on("snooze", {"until": None})
    status, told = desk.on("snooze", **again)
    assert (status, told["snoozed_until"]) == (200, None)
    assert len(desk.actions("snoozed")) == 1


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({}, "Enter the day"),
        ({"until": ""}, "Enter the day"),
        ({"until": 7}, "must be a date like"),
        ({"until": "tomorrow"}, "must be a date like"),
        ({"until": "2027-02-30"}, "must be a date like"),
        ({"until": "2026-12-01T10:00:00Z"}, "must be a date like"),
        ({"until": "2020-01-01"}, "Choose a day from"),
        ({"until": "9999-12-31"}, "Choose a day from"),
    ],
)
def test_a_day_on_which_no_snooze_can_end_is_named_with_those_on_which_it_can(
    desk: OperatorsApi, stated: dict[str, Any], says: str
) -> None:
    desk.on("claim")
    status, trouble = desk.on("snooze", stated)
    assert (status, [each["field"] for each in trouble["errors"]]) == (422, ["until"])
    assert says in trouble["errors"][0]["message"]
    assert not desk.actions("snoozed")


def test_what_the_citizen_wrote_meanwhile_is_not_put_aside_unread(desk: OperatorsApi) -> None:
    tag = {"If_Match": f'"{desk.on("claim")[1]["etag"]}"'}
    desk.register.add_citizen_message(desk.reference, "Encara no va", clock.now())
    answer = desk.on("snooze", {"until": the_day_in(1)}, **tag)
    assert refusal(answer) == (412, "changed-meanwhile")
    assert desk.incident.snoozed_until is None


def test_a_claim_is_due_in_the_hours_and_on_the_days_of_its_team(
    desk: OperatorsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hour a week, and the next of it is on a closed date."""
    today = to_madrid(clock.now()).date()
    weekday, closed = DAYS[today.weekday() - 1], today + timedelta(days=6)
    monkeypatch.setenv("TEAM_HOURS", f"mon-sun 08:00-15:00; payment {weekday} 10:00-11:00")
    monkeypatch.setenv("CLOSED_DATES", closed.isoformat())
    desk.on("claim")
    due = datetime.combine(closed + timedelta(days=7), time(11), MADRID)
    assert desk.incident.due_at == due


@pytest.mark.parametrize("language", ["ca", "es", "de"])
def test_what_is_wrong_in_a_call_is_said_in_the_operators_language(
    desk: OperatorsApi, language: str
) -> None:
    wrong = PAYMENT | {"language": language, "contact": {"phone": "12"}}
    status, told = desk.ask("POST", "/v1/desk/incidents", wrong)
    english = desk.ask("POST", "/v1/desk/incidents", wrong | {"language": "en"})[1]
    assert (status, told["title"], told["errors"]) == (422, english["title"], english["errors"])

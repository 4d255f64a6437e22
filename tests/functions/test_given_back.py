"""Whatever happens to a form, nobody has to type it twice: the answer holds all that was sent."""

from http import HTTPStatus
from types import ModuleType
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest

from suport.domain.consent import Scope
from suport.domain.history import Kind
from suport.domain.language import Language
from suport.http.problem import Problem, ProblemName
from suport.register.register import Register
from suport.runtime import aws
from suport.web import site_map
from suport.web.pages.remote_support import BUTTONS
from tests.support.failures import FAILURES, break_down
from tests.support.forms import (
    ASKING,
    FORMS,
    WORDS,
    again,
    assert_given_back,
    filled_in,
)
from tests.support.template import FUNCTIONS
from tests.support.web import FILLED_IN, KEY, OTHER_KEY, Web, in_the_register


def test_these_tests_cover_every_form() -> None:
    posted = {
        event["Properties"]["Path"].removeprefix("/{language}/")
        for function in FUNCTIONS.values()
        for event in function["Events"].values()
        if event["Type"] == "Api" and event["Properties"]["Method"] == "post"
        if event["Properties"]["Path"].startswith("/{language}/")
    }
    only_shown = {"guides", "procedures", "contact", "export", "files", "file"}
    assert {each for each in posted if "{" not in each} - only_shown == FORMS.keys()
    assert site_map.FORMS.keys() == FORMS.keys()


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize("form", ASKING)
def test_after_a_failure_the_answer_can_send_the_form_again(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    before = in_the_register()
    for layer in FAILURES:
        with pytest.MonkeyPatch.context() as broken:
            break_down(broken, layer)
            answer = web.post(form, fields)
        assert (answer.status, answer.headers["Retry-After"], answer.cookie) == (503, "60", None)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert_given_back(answer, form, fields)
    assert in_the_register() == before
    assert again(web, answer, form).status == 303


@pytest.mark.parametrize("form", ASKING)
def test_a_form_comes_back_even_without_the_services_secret(
    web: Web, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    fields = filled_in(web, form)
    aws.service_secret.cache_clear()
    break_down(monkeypatch, "read time-out")
    answer = web.post(form, fields)
    assert answer.status == 503
    assert_given_back(answer, form, fields)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_back_whatever_breaks_in_the_function_itself(web: Web, form: str) -> None:
    fields = filled_in(web, form)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    load = web.load

    def load_broken(name: str) -> ModuleType:
        app = load(name)
        app.site.visit = broken
        return app

    web.load = load_broken
    answer = web.post(form, fields)
    assert answer.status == 503
    assert_given_back(answer, form, fields)


def test_a_failed_form_sent_twice_is_recorded_once(web: Web) -> None:
    reference = web.opened()
    written = {"body": "Encara falla", "idempotency_key": OTHER_KEY}
    with pytest.MonkeyPatch.context() as broken:
        break_down(broken, "read time-out")
        answer = web.post("reply", written)
    web.post("reply", written)  # the first one was recorded, and only its answer was lost
    assert again(web, answer, "reply").status == 303
    assert web.messages(reference) == ["Encara falla"]


def test_the_error_is_shown_even_if_the_page_with_the_form_cannot_be(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    web.opened()
    fields = {"body": "x" * 4321, "idempotency_key": OTHER_KEY, "reference": web.reference}

    def fail(*_: Any, **__: Any) -> None:
        failure = FAILURES["connection"]()
        raise failure

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Register, "history", fail)
        answer = web.post("reply", fields, "en")
    assert answer.status == 422
    told = "Your message must be 4000 characters or fewer. It has 4321 now."
    assert told in answer.page.said_in("li")
    assert_given_back(answer, "reply", fields)
    (logged,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert logged["error"] == "EndpointConnectionError"


@pytest.mark.parametrize(("form", "label"), [("reply", "El vostre missatge"), ("help", None)])
def test_words_come_back_in_fields_that_can_be_changed(
    web: Web, form: str, label: str | None
) -> None:
    fields = filled_in(web, form)
    answer = web.post(form, fields, Content_Type="text/html")
    (name,) = [name for name, value in FORMS[form].items() if value == WORDS]
    assert [each["name"] for each in answer.page.of("textarea")] == [name]
    assert answer.page.attributes("for") == [name]
    assert label is None or label in answer.page.said_in("label")
    hidden = {each["name"] for each in answer.page.of("input") if each["type"] == "hidden"}
    assert hidden == fields.keys() - {name}


@pytest.mark.parametrize(
    ("form", "chosen", "button"),
    [
        ("remote-support", {"scope": "control"}, BUTTONS[Scope.CONTROL, False]),
        ("remote-support", {"action": "withdraw"}, BUTTONS[Scope.VIEW, True]),
        ("remote-support", {"scope": "all"}, site_map.FORMS["remote-support"].button),
        ("close", {}, site_map.FORMS["close"].button),
    ],
)
def test_the_button_of_a_form_that_comes_back_says_what_it_does(
    web: Web, form: str, chosen: dict[str, str], button: Any
) -> None:
    answer = web.post(form, filled_in(web, form) | chosen, Content_Type="text/html")
    assert answer.page.said_in("button") == [button.in_(Language.CATALAN)]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("form", FORMS)
def test_a_forged_form_comes_back_under_a_new_key(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    before = in_the_register()
    answer = web.post(form, fields, Sec_Fetch_Site="cross-site")
    assert (answer.status, in_the_register()) == (422 if form == "incident" else 403, before)
    new_key = answer.page.values["idempotency_key"]
    assert_given_back(answer, form, fields, idempotency_key=new_key)
    assert len(new_key) >= 16
    assert new_key != fields.get("idempotency_key")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_too_large_comes_back(web: Web, form: str) -> None:
    fields = filled_in(web, form) | {"unknown": "kept " * 450_000}
    answer = web.post(form, fields)
    assert answer.status == 413
    assert_given_back(answer, form, fields)


@pytest.mark.parametrize("form", ["reply", "incident", "track", "help"])
def test_a_form_too_large_to_come_back_is_still_in_the_page_before(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    (name,) = [name for name, value in FORMS[form].items() if value == WORDS]
    others = urlencode(fields | {name: ""}).encode()
    for length, status in ((1_900_000, 422), (2_500_000, 413)):
        body = others + f"&{name}=".encode() + b'"' * length  # each becomes five characters in HTML
        answer = web.ask(
            *("POST", form, "en"), body=body, Content_Type="application/x-www-form-urlencoded"
        )
        assert answer.status == (413 if form == "help" else status)
        assert len(answer.body) < 20_000
        assert "Go back in your browser: it should still be there." in answer.page.text


def test_a_form_with_too_many_fields_to_come_back_is_still_in_the_page_before(web: Web) -> None:
    answer = web.post("reply", {f"field{number}": "x" for number in range(5000)}, "en")
    assert answer.status == 400
    assert "Go back in your browser: it should still be there." in answer.page.text


@pytest.mark.parametrize("form", FORMS)
def test_a_form_with_far_too_many_fields_comes_back(web: Web, form: str) -> None:
    fields = filled_in(web, form) | {f"field{number}": str(number) for number in range(81)}
    answer = web.post(form, fields)
    assert answer.status == 400
    assert_given_back(answer, form, fields)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_another_type_comes_back(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    for media_type in ("text/plain", "application/json", "", "x", "text/html; ;"):
        answer = web.post(form, fields, Content_Type=media_type)
        assert answer.status == 415
        assert_given_back(answer, form, fields)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_in_several_parts_comes_back(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, "--b--\r\n"]).encode()
    answer = web.ask("POST", form, body=body, Content_Type="multipart/form-data; boundary=b")
    assert answer.status == 415
    assert_given_back(answer, form, fields)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_in_an_unknown_charset_comes_back(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    for charset in ("utf-16", "koi8-r", "nonsense", '"utf-7"', "utf-8,"):
        declared = f"application/x-www-form-urlencoded; charset={charset}"
        answer = web.post(form, fields, Content_Type=declared)
        assert answer.status == 415
        assert_given_back(answer, form, fields)


def test_a_form_in_windows_1252_is_read_as_it_was_typed(web: Web) -> None:
    reference = web.opened()
    text = "Això és «així»: 100 € – Š"
    octets = text.encode("cp1252")
    for charset in ("", "; charset=windows-1252", ";charset=ISO-8859-1"):
        for number, sent in enumerate((octets, quote_plus(octets).encode())):
            key = f"{OTHER_KEY}{number}{charset}".replace(" ", "")
            answer = web.ask(
                *("POST", "reply"),
                body=b"body=" + sent + b"&" + urlencode({"idempotency_key": key}).encode(),
                Content_Type=f"application/x-www-form-urlencoded{charset}",
            )
            assert answer.status == 303
    assert web.messages(reference) == [text] * 6


def test_a_wrong_form_in_windows_1252_comes_back_as_it_was_typed(web: Web) -> None:
    fields = FILLED_IN | {"description": "Això és «així»: 100 €", "contact.email": "anna@"}
    body = urlencode(fields, encoding="cp1252").encode()
    answer = web.ask(
        "POST", "incident", body=body, Content_Type="application/x-www-form-urlencoded"
    )
    assert answer.status == 422
    assert_given_back(answer, "incident", fields)


@pytest.mark.parametrize("form", FORMS)
def test_half_a_character_is_refused_at_its_field(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    changed = "description" if form == "incident" else next(iter(fields))
    sent = urlencode(fields | {changed: "HALF " + fields[changed]}).encode()
    body = sent.replace(b"HALF", b"%ED%A0%80")
    answer = web.ask("POST", form, body=body, Content_Type="application/x-www-form-urlencoded")
    assert answer.status == 422
    assert_given_back(answer, form, fields, **{changed: f"\ufffd {fields[changed]}"})


@pytest.mark.parametrize("form", ["reply", "rate"])
def test_words_about_an_expired_incident_come_back(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    for item in in_the_register():
        aws.client("dynamodb").delete_item(
            TableName="register", Key={name: item[name] for name in ("reference", "entry")}
        )
    answer = web.post(form, fields)
    assert answer.status == 404
    assert_given_back(answer, "track", fields)


@pytest.mark.parametrize("form", ["reply", "rate", "close", "remove-file", "remote-support"])
def test_a_form_sent_to_an_address_without_a_language_comes_back_with_a_right_one(
    web: Web, form: str
) -> None:
    fields = filled_in(web, form)
    for language, page, action in (
        ("xx", form, f"../ca/{form}"),
        ("es", f"{form}/", f"../../es/{form}"),
        ("es", f"{form}/a/b", f"../../../es/{form}"),
    ):
        answer = web.post(page, fields, language)
        assert (answer.status, answer.page.attributes("action")) == (404, [action])
        assert answer.page.values.items() >= fields.items()


def test_an_unknown_field_is_carried_along_while_nothing_is_wrong_with_it(web: Web) -> None:
    fields = FILLED_IN | {"colour": "verd"}
    assert_given_back(web.post("incident", fields, Content_Type="x"), "incident", fields)


@pytest.mark.parametrize("form", ["reply", "rate", "remote-support"])
def test_the_page_of_a_wrong_form_carries_unknown_fields_along(web: Web, form: str) -> None:
    web.opened()
    answer = web.post(form, {"unknown": "kept", "body": "", "score": "", "scope": "x"})
    assert (answer.status, answer.page.values["unknown"]) == (422, "kept")


def test_a_form_with_a_refused_unknown_field_can_be_sent_once_that_field_is_gone(web: Web) -> None:
    answer = web.post("incident", FILLED_IN | {"colour": "verd", "contact": "x"})
    assert (answer.status, "colour" in answer.page.values) == (422, False)
    assert again(web, answer, "incident").status == 303


def test_every_form_with_words_comes_back_after_a_refusal_for_now(web: Web) -> None:
    for form in ("reply", "track", "rate"):
        fields = filled_in(web, form)

        def refuse(*_: object) -> None:
            title = problem_text("Not now")
            raise Problem(HTTPStatus.CONFLICT, ProblemName.NOT_RESOLVED, title, title)

        with pytest.MonkeyPatch.context() as refusing:
            for method in ("add_citizen_message", "rate"):
                refusing.setattr(f"suport.register.register.Register.{method}", refuse)
            answer = web.post(form, fields)
        assert answer.status == 409
        assert_given_back(answer, form, fields)


def problem_text(text: str) -> Any:
    from suport.texts.message import Message  # noqa: PLC0415  not a text of the service

    return Message(text)


# ------------------------------------------------- what waits for an incident to be opened


def test_a_rating_that_came_too_late_for_its_session_is_recorded_on_opening(web: Web) -> None:
    reference = web.opened()
    code = web.code
    web.resolve(reference)
    web.cookie = None
    over = web.post("rate", {"score": "4", "comment": "Prou bé", "reference": reference})
    assert over.status == 403
    assert_given_back(over, "track", {"score": "4", "comment": "Prou bé", "reference": reference})
    answer = again(web, over, "track", access_code=code)
    assert (answer.status, answer.location) == (303, "track?done=rated")
    assert web.incident(reference).rating == 4
    entries = web.register.entries(reference, web.now)
    ratings = [entry.facts["comment"] for entry in entries if entry.kind is Kind.RATING]
    assert ratings == ["Prou bé"]


@pytest.mark.parametrize(
    ("kept", "status"),
    [
        ({"comment": "Prou bé"}, 422),
        ({"score": "9", "comment": "Prou bé"}, 422),
        ({"score": "4", "comment": "x" * 501}, 422),
        ({"score": "4", "comment": "Prou bé"}, 409),  # the incident is not resolved
    ],
)
def test_a_kept_rating_that_cannot_be_recorded_is_not_lost(
    web: Web, kept: dict[str, str], status: int
) -> None:
    reference = web.opened()
    typed = {"reference": reference, "access_code": web.code}
    if status == 422:
        web.post("close")
    web.cookie = None
    answer = web.post("track", kept | typed)
    assert (answer.status, answer.cookie) == (status, None)
    assert web.incident(reference).rating is None
    shown = {name: value for name, value in kept.items() if value != "9"}
    assert_given_back(answer, "track", shown | typed)


@pytest.mark.parametrize("form", ["close", "reopen", "remove-file", "remote-support"])
def test_opening_an_incident_does_nothing_that_its_form_does_not_say(web: Web, form: str) -> None:
    fields = filled_in(web, form)
    code, web.cookie = web.code, None
    over = web.post(form, fields)
    before = in_the_register()
    answer = again(web, over, "track", access_code=code)
    assert (answer.status, answer.location, in_the_register()) == (303, "track?opened=1", before)


def test_a_key_without_words_sends_nothing(web: Web) -> None:
    reference = web.opened()
    typed = {"reference": reference, "access_code": web.code}
    answer = web.post("track", typed | {"body": " ", "idempotency_key": KEY})
    assert (answer.status, answer.location, web.messages(reference)) == (303, "track?opened=1", [])


def test_only_the_form_that_asks_for_the_access_code_comes_back_with_it(web: Web) -> None:
    web.opened()
    for form in FORMS:
        fields = filled_in(web, form) | {"access_code": "a secret code"}
        for headers in ({"Content_Type": "text/plain"}, {"Sec_Fetch_Site": "cross-site"}):
            answer = web.post(form, fields, **headers)
            assert answer.status in {403, 415, 422}
            assert ("a secret code" in answer.body) is (form == "track")

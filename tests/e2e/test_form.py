"""The form, filled in as a browser does without JavaScript."""

import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from tests.support.html import Page
from tests.support.service import CONTACT, FORM, Answer, Service

TYPED = '<script>alert("Ça va?")</script> & l·l 🧾\nsegona línia'


def blank_form(service: Service, language: str = "ca") -> dict[str, str]:
    """The fields of a fresh form, with its hidden key."""
    return Page(service.get(f"/{language}/incident").text).values


def filled_in(service: Service, **changes: str) -> dict[str, str]:
    """A form with every required field; `__` stands for the dot in a field's name."""
    return blank_form(service) | {
        "category": "signature",
        "description": "El certificat no signa la sol·licitud.",
        "contact.email": CONTACT["email"],
        "contact.name": CONTACT["name"],
        **{name.replace("__", "."): value for name, value in changes.items()},
    }


@dataclass(frozen=True)
class Sent:
    """The answers to a form sent twice, and the page to which the first one leads."""

    first: Answer
    second: Answer
    page: Answer

    @property
    def reference(self) -> str:
        return Page(self.page.text).said_by("reference")


@pytest.fixture(scope="module")
def sent(service: Service) -> Sent:
    fields = filled_in(service, description="Una línia\r\ni una altra: l·l, ç, 🧾.")
    first = service.post_form("/ca/incident", fields)
    second = service.post_form("/ca/incident", fields)
    page = service.get(f"/ca/{first.headers['Location']}", Cookie=first.cookie)
    service.private.add(Page(page.text).said_by("access-code"))
    return Sent(first, second, page)


def test_form_leads_to_the_incidents_page(sent: Sent) -> None:
    location = sent.first.headers["Location"]
    assert (sent.first.status, location.partition("?")[0]) == (303, "track")


def test_cookie_is_bound_to_the_host_and_hidden_from_scripts(sent: Sent) -> None:
    (morsel,) = SimpleCookie(sent.first.headers["Set-Cookie"]).values()
    assert (
        morsel.key.startswith("__Host-"),
        *(morsel[name] for name in ("path", "secure", "httponly", "samesite", "domain")),
    ) == (True, "/", True, True, "Strict", "")


def test_page_shows_the_reference(service: Service, sent: Sent) -> None:
    assert service.incident(sent.reference)["category"] == "signature"


def test_page_shows_the_access_code(service: Service, sent: Sent) -> None:
    code = Page(sent.page.text).said_by("access-code")
    assert service.get(f"/v1/incidents/{sent.reference}", code).status == 200


def test_page_is_in_the_language_of_the_form(sent: Sent) -> None:
    assert (sent.page.status, Page(sent.page.text).language) == (200, "ca")


def test_a_browsers_line_breaks_become_single_characters(service: Service, sent: Sent) -> None:
    description = service.incident(sent.reference)["description"]
    assert description == "Una línia\ni una altra: l·l, ç, 🧾."


def test_form_sent_twice_opens_the_same_incident(sent: Sent) -> None:
    def opened(answer: Answer) -> str:
        return answer.cookie.partition(".")[0]

    assert (sent.second.status, opened(sent.second)) == (303, opened(sent.first))


def test_form_sent_twice_makes_one_incident(service: Service, sent: Sent) -> None:
    description = service.incident(sent.reference)["description"]
    assert len(service.incidents(description)) == 1


def test_form_sent_twice_makes_one_message(service: Service, sent: Sent) -> None:
    service.settle()
    assert [queue for queue, _ in service.inbox.of(sent.reference)] == ["signature"]


def test_without_the_cookie_no_incident_is_shown(service: Service, sent: Sent) -> None:
    assert sent.reference not in service.get("/ca/track").text


def test_forged_cookie_shows_no_incident(service: Service, sent: Sent) -> None:
    forged = re.sub(r".$", lambda end: "1" if end[0] == "0" else "0", sent.first.cookie)
    assert sent.reference not in service.get("/ca/track", Cookie=forged).text


def test_reference_and_code_open_the_page(service: Service, sent: Sent) -> None:
    code = Page(sent.page.text).said_by("access-code")
    opened = service.post_form(
        "/es/track", {"reference": sent.reference.lower(), "access_code": code.lower()}
    )
    page = Page(service.get("/es/track", Cookie=opened.cookie).text)
    assert (page.said_by("reference"), page.language) == (sent.reference, "es")


def test_page_opened_by_code_does_not_show_the_code(service: Service, sent: Sent) -> None:
    code = Page(sent.page.text).said_by("access-code")
    opened = service.post_form("/ca/track", {"reference": sent.reference, "access_code": code})
    assert code not in service.get("/ca/track", Cookie=opened.cookie).text


def test_wrong_code_opens_nothing(service: Service, sent: Sent) -> None:
    wrong = {"reference": sent.reference, "access_code": "0000-0000-0000-0000-0000-0000-0000"}
    answer = service.post_form("/ca/track", wrong)
    assert (answer.status, answer.headers["Set-Cookie"]) == (404, None)


@dataclass(frozen=True)
class Returned:
    """A form that came back to be corrected."""

    fields: dict[str, str]
    answer: Answer

    @property
    def page(self) -> Page:
        return Page(self.answer.text)


@pytest.fixture(scope="module")
def returned(service: Service) -> Returned:
    """A payment form without an error, and with an unusable e-mail address."""
    fields = filled_in(service, category="payment", description=TYPED)
    fields |= {"contact.email": 'xisca"><b>', "contact.phone": CONTACT["phone"]}
    return Returned(fields, service.post_form("/ca/incident", fields))


def test_wrong_form_comes_back(returned: Returned) -> None:
    answer = returned.answer
    assert (answer.status, answer.media_type, returned.page.language) == (422, "text/html", "ca")


def test_wrong_form_keeps_what_was_typed(returned: Returned) -> None:
    kept = {name: returned.page.values[name] for name in returned.fields}
    assert kept == returned.fields


def test_wrong_form_keeps_its_key(returned: Returned) -> None:
    key = "idempotency_key"
    assert returned.page.values[key] == returned.fields[key]


def test_wrong_form_is_escaped(returned: Returned) -> None:
    assert "b" not in {tag for tag, _ in returned.page.elements}
    assert all("src" in attributes for tag, attributes in returned.page.elements if tag == "script")


def test_errors_are_linked_to_their_fields(returned: Returned) -> None:
    linked = {link for link in returned.page.links if link.startswith("#")}
    assert linked >= {"#error.code", "#contact.email"}


def test_every_link_to_a_field_leads_to_one(returned: Returned) -> None:
    linked = {link[1:] for link in returned.page.links if link.startswith("#")}
    assert linked - returned.page.ids == set()


def test_fields_point_to_their_errors(returned: Returned) -> None:
    described = {
        attributes["name"]: attributes["aria-describedby"].split()[-1]
        for _, attributes in returned.page.elements
        if "--error" in attributes.get("class", "") and "name" in attributes
    }
    assert described == {
        "error.code": "error.code-error",
        "contact.email": "contact.email-error",
    }


def test_wrong_form_records_nothing(service: Service, returned: Returned) -> None:
    assert service.incidents(returned.fields["description"]) == []


def test_corrected_form_is_accepted(service: Service, returned: Returned) -> None:
    corrected = returned.page.values | {"error.code": "E-7", "contact.email": CONTACT["email"]}
    assert service.post_form("/ca/incident", corrected).status == 303


def test_form_without_its_key_gets_a_new_one(service: Service) -> None:
    answer = service.post_form("/ca/incident", filled_in(service, idempotency_key=""))
    assert (answer.status, bool(Page(answer.text).values["idempotency_key"])) == (422, True)


def test_form_changed_after_it_was_sent_gets_a_new_key(service: Service) -> None:
    fields = filled_in(service)
    service.post_form("/ca/incident", fields)
    changed = fields | {"description": "Ara escric una altra cosa."}
    answer = service.post_form("/ca/incident", changed)
    new_key = Page(answer.text).values["idempotency_key"]
    assert (answer.status, new_key != fields["idempotency_key"]) == (422, True)


def test_empty_form_names_every_required_field(service: Service) -> None:
    page = Page(service.post_form("/ca/incident", blank_form(service)).text)
    linked = {link for link in page.links if link.startswith("#")}
    assert linked >= {"#category", "#description", "#contact.email"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"description=%FF%FE",
        b"description=%00abcdefghijkl",
        b"contact=a&contact.email=b",
        b"contact.email=b&contact=a",
        b"error=a&error.code=b",
        b"a.b.c.d=e&.=f&=g",
        b"%22%3E%3Cscript%3E=x",
        b"description=%ED%A0%80",
        b"&".join(b"field%d=x" % each for each in range(5000)),
        b'{"category": "functional"}',
    ],
    ids=lambda body: str(body[:30]),
)
@pytest.mark.parametrize("path", ["/ca/incident", "/ca/track"])
def test_malformed_form_gets_a_page_with_a_client_error(
    service: Service, path: str, body: bytes
) -> None:
    keyed = b"idempotency_key=" + b"k" * 20 + b"&" + body
    answer = service.request("POST", path, keyed, {"Content-Type": FORM})
    assert (answer.status // 100, answer.media_type) == (4, "text/html")


@pytest.mark.parametrize("charset", ["", "; charset=windows-1252"])
def test_form_in_windows_1252_is_read_as_such(service: Service, charset: str) -> None:
    typed = "Això és «així»: l·l, ç – 100 €"
    service.private.add(typed)
    body = urlencode(filled_in(service, description=typed), encoding="cp1252").encode()
    raw = body.replace(b"%80", b"\x80").replace(b"%F2", b"\xf2")
    answer = service.request("POST", "/ca/incident", raw, {"Content-Type": FORM + charset})
    page = Page(service.get("/ca/track", Cookie=answer.cookie).text)
    service.private.add(page.said_by("access-code"))
    assert service.incident(page.said_by("reference"))["description"] == typed


@pytest.mark.parametrize("media_type", ["text/plain", f"{FORM}; charset=utf-16"])
def test_form_of_an_unsupported_type_is_given_back(service: Service, media_type: str) -> None:
    fields = filled_in(service, description=TYPED.replace("\n", "\r\n"))
    body = urlencode(fields).encode()
    for page in ("incident", "reply"):
        answer = service.request("POST", f"/ca/{page}", body, {"Content-Type": media_type})
        assert answer.status == 415
        given_back = Page(answer.text).values
        assert {name: given_back[name] for name, value in fields.items() if value} == {
            name: value for name, value in fields.items() if value
        }


def test_form_of_the_largest_size_gets_an_answer(service: Service) -> None:
    """Two megabytes of quotes would be five times as long in HTML: too long for Lambda's answer."""
    keyed = b"idempotency_key=" + b"k" * 20 + b"&description="
    for page in ("incident", "reply", "help", "track"):
        body = keyed + b"&body=" + b'"' * 900_000 + b"&error=" + b'"' * 900_000
        answer = service.request("POST", f"/ca/{page}", body, {"Content-Type": FORM})
        assert answer.status in {403, 404, 413, 422}
        assert answer.media_type == "text/html"


@pytest.mark.parametrize("language", ["ca", "es", "en", "de"])
def test_form_exists_in_each_language(service: Service, language: str) -> None:
    answer = service.get(f"/{language}/incident")
    assert (answer.status, Page(answer.text).language) == (200, language)


def test_forms_differ_by_language(service: Service) -> None:
    forms = {service.get(f"/{each}/incident").text for each in ("ca", "es", "en", "de")}
    titles = {re.findall(r"<title>(.*)</title>", form)[0] for form in forms}
    assert len(titles) == 4


@pytest.mark.parametrize("name", ['"><script>x</script>', "contact.'><script>"])
def test_names_of_fields_are_escaped(service: Service, name: str) -> None:
    page = Page(service.post_form("/ca/incident", filled_in(service) | {name: "x"}).text)
    assert all("src" in attributes for tag, attributes in page.elements if tag == "script")


@pytest.mark.parametrize(
    "value", ["", ".", "...", "\xe9", "a.1.new.\xe9", "a.x.new.0", "\xff" * 3000]
)
def test_unreadable_cookie_opens_nothing(service: Service, value: str) -> None:
    answer = service.get("/ca/track", Cookie=f"__Host-suport={value}")
    assert (answer.status, "access_code" in Page(answer.text).values) == (200, True)


@pytest.mark.parametrize(
    "preferred", ["", ";q=,", "de;q=abc", "\xe9,*;q=2", "de;q=nan", "x-" * 4000]
)
def test_unreadable_preference_of_language_does_no_harm(service: Service, preferred: str) -> None:
    headers = {"Accept-Language": preferred}
    assert service.get("/v1/privacy-notice", **headers).json()["language"] in {"ca", "de"}


def test_there_is_no_form_in_another_language(service: Service) -> None:
    assert service.get("/xx/incident").status == 404


def test_no_form_is_accepted_in_another_language(service: Service) -> None:
    assert service.post_form("/xx/incident", filled_in(service)).status == 404


def test_each_form_has_a_key_of_its_own(service: Service) -> None:
    keys = [blank_form(service)["idempotency_key"] for _ in range(2)]
    assert keys[0] != keys[1]

"""Every answer has the headers that protect its reader."""

import pytest

from suport.web import assets
from tests.support.service import FORM, JSON, Service, submission

PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; ",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REQUESTS = {
    "redirect to the help": ("GET", "/", {}, 303),
    "help page": ("GET", "/ca/help", {}, 200),
    "form": ("GET", "/de/incident", {}, 200),
    "privacy page": ("GET", "/es/privacy", {}, 200),
    "tracking page": ("GET", "/en/track", {}, 200),
    "procedures": ("GET", "/ca/procedures", {}, 200),
    "phone line": ("GET", "/ca/contact", {}, 200),
    "remote support": ("GET", "/ca/remote-support", {}, 200),
    "screen": ("GET", "/ca/join", {}, 200),
    "redirect to the language's help": ("GET", "/de", {}, 303),
    "files of no incident": ("GET", "/ca/files", {}, 303),
    "export of no incident": ("GET", "/ca/export", {}, 303),
    "no asset": ("GET", "/assets/none.css", {}, 404),
    "no page": ("GET", "/ca/none", {}, 404),
    "page in no language": ("GET", "/xx/help", {}, 404),
    "page with a slash behind it": ("GET", "/es/help/", {}, 404),
    "page with something behind it": ("GET", "/es/track/x", {}, 404),
    "nothing, deep down": ("GET", "/es/a/b/c/d", {}, 404),
    "form to a page that takes none": ("POST", "/es/privacy", {"Content-Type": FORM}, 405),
    "form to the phone line": ("POST", "/ca/contact", {"Content-Type": FORM}, 405),
    "form to the catalogue": ("POST", "/ca/procedures", {"Content-Type": FORM}, 405),
    "form to the export": ("POST", "/ca/export", {"Content-Type": FORM}, 405),
    "form to the start": ("POST", "/", {"Content-Type": FORM}, 405),
    "form to a language's start": ("POST", "/de", {"Content-Type": FORM}, 405),
    "form to nothing": ("POST", "/ca/none", {"Content-Type": FORM}, 404),
    "form below a page": ("POST", "/ca/help/x", {"Content-Type": FORM}, 404),
    "reloaded reply": ("GET", "/ca/reply", {}, 303),
    "reloaded reopening": ("GET", "/ca/reopen", {}, 303),
    "reloaded leaving": ("GET", "/ca/leave", {}, 303),
    "error looked up": ("POST", "/ca/help", {"Content-Type": FORM}, 200),
    "reply to no incident": ("POST", "/ca/reply", {"Content-Type": FORM}, 403),
    "forged reply": (
        *("POST", "/ca/reply"),
        {"Content-Type": FORM, "Sec-Fetch-Site": "cross-site"},
        403,
    ),
    "leaving": ("POST", "/ca/leave", {"Content-Type": FORM}, 303),
    "form to correct": ("POST", "/ca/incident", {"Content-Type": FORM}, 422),
    "form of another type": ("POST", "/ca/incident", {"Content-Type": JSON}, 415),
    "wrong tracking form": ("POST", "/ca/track", {"Content-Type": FORM}, 422),
    "wrong code to join": ("POST", "/ca/join", {"Content-Type": FORM}, 422),
    "session of nobody": ("GET", "/v1/remote", {}, 404),
    "end of nobody's session": ("POST", "/v1/remote/end", {"Content-Type": JSON}, 404),
    "end that another site asks for": (
        *("POST", "/v1/remote/end"),
        {"Content-Type": "text/plain", "Sec-Fetch-Site": "cross-site"},
        403,
    ),
    "operator's page, signed out": ("GET", "/desk/ca/remote", {}, 303),
    "operator's session, signed out": ("GET", "/desk/ca/remote/state", {}, 403),
    "JSON": ("GET", "/v1/contact", {}, 200),
    "notice": ("GET", "/v1/privacy-notice", {}, 200),
    "notice in no language": ("GET", "/v1/privacy-notice?language=xx", {}, 422),
    "JSON to correct": ("POST", "/v1/incidents", {"Content-Type": JSON}, 400),
    "another type": ("POST", "/v1/incidents", {"Content-Type": "text/plain"}, 415),
    "no access code": ("GET", "/v1/incidents/0000-0000-0000", {}, 401),
    "no incident": ("GET", "/v1/incidents/0000-0000-0000", {"Authorization": "Bearer x"}, 404),
    "no consent": ("POST", "/v1/incidents/0000-0000-0000/consents", {}, 401),
}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"), REQUESTS.values(), ids=REQUESTS.keys()
)
def test_answer_protects_its_reader(
    service: Service, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    body = b"x=y" if method == "POST" else None
    answer = service.request(method, path, body, headers)
    protected = {
        name for name, value in PROTECTION.items() if answer.headers.get(name, "").startswith(value)
    }
    assert (answer.status, PROTECTION.keys() - protected) == (status, set())


HEADS = {
    name: path
    for name, (method, path, _, _) in REQUESTS.items()
    if method == "GET" and not path.startswith(("/v1/incidents", "/v1/remote", "/desk/"))
    if name not in {"files of no incident", "export of no incident"} and "reloaded" not in name
}


@pytest.mark.parametrize("path", [*HEADS.values(), f"/assets/{assets.names()['icon.svg']}"])
def test_head_gets_the_answer_to_get_without_its_body(service: Service, path: str) -> None:
    get, head = (service.request(method, path) for method in ("GET", "HEAD"))
    own = {"date", "content-length", "x-amz-request-id", "x-amzn-requestid", "x-amzn-trace-id"}
    headers = [
        {name: value for name, value in each.headers.items() if name.lower() not in own}
        for each in (get, head)
    ]
    assert (head.status, head.body) == (get.status, b"")
    assert headers[0] == headers[1]


def test_a_page_that_takes_no_form_lists_the_methods_it_takes(service: Service) -> None:
    answer = service.request("POST", "/en/cookies", b"x=y", {"Content-Type": FORM})
    assert (answer.headers["Allow"], answer.media_type) == ("GET, HEAD", "text/html")


@pytest.mark.parametrize(
    "name",
    [
        *("suport.css", "suport.js", "files.js", "desk.css", "desk.js", "icon.svg"),
        *("remote.css", "share_screen.js", "watch_screen.js", "telematic.svg"),
    ],
)
def test_an_asset_protects_its_reader_and_may_be_cached_for_ever(
    service: Service, name: str
) -> None:
    answer = service.get(f"/assets/{assets.names()[name]}")
    kept = {
        header for header, value in PROTECTION.items() if value in answer.headers.get(header, "")
    }
    assert (answer.status, kept) == (200, set(PROTECTION))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("page", ["incident", "help", "privacy", "contact", "procedures"])
def test_a_browser_may_keep_a_page_without_personal_data(service: Service, page: str) -> None:
    assert service.get(f"/ca/{page}").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "page", ["track", "remote-support", "join", "files", "export", "close", "rate"]
)
def test_a_page_about_an_incident_is_stored_nowhere(service: Service, page: str) -> None:
    assert service.get(f"/ca/{page}").headers["Cache-Control"] == "no-store"


def test_receipt_protects_its_reader(service: Service) -> None:
    answer = service.submit(submission())
    assert {name: answer.headers.get(name, "")[: len(PROTECTION[name])] for name in PROTECTION} == (
        PROTECTION
    )


@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/v1/incidents/a/b/c"])
def test_there_is_nothing_at_an_unknown_address(service: Service, path: str) -> None:
    # The service answers 404; API Gateway answers 403 if it has no route for the address.
    assert service.get(path).status in {403, 404}

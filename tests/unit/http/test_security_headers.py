"""What the headers let a page do in the browser of its reader."""

import pytest

from suport.http.security_headers import SECURITY_HEADERS, page_headers

STORE = "https://attachments.s3.eu-west-1.amazonaws.com"


def policy(headers: dict[str, str]) -> dict[str, str]:
    """The sources of the content security policy, by directive."""
    directives = headers["Content-Security-Policy"].split("; ")
    return dict(each.split(" ", 1) for each in directives)


def features(headers: dict[str, str]) -> dict[str, str]:
    """Who may use each feature of the browser."""
    return dict(each.split("=", 1) for each in headers["Permissions-Policy"].split(", "))


def test_without_a_reason_an_answer_neither_connects_nor_asks_for_a_device() -> None:
    assert policy(SECURITY_HEADERS) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert {*features(SECURITY_HEADERS).values()} == {"()"}
    assert {"camera", "captured-surface-control", "display-capture", "microphone"} <= {
        *features(SECURITY_HEADERS)
    }


def test_a_page_that_connects_reaches_the_service_alone() -> None:
    headers = page_headers(connects=True)
    assert policy(headers) == policy(SECURITY_HEADERS) | {"connect-src": "'self'"}
    assert features(headers) == features(SECURITY_HEADERS)


@pytest.mark.parametrize("connects", [False, True])
def test_a_page_that_captures_gets_no_other_device_and_no_hold_on_what_it_shows(
    connects: bool,
) -> None:
    headers = page_headers(connects=connects, captures=True)
    assert features(headers) == features(SECURITY_HEADERS) | {"display-capture": "(self)"}
    assert policy(headers) == policy(page_headers(connects=connects))


def test_files_go_to_their_store_and_by_script_only_from_a_page_that_connects() -> None:
    sends = {"form-action": f"'self' {STORE}"}
    assert policy(page_headers(store=STORE)) == policy(SECURITY_HEADERS) | sends
    assert policy(page_headers(connects=True, store=STORE)) == (
        policy(SECURITY_HEADERS) | sends | {"connect-src": f"'self' {STORE}"}
    )

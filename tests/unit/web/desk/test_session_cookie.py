import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.web.desk.session_cookie import (
    end_cookie,
    form_token,
    is_form_token,
    set_cookie,
    token_in,
)

TOKEN = "h3-_aB" * 7


def sent_back(set_cookie_value: str) -> str:
    return set_cookie_value.partition(";")[0]


def test_the_cookie_brings_its_token_back_among_others() -> None:
    assert token_in(sent_back(set_cookie(TOKEN))) == TOKEN
    assert token_in(f"__Host-suport=a.b; {sent_back(set_cookie(TOKEN))}; other=1") == TOKEN


@pytest.mark.parametrize(
    "header", ["", ";", "=", "suport-desk=x", "__Host-suport-desk", "__Host-suport-desk=", "x=y=z"]
)
def test_without_the_cookie_there_is_no_token(header: str) -> None:
    assert token_in(header) is None


def test_the_browser_shows_it_to_no_script_and_sends_it_from_no_other_site() -> None:
    for cookie in (set_cookie(TOKEN), end_cookie()):
        name_and_value, *attributes = cookie.split("; ")
        assert name_and_value.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} <= {*attributes}
        assert not any(each.startswith("Domain") for each in attributes)


def test_signing_out_takes_the_token_from_the_browser() -> None:
    assert token_in(sent_back(end_cookie())) is None
    assert "Max-Age=0" in end_cookie()


@given(st.text(min_size=1), st.text())
def test_a_form_is_of_the_session_that_it_was_made_in(token: str, other: str) -> None:
    assume(other.encode(errors="replace") != token.encode(errors="replace"))
    assert is_form_token(token, form_token(token))
    assert not is_form_token(other, form_token(token))
    assert not is_form_token(token, other)


def test_a_form_does_not_give_the_session_away() -> None:
    assert TOKEN not in form_token(TOKEN)
    assert form_token(TOKEN) != TOKEN

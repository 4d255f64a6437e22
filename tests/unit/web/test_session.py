from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.domain.reference import Reference, reference_for
from suport.web.session import (
    COOKIE,
    LASTS,
    Session,
    session_of,
    set_cookie,
    submitted,
    text_digest,
    with_code_noted,
    with_new_code,
)

SECRET, OTHER_SECRET = b"the secret of the service", b"the secret of another service"
REFERENCE, OTHER_REFERENCE = (reference_for(SECRET, f"key {number}") for number in range(2))
NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
NAME = "__Host-suport"

ascii_text = st.text(alphabet=st.characters(max_codepoint=0x7F))


def sent_back(set_cookie_value: str) -> str:
    """The `Cookie` header that a browser makes from a `Set-Cookie` header."""
    return set_cookie_value.partition(";")[0]


OPENED = Session(reference=REFERENCE)
COOKIE_HEADER = sent_back(set_cookie(SECRET, OPENED, NOW))
VALUE = COOKIE_HEADER.partition("=")[2]


def carried(opened: Session, at: datetime = NOW) -> Session:
    """The session that a browser brings along at that moment."""
    found = session_of(SECRET, sent_back(set_cookie(SECRET, opened, at)), at)
    assert found is not None
    return found


@given(st.text(min_size=1), st.integers(1), st.booleans(), st.text(), st.binary(min_size=1))
def test_the_cookie_brings_the_session_back(
    key: str, number: int, just_submitted: bool, text: str, secret: bytes
) -> None:
    reference = reference_for(SECRET, key)
    opened = Session(reference=reference, code_number=number)
    if just_submitted:
        opened = submitted(reference, number, text_digest(secret, text), NOW, NOW)
    assert session_of(secret, sent_back(set_cookie(secret, opened, NOW)), NOW) == opened


def test_the_session_that_submitted_shows_the_code_for_its_half_hour_however_often_renewed() -> (
    None
):
    opened = submitted(REFERENCE, 1, "", NOW, NOW)
    for minutes in (10, 20, 29):
        at = NOW + timedelta(minutes=minutes)
        opened = carried(opened, at)
        assert opened.shows_code(at)
        assert opened.has_submitted(at)
    assert not opened.shows_code(NOW + LASTS)
    assert not opened.has_submitted(NOW + LASTS)


def test_a_session_opened_by_the_code_shows_neither_code_nor_data() -> None:
    assert not carried(OPENED).shows_code(NOW)
    assert not carried(OPENED).has_submitted(NOW)


def test_a_code_once_noted_is_shown_no_more_and_the_data_still_are() -> None:
    noted = carried(with_code_noted(submitted(REFERENCE, 1, "", NOW, NOW)))
    assert not noted.shows_code(NOW)
    assert noted.has_submitted(NOW)


@pytest.mark.parametrize("shown", [True, False])
def test_a_session_goes_on_with_the_new_code_and_shows_it_only_if_no_mail_has_it(
    *, shown: bool
) -> None:
    goes_on = carried(with_new_code(OPENED, 2, NOW, shown=shown))
    assert goes_on.code_number == 2
    assert goes_on.shows_code(NOW) is shown


WORDS = st.lists(st.text("abcñçü·0", min_size=1, max_size=4), max_size=4)


@given(WORDS, WORDS)
def test_only_the_same_words_have_the_same_digest(words: list[str], others: list[str]) -> None:
    text, other = " ".join(words), " ".join(others)
    assert (text_digest(SECRET, text) == text_digest(SECRET, other)) is (words == others)


@given(WORDS, st.text(" \t\r\n\N{NO-BREAK SPACE}", min_size=1), st.text(" \t\r\n"))
def test_capitals_and_the_space_between_words_do_not_change_the_digest(
    words: list[str], between: str, around: str
) -> None:
    sent_again = around + between.join(words).upper() + around
    assert text_digest(SECRET, sent_again) == text_digest(SECRET, " ".join(words))


def test_the_cookie_is_found_among_others() -> None:
    for header in (
        f"theme=dark; {COOKIE_HEADER}",
        f"{COOKIE_HEADER}; theme=dark",
        f"a=b;{COOKIE_HEADER};c",
        f"{NAME}=stale; {COOKIE_HEADER}",
    ):
        assert session_of(SECRET, header, NOW) == OPENED


def test_a_session_lasts_half_an_hour_and_no_longer() -> None:
    assert session_of(SECRET, COOKIE_HEADER, NOW + HALF_AN_HOUR - timedelta(microseconds=1))
    assert session_of(SECRET, COOKIE_HEADER, NOW + HALF_AN_HOUR) is None
    assert session_of(SECRET, COOKIE_HEADER, NOW + timedelta(days=365)) is None


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_an_expired_session_stays_expired(later: timedelta) -> None:
    assert session_of(SECRET, COOKIE_HEADER, NOW + HALF_AN_HOUR + later) is None


def test_a_cookie_sealed_with_another_secret_opens_nothing() -> None:
    assert session_of(OTHER_SECRET, COOKIE_HEADER, NOW) is None


def test_a_truncated_cookie_opens_nothing() -> None:
    for length in range(len(COOKIE_HEADER)):
        assert session_of(SECRET, COOKIE_HEADER[:length], NOW) is None
    for start in range(1, len(VALUE)):
        assert session_of(SECRET, f"{NAME}={VALUE[start:]}", NOW) is None


def test_no_part_of_a_session_can_be_replaced() -> None:
    reference, ends, number, submitted_until, code_until, text, seal = VALUE.split(".")
    later = str(int(ends) + 3600)
    for claim in (
        f"{OTHER_REFERENCE}.{ends}.{number}.{submitted_until}.{code_until}.{text}",
        f"{reference}.{later}.{number}.{submitted_until}.{code_until}.{text}",
        f"{reference}.{ends}.2.{submitted_until}.{code_until}.{text}",
        f"{reference}.{ends}.{number}.{later}.{code_until}.{text}",
        f"{reference}.{ends}.{number}.{submitted_until}.{later}.{text}",
        f"{reference}.{ends}",
        f"{reference}.{ends}.{number}.{submitted_until}.{code_until}.{text}.{text}",
    ):
        assert session_of(SECRET, f"{NAME}={claim}.{seal}", NOW) is None


@given(st.integers(0, len(VALUE) - 1), st.characters(min_codepoint=0x21, max_codepoint=0x7E))
def test_one_altered_character_opens_nothing(place: int, other: str) -> None:
    assume(VALUE[place] != other)
    altered = VALUE[:place] + other + VALUE[place + 1 :]
    assert session_of(SECRET, f"{NAME}={altered}", NOW) is None


def test_the_seal_of_one_incident_does_not_fit_another() -> None:
    other = sent_back(set_cookie(SECRET, Session(reference=OTHER_REFERENCE), NOW)).rpartition(".")[
        2
    ]
    assert session_of(SECRET, f"{NAME}={VALUE.rpartition('.')[0]}.{other}", NOW) is None


def test_a_cookie_of_another_name_opens_nothing() -> None:
    for name in ("suport", "__Secure-suport", NAME.lower(), f"{NAME}2", f"x{NAME}"):
        assert session_of(SECRET, f"{name}={VALUE}", NOW) is None


@given(st.text())
def test_no_header_is_an_error_or_opens_a_session_by_chance(header: str) -> None:
    assert session_of(SECRET, header, NOW) is None


@given(ascii_text)
def test_no_value_is_an_error_or_opens_a_session_by_chance(value: str) -> None:
    assume(value.strip() != VALUE)
    assert session_of(SECRET, f"{NAME}={value}", NOW) is None


@given(st.text(), ascii_text)
def test_no_claim_under_a_wrong_seal_is_an_error_or_opens_a_session(claim: str, seal: str) -> None:
    assert session_of(SECRET, f"{NAME}={claim}.{seal}", NOW) is None


@given(st.integers(), ascii_text)
def test_no_end_or_origin_under_a_wrong_seal_is_an_error_or_opens_a_session(
    ends: int, origin: str
) -> None:
    seal = VALUE.rpartition(".")[2]
    assume(f"{REFERENCE}.{ends}.{origin}.{seal}" != VALUE)
    assert session_of(SECRET, f"{NAME}={REFERENCE}.{ends}.{origin}.{seal}", NOW) is None


@given(st.text(alphabet=st.characters(min_codepoint=0x80, codec="utf-8"), min_size=1))
def test_a_seal_in_foreign_letters_opens_no_session_and_is_no_error(seal: str) -> None:
    assert session_of(SECRET, f"{NAME}={VALUE.rpartition('.')[0]}.{seal}", NOW) is None


@pytest.mark.parametrize("header", ["", ";", "=", ";;;", NAME, f"{NAME}=", f"{NAME}=..."])
def test_an_empty_cookie_opens_no_session(header: str) -> None:
    assert session_of(SECRET, header, NOW) is None


@pytest.mark.parametrize("opened", [OPENED, submitted(REFERENCE, 1, "", NOW, NOW)])
def test_the_cookie_goes_only_to_this_host_and_to_no_script(opened: Session) -> None:
    header = set_cookie(SECRET, opened, NOW)
    first, *attributes = header.split("; ")
    assert first.startswith("__Host-suport=")
    assert COOKIE == NAME
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert "Max-Age=1800" in attributes
    assert "domain" not in header.lower()


@given(st.text(min_size=1))
def test_a_cookie_has_only_characters_that_cookies_may_have(key: str) -> None:
    reference: Reference = reference_for(SECRET, key)
    opened = submitted(reference, 1, text_digest(SECRET, key), NOW, NOW)
    value = sent_back(set_cookie(SECRET, opened, NOW)).partition("=")[2]
    assert value.isascii()
    assert not set(value) & set(' ",;\\')

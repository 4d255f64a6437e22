"""The credentials that open the relay, by the scheme that coturn checks them by."""

import base64
import hashlib
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from suport.domain.relay_credentials import credentials

UNTIL = datetime.fromisoformat("2026-11-26T13:00:00+01:00")

_BLOCK = 64
"""Bytes that SHA-1 takes at a time."""


def hmac_sha1(key: bytes, text: bytes) -> bytes:
    """HMAC-SHA1 as RFC 2104, section 2, writes it down."""
    if len(key) > _BLOCK:
        key = hashlib.sha1(key).digest()  # noqa: S324  the scheme's hash
    key = key.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    within = hashlib.sha1(inner + text).digest()  # noqa: S324
    return hashlib.sha1(outer + within).digest()  # noqa: S324


def test_the_oracle_of_these_tests_agrees_with_rfc_2202() -> None:
    assert hmac_sha1(b"Jefe", b"what do ya want for nothing?") == bytes.fromhex(
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    )
    assert hmac_sha1(
        b"\xaa" * 80, b"Test Using Larger Than Block-Size Key - Hash Key First"
    ) == bytes.fromhex("aa4ae5e15272d00e95705637ce8a3b55ed402112")


def test_the_name_says_until_when_and_for_which_session() -> None:
    assert credentials(b"secret", "4f7a", UNTIL).username == "1795694400:4f7a"


def test_a_part_of_a_second_is_not_given() -> None:
    later = UNTIL + timedelta(milliseconds=999)
    assert credentials(b"secret", "4f7a", later) == credentials(b"secret", "4f7a", UNTIL)


@given(
    st.binary(min_size=1, max_size=100),
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
    st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1)).map(datetime.astimezone),  # noqa: DTZ001
)
def test_the_relay_derives_the_same_password_from_the_name(
    secret: bytes, session_id: str, until: datetime
) -> None:
    found = credentials(secret, session_id, until)
    expected = base64.b64encode(hmac_sha1(secret, found.username.encode()))
    assert found.credential == expected.decode()
    expiry, _, session = found.username.partition(":")
    assert session == session_id
    assert timedelta(0) <= until - _at(expiry) < timedelta(seconds=1)


def _at(epoch: str) -> datetime:
    return datetime.fromtimestamp(int(epoch)).astimezone()

"""Everything derived from the service's secret, each purpose separate from the others."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a hash is for. No two purposes ever hash the same text."""

    REFERENCE = "reference"
    IDEMPOTENCY_KEY = "idempotency-key"
    ACCESS_CODE = "access-code"
    CONFIRMATION = "confirmation"
    LOST_CODE = "lost-code"
    SESSION = "web-session"
    SENT_TEXT = "sent-text"
    MAIL_ADDRESS = "mail-address"
    TOMBSTONE = "tombstone"
    PERSON = "person"  # under a key of its own
    SIGN_IN = "desk-sign-in"
    SIGN_IN_VERIFIER = "desk-sign-in-verifier"
    SIGN_IN_NONCE = "desk-sign-in-nonce"
    JOIN_CODE = "join-code"
    JOIN_CODE_DIGEST = "join-code-digest"


def keyed_hash(secret: bytes, purpose: Purpose, text: str) -> bytes:
    """The HMAC-SHA256 of a text for that purpose, 32 bytes. It does not give the text away."""
    import hashlib  # noqa: PLC0415  loads OpenSSL, which not all functions need
    import hmac  # noqa: PLC0415

    return hmac.digest(secret, f"{purpose}/{text}".encode(errors="replace"), hashlib.sha256)

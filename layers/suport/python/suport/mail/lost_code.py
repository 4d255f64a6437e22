"""The message that asks for another access code, for somebody who has lost theirs.

The page that takes the request puts the message into the mail queue, whatever reference and address
somebody typed, and asks the register nothing: neither its answer nor its time says whether they
belong to an incident. The mailer compares them.
"""

import hmac
import re
from collections.abc import Iterator, Mapping
from typing import Any

from suport.domain.incident import Incident
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.reference import Reference

SCHEMA = "suport.lost-code/1"
_NUMBER = re.compile(r"\+?\d[\d\s.()-]*")


def lost_code_request(
    secret: bytes, reference: Reference, reached_at: str, request: str
) -> dict[str, Any]:
    """The message, ready for JSON; nobody can read an address or a number from it.

    reached_at: an e-mail address, or a phone number as it is dialled. request: a random name.
    """
    proof = _proof(secret, reference, reached_at)
    return {"schema": SCHEMA, "reference": reference, "proof": proof, "request": request}


def is_from_citizen(secret: bytes, incident: Incident, proof: str) -> bool:
    """Whether the message names an e-mail address or a phone number of this incident."""
    return any(
        hmac.compare_digest(_proof(secret, incident.reference, each), proof)
        for each in _recorded(incident.contact)
    )


def _recorded(contact: Mapping[str, str]) -> Iterator[str]:
    """The address, the number to dial, and whatever else in what was written may be a number.

    A second number counts as the citizen's own, too. What is none matches no request.
    """
    yield from (contact[name] for name in ("email", "dial") if name in contact)
    for written in _NUMBER.findall(contact.get("phone", "")):
        digits = re.sub(r"\D", "", written)
        yield from (f"+{digits}", f"+34{digits}", f"+{digits.removeprefix('00')}")


def _proof(secret: bytes, reference: Reference, reached_at: str) -> str:
    without_extension = reached_at.casefold().partition(";ext=")[0]
    return keyed_hash(secret, Purpose.LOST_CODE, f"{reference}/{without_extension}").hex()

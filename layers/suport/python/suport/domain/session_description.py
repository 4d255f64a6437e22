"""What a page may say of its connection (SDP, RFC 8866): one picture in one direction, no more.

A data channel, a sound or a picture in the other direction would be a way to do more than to look.
"""

import re
from enum import StrEnum

LONGEST = 20_000  # characters; that of a browser has some 5,000
_MEDIA = re.compile(r"^m=(\S*)", re.MULTILINE)
# Browsers also accept a direction with text after it.
_DIRECTION = re.compile(r"^a=(sendrecv|sendonly|recvonly|inactive)\b", re.MULTILINE)
_CANDIDATE = re.compile(r"^a=candidate:([^\r\n]*)", re.MULTILINE)
# RFC 8839, section 5.1; a later "typ" is the name or the value of some extension.
_OF_RELAY = re.compile(r"\S+ \d+ \S+ \d+ \S+ \d+ typ relay( .*)?")
_LONE_RETURN = re.compile(r"\r(?!\n)")  # some readers would see a line there


class Direction(StrEnum):
    """What the page that wrote the description does with the picture (RFC 8866, 6.7)."""

    SENDS = "sendonly"
    RECEIVES = "recvonly"


def is_fit(sdp: str, direction: Direction, *, relayed: bool) -> bool:
    """Whether it describes one picture in that direction.

    relayed: whether it may name the relay's addresses only.
    """
    if len(sdp) > LONGEST or not sdp.startswith("v=0") or _LONE_RETURN.search(sdp):
        return False
    if relayed and not all(map(_OF_RELAY.fullmatch, _CANDIDATE.findall(sdp))):
        return False
    # Its own direction overrides that of the whole (RFC 8866, 6.7), which Firefox writes as well.
    _, _, picture = sdp.partition("\nm=")
    return _MEDIA.findall(sdp) == ["video"] and _DIRECTION.findall(picture) == [direction]

"""What a page may say of its connection: one picture in one direction, and no more."""

import pytest

from suport.domain.session_description import LONGEST, Direction, is_fit

RELAYED = "a=candidate:1 1 udp 41885439 192.0.2.1 50000 typ relay raddr 0.0.0.0 rport 0\r\n"
HOST = "a=candidate:2 1 udp 2122260223 198.51.100.7 50000 typ host generation 0\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
OFFER = f"{HEAD}{VIDEO}a=sendonly\r\na=rtpmap:96 VP8/90000\r\n{RELAYED}"


def test_one_picture_in_the_right_direction_is_fit() -> None:
    answer = OFFER.replace("sendonly", "recvonly")
    for relayed in (True, False):
        assert is_fit(OFFER, Direction.SENDS, relayed=relayed)
        assert is_fit(answer, Direction.RECEIVES, relayed=relayed)
        assert not is_fit(OFFER, Direction.RECEIVES, relayed=relayed)
        assert not is_fit(answer, Direction.SENDS, relayed=relayed)
    assert is_fit(OFFER.replace("\r\n", "\n"), Direction.SENDS, relayed=True)
    assert is_fit(OFFER.replace(RELAYED, ""), Direction.SENDS, relayed=True)


@pytest.mark.parametrize(
    "more",
    [
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        VIDEO,
        "m= application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        "a=sendrecv\r\n",
        "a=sendonly\r\n",
        "a=sendrecv \r\n",  # a browser takes these for the direction, too
        "a=sendrecv:0\r\n",
    ],
    ids=["data", "sound", "two pictures", "hidden", "both", "twice", "followed", "with a value"],
)
def test_nothing_may_come_beside_the_picture(more: str) -> None:
    assert not is_fit(OFFER + more, Direction.SENDS, relayed=False)


@pytest.mark.parametrize("direction", ["sendrecv", "recvonly", "inactive", "sendonlyx"])
def test_the_picture_goes_in_one_direction(direction: str) -> None:
    assert not is_fit(OFFER.replace("sendonly", direction), Direction.SENDS, relayed=False)


def test_a_picture_without_a_direction_would_go_in_both() -> None:
    assert not is_fit(OFFER.replace("a=sendonly\r\n", ""), Direction.SENDS, relayed=False)


def test_no_line_hides_behind_a_lone_return() -> None:
    hidden = "a=x\rm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    assert not is_fit(OFFER + hidden, Direction.SENDS, relayed=False)


@pytest.mark.parametrize(
    "candidate",
    [
        HOST,
        HOST.replace("host", "srflx raddr 10.0.0.1 rport 9"),
        HOST.replace("generation 0", "typ relay"),
        HOST.replace("typ host", "typ  host"),
        HOST.replace(" typ host generation 0", ""),
    ],
    ids=["host", "reflexive", "disguised", "two spaces", "no type"],
)
def test_a_relayed_connection_names_the_relays_addresses_only(candidate: str) -> None:
    assert is_fit(OFFER + candidate, Direction.SENDS, relayed=False)
    assert not is_fit(OFFER + candidate, Direction.SENDS, relayed=True)


def test_a_description_has_a_limit() -> None:
    line = "a=x-" + "x" * 94 + "\r\n"
    padded = OFFER + line * 250
    longest = padded[: LONGEST - 2] + "\r\n"
    assert is_fit(longest, Direction.SENDS, relayed=True)
    assert not is_fit(longest + "x", Direction.SENDS, relayed=True)


@pytest.mark.parametrize("text", ["", "nonsense", OFFER.removeprefix("v=0\r\n"), " " + OFFER])
def test_what_is_no_description_is_not_fit(text: str) -> None:
    assert not is_fit(text, Direction.SENDS, relayed=False)

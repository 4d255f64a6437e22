"""Descriptions of connections (SDP) as Chromium makes them, with fewer codecs.

The addresses are those that are reserved for documentation.
"""

_HEAD = """\
v=0
o=- 7406148672007429448 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
"""
_CANDIDATE = (
    "a=candidate:582970220 1 udp 41819903 192.0.2.7 50948 typ relay raddr 198.51.100.4 rport 35968 "
    "generation 0 network-cost 999\n"
)
_OF_THE_COMPUTER = (
    "a=candidate:582970221 1 udp 2113937151 198.51.100.4 35968 typ host generation 0 "
    "network-cost 999\n"
)


def _video(direction: str, setup: str, candidates: str, sender: str = "") -> str:
    return f"""\
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
{candidates}\
a=ice-ufrag:pYbh
a=ice-pwd:KEIQWvMRoI5gPoHOlZvc7q28
a=ice-options:trickle
a=fingerprint:sha-256 {":".join(f"{byte:02X}" for byte in range(32))}
a=setup:{setup}
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
a=extmap:3 urn:3gpp:video-orientation
a={direction}
{sender}\
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""


def _as_sent(text: str) -> str:
    return text.replace("\n", "\r\n")


_SENDER = "a=msid:- 5362e790-78ad-417d-8a00-574f8158f791\n"
OFFER = _as_sent(_HEAD + _video("sendonly", "actpass", _CANDIDATE, _SENDER))
"""One picture is sent, through the relay."""
ANSWER = _as_sent(_HEAD + _video("recvonly", "active", _CANDIDATE))
"""It is received."""
OF_FIREFOX = [each.replace("t=0 0", "t=0 0\r\na=sendrecv") for each in (OFFER, ANSWER)]
"""Both with what Firefox says before: a direction for all lines that have none of their own."""
PAST_THE_RELAY = _as_sent(
    _HEAD + _video("sendonly", "actpass", _CANDIDATE + _OF_THE_COMPUTER, _SENDER)
)
"""The same offer with an address of the computer itself."""
TOO_MUCH = {
    "data channel": OFFER
    + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=sctp-port:5000\r\n",
    "sound": OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\na=mid:1\r\n",
    "second picture": OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\na=mid:1\r\n",
    "both directions": OFFER.replace("a=sendonly", "a=sendrecv"),
    "other direction": OFFER.replace("a=sendonly", "a=recvonly"),
    "no direction": OFFER.replace("a=sendonly\r\n", ""),
    "no picture": _as_sent(_HEAD),
    "hidden line": OFFER + "a=note:x\rm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    "hidden line of another kind": OFFER + "a=note:x\u2028m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    "hidden end": OFFER + "\0",
    "too long": OFFER + "a=note:x\r\n" * 2000,
    "nothing": "",
    "other text": "Bon dia",
    "mark": f"\ufeff{OFFER}",
}
"""What no page of the service offers."""

"""The relay as operations run it does what it is for, and nothing else."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from local.relay import HOST, RELAYED, Relay
from suport.domain.relay_credentials import RelayCredentials, credentials
from tests.relay.conftest import RETIRED, SECRET
from tests.support.turn_client import Refused, connected

MOST_PORTS = 60
"""Of one session: two pages, each with its networks and its ways to the relay, and what a crash
leaves behind."""


def given(secret: bytes = SECRET) -> RelayCredentials:
    return credentials(secret, "session", datetime.now(UTC) + timedelta(hours=2))


def test_a_page_may_send_to_the_relay_itself(relay: Relay) -> None:
    with connected(relay) as client:
        assert client.allocate(given()) == RELAYED
        client.permit(RELAYED)


@pytest.mark.parametrize(
    "peer",
    [
        HOST,  # the machine by another of its addresses
        "127.0.0.3",
        "0.0.0.0",  # noqa: S104  by which some systems mean themselves
        "169.254.169.254",  # where a machine on AWS has its role's credentials
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "198.51.100.7",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_nobody_may_send_to_any_other_address(relay: Relay, peer: str) -> None:
    with connected(relay) as client:
        client.allocate(given())
        with pytest.raises(Refused) as refused:
            client.permit(peer)
        assert refused.value.code == 403


@pytest.mark.parametrize(
    "peer", ["::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fd00:ec2::254"]
)
def test_nobody_may_send_to_any_address_of_ipv6(relay: Relay, peer: str) -> None:
    with connected(relay) as client:
        client.allocate(given())
        with pytest.raises(Refused) as refused:
            client.permit(peer)
        assert refused.value.code in {403, 443}  # 443: not from a port of IPv4


@pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])
def test_the_relay_opens_to_what_the_service_has_signed_and_nothing_else(
    relay: Relay, *, tls: bool
) -> None:
    longer = credentials(SECRET, "session", datetime.now(UTC) + timedelta(days=365))
    for refused in (
        credentials(SECRET, "session", datetime.now(UTC) - timedelta(seconds=1)),
        given(b"of-somebody-else"),
        RelayCredentials(longer.username, given().credential),
        RelayCredentials("session", given().credential),
        RelayCredentials("", ""),
    ):
        with connected(relay, tls=tls) as client, pytest.raises(Refused) as refusal:
            client.allocate(refused)
        assert refusal.value.code == 401, refused
    with connected(relay, tls=tls) as client:
        assert client.allocate(given()) == RELAYED


def test_one_session_cannot_take_all_ports(relay: Relay) -> None:
    greedy = credentials(SECRET, "greedy", datetime.now(UTC) + timedelta(hours=2))
    with ExitStack() as kept:
        for _ in range(MOST_PORTS):
            kept.enter_context(connected(relay)).allocate(greedy)
        with pytest.raises(Refused) as refused:
            kept.enter_context(connected(relay)).allocate(greedy)
        assert refused.value.code == 486
        assert kept.enter_context(connected(relay)).allocate(given()) == RELAYED


def test_a_secret_that_is_being_replaced_still_opens_the_relay(relay: Relay) -> None:
    with connected(relay) as client:
        assert client.allocate(given(RETIRED)) == RELAYED


def test_what_the_relay_logs_names_no_address_of_those_who_use_it(relay: Relay) -> None:
    citizen = "127.0.0.77"
    with connected(relay, source=citizen) as client:
        client.allocate(given())
        with pytest.raises(Refused):
            client.permit("198.51.100.7")
    with connected(relay, source=citizen) as client, pytest.raises(Refused):
        client.allocate(given(b"of-somebody-else"))
    logged = relay.output.read_text()
    assert "Cannot find credentials" in logged
    assert citizen not in logged

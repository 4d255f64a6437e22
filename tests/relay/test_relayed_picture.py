"""Two pages see each other through the relay, and in no other way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from local.relay import RELAYED, Relay
from suport.domain.relay_credentials import credentials
from tests.relay.conftest import SECRET
from tests.relay.seen import RED, addresses, is_like
from tests.support.patience import await_truth

OFFER = "([servers, colour]) => offer(servers, colour)"


def ice_servers(url: str, *, secret: bytes = SECRET, minutes: int = 120) -> list[dict[str, Any]]:
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    given = credentials(secret, "session", until)
    return [{"urls": [url], "username": given.username, "credential": given.credential}]


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_picture_arrives_from_relay_to_relay_over(
    transport: str, relay: Relay, peer: Callable[[], Page]
) -> None:
    servers = ice_servers(getattr(relay, transport))
    citizen, operator = peer(), peer()
    offer = citizen.evaluate(OFFER, [servers, f"rgb{RED}"])
    answer = operator.evaluate("([servers, offer]) => answer(servers, offer)", [servers, offer])
    assert [addresses(offer), addresses(answer)] == [{RELAYED}, {RELAYED}]
    citizen.evaluate("answer => accept(answer)", answer)
    await_truth(lambda: is_like(operator.evaluate("colour()"), RED))
    assert operator.evaluate("way()") == ["relay", "relay", transport]
    assert citizen.evaluate("way()") == ["relay", "relay", transport]


@pytest.mark.parametrize(
    "refused",
    [{"minutes": -1}, {"secret": b"of-somebody-else"}],
    ids=["expired", "forged"],
)
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_page_gathers_nothing_and_learns_why_with_credentials_that_are(
    refused: dict[str, Any], transport: str, relay: Relay, peer: Callable[[], Page]
) -> None:
    page = peer()
    servers = ice_servers(getattr(relay, transport), **refused)
    offer = page.evaluate(OFFER, [servers, f"rgb{RED}"])
    assert "m=video" in offer
    assert addresses(offer) == set()
    assert set(page.evaluate("errors")) == {401}

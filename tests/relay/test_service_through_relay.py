"""The service's own pages meet through the relay, as a stage with a relay has them."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from local.embedded_aws import EmbeddedAws
from local.relay import RELAYED, Relay
from tests.relay.conftest import SECRET
from tests.relay.seen import RED, addresses, is_like
from tests.support.browser import Visitor
from tests.support.deployment import deployed
from tests.support.patience import await_truth
from tests.support.service import Service
from tests.support.web_desk import WebDesk

# The colour in the middle of the picture that the operator sees; null before the first.
_SEEN = """() => {
  const seen = document.getElementById("picture");
  if (!seen?.videoWidth) return null;
  const copy = new OffscreenCanvas(seen.videoWidth, seen.videoHeight).getContext("2d");
  copy.drawImage(seen, 0, 0);
  return [...copy.getImageData(seen.videoWidth / 2, seen.videoHeight / 2, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="session")
def service(relay: Relay) -> Iterator[Service]:
    """The service, with a relay as `docs/operations.md` has it stated."""

    def stated(aws: EmbeddedAws) -> Mapping[str, str]:
        secrets = aws.client("secretsmanager")
        secret = secrets.create_secret(Name="suport-local-relay-1", SecretString=SECRET.decode())
        urls = f"{relay.udp},{relay.tcp},{relay.tls}"
        return {"RelayUrls": urls, "RelaySecret": secret["ARN"]}

    with deployed(parameters=stated) as service:
        yield service


@pytest.fixture
def visitor(chromium: Browser, service: Service) -> Iterator[Visitor]:
    visitor = Visitor(chromium, service.environment["API_URL"])
    yield visitor
    troubles = visitor.take_troubles()
    visitor.leave()
    assert troubles == []


def test_an_operator_sees_what_a_citizen_shows_and_neither_learns_the_others_address(
    visitor: Visitor, service: Service, address: str
) -> None:
    made = service.submitted(category="payment", error={"code": "190"})
    marta = WebDesk(service).seat(visitor, "marta")
    marta.open(made["reference"])
    marta.send("claim")
    marta.goto(f"remote?reference={made['reference']}")
    marta.send("remote")
    code = marta.page.inner_text("#join-code")

    citizen = visitor.open("en/join", locale="en-GB")
    citizen.context.new_page().goto(f"{address}procedure.html")
    told = [sent_by(citizen, "/v1/remote/offer"), sent_by(marta.page, "/remote/answer")]
    citizen.bring_to_front()
    citizen.fill("[name=code]", code)
    citizen.locator("form:has([name=code]) button").click()
    citizen.locator("[data-act=choose]:visible").click()

    await_truth(lambda: is_like(marta.page.evaluate(_SEEN), RED))
    offer, answer = (sent[0] for sent in told)
    assert addresses(offer["sdp"]) == {RELAYED}
    assert addresses(answer["sdp"]) == {RELAYED}

    citizen.click("#stop")
    expect(marta.page.locator("#picture")).to_be_hidden()


def sent_by(page: Page, path: str) -> list[dict[str, Any]]:
    """What the page sends to an address whose path ends like this, from now on."""
    sent: list[dict[str, Any]] = []

    def note(request: Any) -> None:
        if not urlsplit(request.url).path.endswith(path):
            return
        if "json" in request.headers["content-type"]:
            sent.append(request.post_data_json)
        else:
            sent.append({name: values[0] for name, values in parse_qs(request.post_data).items()})

    page.on("request", note)
    return sent

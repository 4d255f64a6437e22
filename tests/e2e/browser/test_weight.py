"""The form is light enough for a slow line: few requests, few bytes, no asset fetched twice."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Response

from local import ROOT
from tests.support.browser import Visitor
from tests.support.service import Service

MOST_REQUESTS = 4
MOST_BYTES = 30_000
ANYTHING = "*/*"  # as every browser says; without it the gateway answers in base64
GATEWAYS_LEVEL = 6  # of gzip; API Gateway compresses pages, the embedded AWS does not
NAMED_BY_CONTENT = re.compile(r"/assets/(?P<name>[a-z]+\.(?P<hash>[0-9a-f]{12})\.[a-z]+)$")


@dataclass(frozen=True)
class FirstView:
    """The answers that the browser of a first-time visitor got for the form."""

    responses: list[Response]

    def of(self, media_type: str) -> Response:
        """The only answer of that media type."""
        [found] = [
            each
            for each in self.responses
            if each.headers["content-type"].partition(";")[0] == media_type
        ]
        return found


@pytest.fixture(scope="module")
def first_view(chromium: Browser, service: Service) -> Iterator[FirstView]:
    visitor = Visitor(chromium, service.environment["API_URL"])
    page = visitor.open()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108  it is marked
    page.goto("ca/incident?category=payment", wait_until="networkidle")  # has most questions
    yield FirstView(responses)
    visitor.leave()


@pytest.fixture(scope="module")
def assets(first_view: FirstView) -> list[str]:
    """The paths of stylesheet, script and pictures, below the stage."""
    found = [NAMED_BY_CONTENT.search(each.url) for each in first_view.responses]
    return [each[0] for each in found if each]


def test_the_form_needs_few_requests(first_view: FirstView) -> None:
    assert len(first_view.responses) <= MOST_REQUESTS
    assert {each.status for each in first_view.responses} == {200}


def test_the_form_is_light(first_view: FirstView) -> None:
    sent = {
        kind: first_view.of(kind).request.sizes()["responseBodySize"]
        for kind in ("text/css", "text/javascript")
    }
    html = first_view.of("text/html").body()
    sent["text/html"] = len(gzip.compress(html, GATEWAYS_LEVEL))
    assert sum(sent.values()) <= MOST_BYTES, sent


def test_the_gateway_is_set_to_compress_answers_of_one_kilobyte() -> None:
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader=yaml.BaseLoader)  # noqa: S506
    api = template["Resources"]["Api"]["Properties"]
    assert int(api["MinimumCompressionSize"]) <= 1024


def test_stylesheet_and_script_come_compressed(first_view: FirstView) -> None:
    for kind in ("text/css", "text/javascript"):
        assert first_view.of(kind).headers["content-encoding"] == "gzip"


def test_a_second_page_takes_every_asset_from_the_cache(visitor: Visitor) -> None:
    page = visitor.open()
    page.goto("ca/incident", wait_until="networkidle")  # the icon comes last
    page.goto("de/help")
    fetched = page.evaluate("""performance.getEntriesByType("resource").map(
        (each) => [each.name.replace(/.*[/]assets[/]/, ""), each.transferSize])""")
    assert {Path(name).suffix for name, _ in fetched} >= {".css", ".js"}
    assert {size for _, size in fetched} == {0}


def test_assets_are_named_by_their_content_and_cached_as_immutable(
    service: Service, assets: list[str]
) -> None:
    assert {Path(path).suffix for path in assets} >= {".css", ".js"}
    for path in assets:
        answer = service.get(path, Accept=ANYTHING)
        named = NAMED_BY_CONTENT.search(path)
        assert named
        assert hashlib.sha256(answer.body).hexdigest()[:12] == named["hash"]
        kept = {each.strip() for each in answer.headers["Cache-Control"].split(",")}
        assert kept == {"public", "max-age=31536000", "immutable"}


def test_a_browser_without_gzip_gets_the_same_content_uncompressed(
    service: Service, assets: list[str]
) -> None:
    for path in assets:
        plain = service.get(path, Accept=ANYTHING)
        packed = service.get(path, **{"Accept": ANYTHING, "Accept-Encoding": "gzip, deflate, br"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"

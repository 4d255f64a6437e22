"""What is deployed and what is sent: layers as Lambda gets them, pages as browsers do."""

import gzip
import re
import tempfile
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import population
from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.peer import FIRST_VIEW, FIRST_VIEW_REQUESTS
from suport.web import assets
from tests.support import template
from tests.support.artifact import BUILT, LAYERS
from tests.support.sample_events import sample

_GATEWAYS_LEVEL = 6  # of gzip, with which API Gateway compresses pages
_LINKED = re.compile(r'(?:href|src)="[^"]*assets/([a-z]+)\.[0-9a-f]{12}\.([a-z]+)"')


def figures(bench: Bench) -> Iterator[Figure]:
    """Layers and functions, zipped; then pages, compressed."""
    layers = {layer: zipped(BUILT / layer) for layer in LAYERS}
    shared = sum(layers[layer] for layer in template.LAYERS)
    yield Figure("layers, zipped", shared / 1e6, "MB")
    for layer, size in layers.items():
        yield Figure(f"{layer}, zipped", size / 1e6, "MB")
    largest = max(zipped(BUILT / name) for name in template.FUNCTIONS)
    yield Figure("the largest function, zipped", largest / 1e3, "KB")

    form = _content(bench, "show_help.form_page", sample("show_help.form_page"))
    linked = sorted({f"{name}.{kind}" for name, kind in _LINKED.findall(form.decode())})
    page = len(gzip.compress(form, _GATEWAYS_LEVEL))
    with_assets = page + sum(_asset(bench, name) for name in linked)
    yield Figure("form page, HTML", len(form) / 1e3, "KB")
    yield Figure("form page, HTML, compressed", page / 1e3, "KB")
    yield Figure(FIRST_VIEW, with_assets / 1e3, "KB")
    yield Figure(FIRST_VIEW_REQUESTS, 1 + len(linked), "requests")
    track = _content(bench, "track_incident.page", population.page_of(bench, 10))
    yield Figure("track page of 10 entries, HTML", len(track) / 1e3, "KB")
    compressed = len(gzip.compress(track, _GATEWAYS_LEVEL))
    yield Figure("track page of 10 entries, HTML, compressed", compressed / 1e3, "KB")


def zipped(folder: Path) -> int:
    """The bytes of a folder as an archive, compressed as `sam package` does."""
    with tempfile.TemporaryFile() as archive:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    files.write(path, path.relative_to(folder))
        return archive.tell()


def _content(bench: Bench, name: str, event: Any) -> bytes:
    """The body of an answer, as it leaves the function."""
    answer = bench.samples.service.answer(name, event)
    assert answer["statusCode"] == 200, answer
    return b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()


def _asset(bench: Bench, name: str) -> int:
    event = sample("serve_asset.asset")
    event["pathParameters"]["name"] = assets.names()[name]
    return len(_content(bench, "serve_asset.asset", event))

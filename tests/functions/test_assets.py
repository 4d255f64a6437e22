"""What browsers load besides the pages, from the build's folder to API Gateway."""

import base64
import gzip
import hashlib
import json
import re
from typing import Any

import pytest

from suport.http.security_headers import SECURITY_HEADERS
from suport.web import assets
from tests.support.gateway import Load

NAMES = sorted(assets.names().values())
OPENAPI = "/v1/openapi.json"
NOT_ASSETS = [
    "",
    ".",
    "..",
    "manifest.json",
    "suport.css",
    "../rendering.py",
    "..%2Frendering.py",
    "../assets/" + NAMES[0],
    "./" + NAMES[0],
    NAMES[0] + ".gz",
    NAMES[0] + "\0",
    NAMES[0].upper(),
    "/etc/passwd",
    "C:\\windows\\win.ini",
    "x" * 5000,
]


def served(load: Load, name: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of the answer to a request for that asset."""
    event = {
        "httpMethod": "GET",
        "resource": name if name == OPENAPI else "/assets/{name}",
        "pathParameters": {"name": name},
        "headers": {"Accept": "*/*"}
        | {key.replace("_", "-"): value for key, value in headers.items()},
    }
    answer: dict[str, Any] = load("serve_asset").handler(event, None)
    assert all(len(values) == 1 for values in answer["multiValueHeaders"].values())
    named = {key: values[0] for key, values in answer["multiValueHeaders"].items()}
    compressed = named.get("Content-Encoding") == "gzip"
    assert answer["isBase64Encoded"] is compressed
    body = base64.b64decode(answer["body"]) if compressed else answer["body"].encode()
    return answer["statusCode"], body, named


@pytest.mark.parametrize("name", NAMES)
def test_an_assets_name_has_the_hash_of_its_content(name: str) -> None:
    content = assets.content(name, compressed=False)
    assert content
    (stated,) = re.findall(r"\.([0-9a-f]{12})\.", name)
    assert hashlib.sha256(content).hexdigest().startswith(stated)


@pytest.mark.parametrize("name", NAMES)
def test_the_compressed_content_is_the_same_content(name: str) -> None:
    compressed = assets.content(name, compressed=True)
    assert compressed
    assert gzip.decompress(compressed) == assets.content(name, compressed=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [(None, None), ("br", None), ("gzip", "gzip"), ("br;q=1, gzip;q=0.8", "gzip")],
)
def test_an_asset_is_compressed_only_if_the_browser_takes_that(
    load: Load, name: str, accepted: str | None, encoding: str | None
) -> None:
    asked = {"Accept_Encoding": accepted} if accepted else {}
    status, body, headers = served(load, name, **asked)
    assert (status, headers.get("Content-Encoding")) == (200, encoding)
    plain = gzip.decompress(body) if encoding else body
    assert plain == assets.content(name, compressed=False)
    assert headers["Content-Type"] == assets.MEDIA_TYPES["." + name.rpartition(".")[2]]
    assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("headers", [None, {}, {"accept-encoding": "gzip"}])
def test_who_does_not_say_what_they_accept_gets_text(
    load: Load, headers: dict[str, str] | None
) -> None:
    """API Gateway would pass on the base64 of bytes."""
    asked = {"httpMethod": "GET", "resource": OPENAPI, "headers": headers}
    answer = load("serve_asset").handler(asked, None)
    assert json.loads(answer["body"])["openapi"].startswith("3.1")
    assert "Content-Encoding" not in answer["multiValueHeaders"]


def test_browsers_may_keep_an_asset_for_ever(load: Load) -> None:
    assert served(load, NAMES[0])[2]["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", NOT_ASSETS)
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_nothing_else_is_served(load: Load, name: str, accepted: str) -> None:
    status, body, headers = served(load, name, Accept_Encoding=accepted)
    assert (status, body, headers) == (404, b"", dict(SECURITY_HEADERS))


@pytest.mark.parametrize("name", [NAMES[0], "nothing"])
def test_every_answer_has_the_security_headers(load: Load, name: str) -> None:
    headers = served(load, name)[2]
    kept = SECURITY_HEADERS | {"Cache-Control": headers["Cache-Control"]}
    assert {key: headers[key] for key in SECURITY_HEADERS} == kept


def test_no_asset_is_fetched_from_elsewhere() -> None:
    for name in NAMES:
        content = (assets.content(name, compressed=False) or b"").decode()
        outside = re.findall(r"(?:url\(|@import|import\()\s*[\"']?(?:https?:)?//[^)\s]+", content)
        assert outside == [], name


def test_the_description_of_the_api_is_served_and_may_be_kept_for_an_hour(load: Load) -> None:
    status, body, headers = served(load, OPENAPI, Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert json.loads(gzip.decompress(body))["openapi"].startswith("3.1")
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
@pytest.mark.parametrize("sent", ["{}", 'W/"another", {}', "*"])
def test_who_has_the_description_already_does_not_get_it_again(
    load: Load, accepted: str, sent: str
) -> None:
    tag = served(load, OPENAPI)[2]["ETag"]
    asked = {"If_None_Match": sent.format(tag), "Accept_Encoding": accepted}
    status, body, headers = served(load, OPENAPI, **asked)
    assert (status, body, headers["ETag"]) == (304, b"", tag)
    assert served(load, OPENAPI, If_None_Match='W/"another"')[0] == 200

"""The sample events in `events`: one for each way in which a function is invoked."""

import base64
import copy
import json
from typing import Any

from local import ROOT
from tests.support import template

type Event = dict[str, Any]


def sample(name: str) -> Event:
    """The sample event of that name: its file in `events`, or one that `derived` makes."""
    try:
        text = (ROOT / "events" / f"{name}.json").read_text()
    except FileNotFoundError:
        return derived(name)
    event: Event = json.loads(text)
    return event


def derived(name: str) -> Event:
    """A sample without a file: that of the same address, with another method.

    It is HEAD instead of GET, a form for a page that has none, or a look at a form's address.
    """
    _, wanted = template.EVENTS[name]
    method = wanted["Properties"]["Method"].upper()
    event: Event = min(  # GET before POST
        (
            json.loads(file.read_text())
            for other, (_, definition) in template.EVENTS.items()
            if definition["Properties"].get("Path") == wanted["Properties"]["Path"]
            and (file := ROOT / "events" / f"{other}.json").exists()
        ),
        key=lambda found: str(found["httpMethod"]),
    )
    event["httpMethod"] = event["requestContext"]["httpMethod"] = method
    if method == "POST":
        origin = f"https://{event['headers']['Host']}"
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        return with_body(with_headers(event, form), "body=Bon+dia") | {"isBase64Encoded": True}
    for headers in (event["headers"], event["multiValueHeaders"]):
        for header in ("Content-Length", "Content-Type", "Origin"):
            headers.pop(header, None)
    return event | {"body": None, "isBase64Encoded": False}


def with_headers(event: Event, headers: dict[str, str]) -> Event:
    """The event with these headers as well."""
    changed = copy.deepcopy(event)
    changed["headers"] |= headers
    changed["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
    return changed


def with_body(event: Event, body: str) -> Event:
    """The event with that body."""
    content = body.encode()
    changed = with_headers(event, {"Content-Length": str(len(content))})
    changed["body"] = base64.b64encode(content).decode()
    return changed


def sent(event: Event) -> str:
    """The body of an event, as the client sent it."""
    return base64.b64decode(event["body"]).decode()


def answered(answer: dict[str, Any]) -> str:
    """The body of an answer, as the client reads it."""
    body = answer["body"]
    return base64.b64decode(body).decode() if answer["isBase64Encoded"] else body

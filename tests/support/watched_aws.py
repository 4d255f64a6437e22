"""What tests add to the embedded AWS: a look at all that it stores, a journal, and another time.

It runs in ministack's process (see `EmbeddedAws.started`) and imports nothing of ours. It answers
to POST, always in JSON:

- `/_tests/stored`: all that any service keeps, by the name of its store (`dynamodb _tables`), each
  text on a line of its own, in base64;
- `/_tests/journal`: every URL that it was asked for, every message that left a queue, and the
  content of every request to an API;
- `/_tests/permissions`: what every role may do, whether it did, and what it was refused;
- `/_tests/clock` with a time in epoch seconds: has the embedded AWS and all its functions live at
  that time from now on.
"""

import json
import os
import sys
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import time_machine
from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_evaluator, lambda_runtime  # type: ignore[import-not-found]
from ministack.core.responses import get_account_id  # type: ignore[import-not-found]
from ministack.services import iam, sqs  # type: ignore[import-not-found]

OURS = "/_tests/"
ARCHIVE = b"PK\x03\x04"  # the code that was deployed; it is compressed
LONGEST_CONTENT = 200_000  # bytes
MOVED_CLOCK = str(Path(__file__).parent / "moved_clock")

urls: set[str] = set()
messages: set[str] = set()
contents: list[tuple[str, str, str]] = []
"""Media type, authorization and body of each request to an API."""

asked_for: dict[str, dict[tuple[str, str], str]] = {}
"""By the name of a role: each action on a resource that it asked for, and the decision."""

own_app, own_collect, own_evaluate = app.app, sqs._collect_msgs, iam_evaluator.evaluate
travel = None


async def watched(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers the tests' own requests, and keeps a journal of all others."""
    if scope["type"] != "http":
        await own_app(scope, receive, send)
        return
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = scope["raw_path"].decode()
    if path.startswith(OURS):
        answer = ANSWERS[path.removeprefix(OURS)](json.loads(await body_of(receive) or b"null"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
        return
    urls.add(f"{path}?{scope['query_string'].decode()}".rstrip("?"))
    urls.add(headers.get("referer", ""))
    if "execute-api" in path or "execute-api" in headers.get("host", ""):
        body = await body_of(receive)
        kind, authorization = (headers.get(name, "") for name in ("content-type", "authorization"))
        contents.append((kind, authorization, body[:LONGEST_CONTENT].decode(errors="replace")))
        read = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Any:
            return next(read, None) or await receive()

        await own_app(scope, again, send)
    else:
        await own_app(scope, receive, send)


async def body_of(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        part = await receive()
        body += part.get("body", b"")
        more = part.get("more_body", False)
    return body


def collect(*arguments: Any) -> Any:
    taken = own_collect(*arguments)
    messages.update(json.dumps([each["body"], each.get("attributes", {})]) for each in taken)
    return taken


def stored(_: None) -> dict[str, str]:
    kept: dict[str, list[bytes]] = {}
    for place, text in texts():
        kept.setdefault(place, []).append(text)
    return {place: b64encode(b"\n".join(each)).decode() for place, each in kept.items()}


def texts() -> Iterator[tuple[str, bytes]]:
    """Everything that a module of a service keeps, key or value, and where it keeps it."""
    seen: set[int] = set()
    for module_name, module in sorted(sys.modules.items()):
        if module_name.startswith("ministack.services."):
            for name, store in list(vars(module).items()):
                place = f"{module_name.removeprefix('ministack.services.')} {name}"
                if not name.startswith("__") and not callable(store):
                    for text in within(store, seen):
                        yield place, text


def within(kept: Any, seen: set[int]) -> Iterator[bytes]:
    waiting = [kept]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each.encode(errors="surrogatepass")
        elif isinstance(each, bytes | bytearray):
            if not each.startswith(ARCHIVE):
                yield bytes(each)
        elif id(each) not in seen:
            seen.add(id(each))
            if isinstance(each, dict):
                waiting += [*each.keys(), *each.values()]
            elif isinstance(each, list | tuple | set | frozenset | deque):
                waiting += each
            elif type(each).__module__.startswith("ministack."):
                waiting += vars(each).values() if hasattr(each, "__dict__") else ()
                waiting += [
                    getattr(each, name)
                    for name in getattr(each, "__slots__", ())
                    if hasattr(each, name)
                ]


def journal(_: None) -> dict[str, Any]:
    return {"urls": sorted(urls), "messages": sorted(messages), "contents": contents}


def evaluate(context: Any, *policies: Any) -> Any:
    """Notes the decision. A resource's own policy is evaluated, too: either of them may allow."""
    result = own_evaluate(context, *policies)
    _, is_role, role = context.principal_arn.partition(":assumed-role/")
    if is_role:
        asked = asked_for.setdefault(role.partition("/")[0], {})
        if asked.get((context.action, context.resource_arn)) != "Allow":
            asked[context.action, context.resource_arn] = result.decision
    return result


def permissions(_: None) -> dict[str, Any]:
    """By the name of a role: `grants`, each with whether it was `used`, and what was `refused`."""
    return {name: permissions_of(name) for name in iam._roles}


def permissions_of(role: str) -> dict[str, Any]:
    asked = asked_for.get(role, {})
    allowed = [each for each, decision in asked.items() if decision == "Allow"]
    grants = [
        {
            "action": action,
            "resource": resource,
            "used": any(
                iam_evaluator.fnmatch_iam(an_action, action)
                and iam_evaluator.fnmatch_iam_cs(a_resource, resource)
                for an_action, a_resource in allowed
            ),
        }
        for policy in iam_evaluator._gather_role_policies(role, get_account_id())
        for statement in policy
        if statement.effect == "Allow"
        for action in statement.actions
        for resource in statement.resources
    ]
    refused = sorted(f"{action} on {arn}" for (action, arn), how in asked.items() if how != "Allow")
    return {"grants": grants, "refused": refused}


def move_clock(moment: float) -> None:
    global travel  # noqa: PLW0603
    if travel:
        travel.stop()
    os.environ["PYTHONPATH"] = MOVED_CLOCK
    os.environ["MOVED_BY_S"] = str(moment - time.time())
    travel = time_machine.travel(moment)
    travel.start()
    lambda_runtime.reset()  # every function starts again, at the new time


ANSWERS: dict[str, Callable[[Any], Any]] = {
    "stored": stored,
    "journal": journal,
    "permissions": permissions,
    "clock": move_clock,
}
app.app = watched
sqs._collect_msgs = collect
iam_evaluator.evaluate = evaluate

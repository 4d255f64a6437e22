"""Runs ministack, keeps what it would lose in a restart, and mends where it differs from AWS.

`local.embedded_aws` starts this on the interpreter of `.tools/aws`; it imports nothing of ours.
Its arguments are a folder for extracted layers, and a file; while that exists, nothing is saved.

ministack saves its state once, on SIGTERM, service by service. Without this module it loses

- the records of the tables' streams, but not the positions read up to: after a restart, as many
  changes as it had delivered before would never reach their functions;
- the mails sent;
- all of a service's state, if a function still at work changes it while it is being copied.

It extracts all layers again for every function that it starts: thousands of files each time. It
does not end before every client has left (one may wait in a long poll) and every function is done.

An item that expires in a table leaves no record in its stream. An API's event does not say at which
address the request came. Functions get no more messages from queues that were made when ministack
listened on another port. And a role may send a mail only if it may send as every sender.
"""

import asyncio
import copy
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from contextvars import ContextVar
from email.utils import parseaddr
from pathlib import Path
from types import ModuleType
from typing import Any

from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions  # type: ignore[import-not-found]
from ministack.core.arn import parse_arn  # type: ignore[import-not-found]
from ministack.core.persistence import save_all  # type: ignore[import-not-found]
from ministack.core.responses import request_scope  # type: ignore[import-not-found]
from ministack.services import apigateway_v1, dynamodb, ses, sqs  # type: ignore[import-not-found]

State = dict[str, Any]


def keep(module: ModuleType, *stores: str) -> None:
    """Save and restore these stores of a service along with the state that it saves itself."""
    own_state, restore_own = module.get_state, module.load_persisted_state

    def get_state() -> State:
        own: State = own_state()
        return own | {name: copy.deepcopy(getattr(module, name)) for name in stores}

    def load_persisted_state(saved: State) -> None:
        restore_own(saved)
        for name in stores:
            if name in saved:
                getattr(module, name).update(saved[name])

    vars(module).update(get_state=get_state, load_persisted_state=load_persisted_state)


def unchanging(get_state: Callable[[], State | None]) -> Callable[[], State | None]:
    """Copy a service's state again if it changed during the copy (for 10 s at most)."""

    def copied() -> State | None:
        deadline = time.monotonic() + 10
        while True:
            try:
                return get_state()
            except RuntimeError:  # "dictionary changed size during iteration"
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    return copied


async def save_and_end(self: asyncio.Server) -> None:
    """Replaces `Server.wait_closed`, the first call after the port is closed.

    All requests that were answered are saved. The others are broken off: clients send them again.
    This holds the event loop, which does all the work on tables and queues: nothing is half done.
    """
    self.abort_clients()
    if not unsaved.exists():  # noqa: ASYNC240  (this must hold the loop)
        services = app._build_persistence_save_dict()
        save_all({name: unchanging(state) for name, state in services.items()})
    os.killpg(os.getpid(), signal.SIGKILL)  # the functions' processes, and this one


def share_layers(folder: Path) -> None:
    """Extract every layer once for all functions and all starts: functions only read it."""
    folder.mkdir(parents=True, exist_ok=True)
    one_at_a_time = threading.Lock()
    own_extractall = zipfile.ZipFile.extractall

    def extractall(archive: zipfile.ZipFile, path: str, *options: Any) -> None:
        target = Path(path)
        if not target.name.startswith("layer_") or archive.filename is None:
            own_extractall(archive, path, *options)
            return
        with one_at_a_time:
            with Path(archive.filename).open("rb") as content:
                layer = folder / hashlib.file_digest(content, "sha256").hexdigest()
            if not layer.exists():
                extracted = Path(tempfile.mkdtemp(dir=folder))
                own_extractall(archive, extracted)
                try:
                    extracted.rename(layer)
                except OSError:  # another embedded AWS was first
                    shutil.rmtree(extracted)
        target.rmdir()
        target.symlink_to(layer)

    zipfile.ZipFile.extractall = extractall  # type: ignore[method-assign, assignment]


def record_expiry() -> None:
    """Record in a table's stream what expired in it, as done by DynamoDB, as the real one does."""
    own_remove, own_record = dynamodb._remove_item, dynamodb._build_change_record

    def expiring() -> bool:
        return threading.current_thread().name == "dynamodb-ttl-reaper"

    def remove(table: State, *key: str) -> State | None:
        removed: State | None = own_remove(table, *key)
        if removed is not None and expiring():
            arn = parse_arn(table["TableArn"])
            with request_scope(arn.account_id, arn.region):
                dynamodb._emit_stream_event(table["TableName"], "REMOVE", removed, None)
        return removed

    def record(*arguments: Any) -> State:
        recorded: State = own_record(*arguments)
        if expiring():
            recorded["userIdentity"] = {
                "type": "Service",
                "principalId": "dynamodb.amazonaws.com",
            }
        return recorded

    vars(dynamodb).update(_remove_item=remove, _build_change_record=record)


def tell_addresses() -> None:
    """Make an API's event say at which address the request came, as API Gateway does."""
    own_request, own_event = app._handle_execute_api_request, apigateway_v1._build_lambda_event_v1
    asked_for: ContextVar[str] = ContextVar("asked_for")

    async def request(host: str, path: str, *arguments: Any, **options: Any) -> Any:
        asked_for.set(path)
        return await own_request(host, path, *arguments, **options)

    def event(*arguments: Any, **options: Any) -> State:
        told: State = own_event(*arguments, **options)
        host = told["headers"]["host"]
        told["requestContext"] |= {"path": asked_for.get(), "domainName": host}
        told["headers"]["X-Forwarded-Proto"] = "http"
        told["multiValueHeaders"]["X-Forwarded-Proto"] = ["http"]
        return told

    vars(app)["_handle_execute_api_request"] = request
    vars(apigateway_v1)["_build_lambda_event_v1"] = event


def find_queues_of_other_ports() -> None:
    """Find a queue by the URL that it was made with, which names the port of that time."""
    own_url = sqs._queue_url

    def queue_url(name: str) -> str:
        return str(sqs._queue_name_to_url.get(name) or own_url(name))

    vars(sqs)["_queue_url"] = queue_url


def name_senders() -> None:
    """Check whether a role may send as the sender of the mail, as SES does."""
    own_arn = iam_actions._ses_v2_resource_arn

    def arn(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if not path.endswith("/outbound-emails"):
            return str(own_arn(method, path, body, region, account))
        sender = parseaddr(json.loads(body)["FromEmailAddress"])[1]
        return f"arn:aws:ses:{region}:{account}:identity/{sender}"

    vars(iam_actions)["_ses_v2_resource_arn"] = arn


layers, unsaved = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
share_layers(layers)
keep(dynamodb, "_stream_records", "_stream_trimmed")
keep(ses, "_sent_emails")
record_expiry()
tell_addresses()
find_queues_of_other_ports()
name_senders()
asyncio.Server.wait_closed = save_and_end  # type: ignore[method-assign]
app.main()

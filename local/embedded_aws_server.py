"""Runs ministack: keeps over a restart what it would lose, mends what AWS does otherwise.

Started by `local.embedded_aws` on the interpreter of `.tools/aws`; imports nothing of ours.
Its arguments: a folder for extracted layers; a file, and while that exists, nothing is saved; the
number of an open pipe, which gets a byte whenever a function has logged something; and any number
of Python files to run before it serves anybody.

ministack saves its state once, on SIGTERM, service by service. Left alone it would lose

- the records of the tables' streams, but not the positions read up to: after a restart, as many
  changes as had been delivered before would never reach their functions;
- the mails sent;
- all of a service's state, if a function still at work changes it while it is being copied.

It extracts all layers for every function it starts: thousands of files each time. It waits 50 ms
after every answer for what a function may have logged. And it does not end before every connection
(a long poll) and every function at work has.

What expires in a table leaves no record in its stream, and nobody can have it expire at once. A
function cannot tell from an API's event by which address it was asked for. Functions are no longer
fed from queues that were made when it listened on another port. What a function reports in its log
never becomes a metric, and only asking again and again shows that it has logged something. Nobody
may send a mail who may not send as everybody, and nobody sees a mail's headers. A policy knows
neither variables, nor the role of a caller's session, nor a second factor. And it would have to
allow what is no action of its own in IAM.
"""

import asyncio
import base64
import copy
import fcntl
import hashlib
import json
import os
import re
import runpy
import shutil
import signal
import sys
import tempfile
import termios
import threading
import time
import zipfile
from array import array
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from email.utils import parseaddr
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import IO, Any

from ministack import app  # type: ignore[import-not-found]
from ministack.core import (  # type: ignore[import-not-found]
    iam_actions,
    iam_evaluator,
    lambda_runtime,
)
from ministack.core.arn import parse_arn  # type: ignore[import-not-found]
from ministack.core.persistence import save_all  # type: ignore[import-not-found]
from ministack.core.responses import request_scope  # type: ignore[import-not-found]
from ministack.services import (  # type: ignore[import-not-found]
    apigateway_v1,
    cloudwatch,
    dynamodb,
    iam,
    lambda_svc,
    ses,
    ses_v2,
    sqs,
    sts,
)

State = dict[str, Any]


def keep(module: ModuleType, *stores: str) -> None:
    """Save and restore these stores of a service along with the state it saves itself."""
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
    """Copy a service's state again if it changed during the copying (for 10 s at most)."""

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
    """Stands in for `Server.wait_closed`, the first thing done after the port was closed.

    Whatever was answered is saved. What was not is broken off, to be asked again; the event loop,
    which does all the work on tables and queues, is held here, so that nothing is half done.
    """
    self.abort_clients()
    if not unsaved.exists():  # noqa: ASYNC240  (the loop is to be held)
        services = app._build_persistence_save_dict()
        save_all({name: unchanging(state) for name, state in services.items()})
    os.killpg(os.getpid(), signal.SIGKILL)  # the functions' processes, and this one


def share_layers(folder: Path) -> None:
    """Extract every layer once, for all functions and all starts: functions only read them."""
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
    """Have what expired in a table recorded in its stream, as DynamoDB does: as its own doing."""
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


def expire_when_asked() -> None:
    """Look for what has expired in the tables once a minute, and at once on a SIGUSR1."""
    asked = threading.Event()

    def rest(seconds: float) -> None:
        asked.wait(seconds)
        asked.clear()

    vars(dynamodb)["time"] = SimpleNamespace(**vars(time) | {"sleep": rest})
    name = "dynamodb-ttl-reaper"  # the one that ministack has started still sleeps its first minute
    threading.Thread(target=dynamodb._ttl_reaper, daemon=True, name=name).start()
    signal.signal(signal.SIGUSR1, lambda *_: asked.set())


def tell_addresses() -> None:
    """Have an API's event tell by which address it was asked for, as API Gateway does."""
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
    """Know a queue by the URL that it was made with, which names the port of that time."""
    own_url = sqs._queue_url

    def queue_url(name: str) -> str:
        return str(sqs._queue_name_to_url.get(name) or own_url(name))

    vars(sqs)["_queue_url"] = queue_url


def name_senders() -> None:
    """Ask a role for the right to send as the sender of a mail, as SES does."""
    own_arn = iam_actions._ses_v2_resource_arn

    def arn(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if not path.endswith("/outbound-emails"):
            return str(own_arn(method, path, body, region, account))
        sender = parseaddr(json.loads(body)["FromEmailAddress"])[1]
        return f"arn:aws:ses:{region}:{account}:identity/{sender}"

    vars(iam_actions)["_ses_v2_resource_arn"] = arn


def keep_mails_whole() -> None:
    """Show the message of each mail as SES got it, with its headers, as `Raw`."""
    own_handler, own_list = ses_v2.handle_request, app._handle_ses_messages_request
    raw: dict[str, str] = {}

    async def handle(method: str, path: str, headers: State, body: bytes, query: State) -> Any:
        answer = await own_handler(method, path, headers, body, query)
        if path.endswith("/outbound-emails") and "MessageId" in (told := json.loads(answer[2])):
            content = json.loads(body)["Content"]
            if "Raw" in content:
                raw[told["MessageId"]] = base64.b64decode(content["Raw"]["Data"]).decode()
        return answer

    async def messages(*request: Any) -> Any:
        if (answer := await own_list(*request)) is None:
            return None
        status, headers, body = answer
        told = json.loads(body)
        for mail in (each for account in told.get("messages", {}).values() for each in account):
            mail["Raw"] = raw.get(mail["MessageId"])
        return status, headers, json.dumps(told).encode()

    vars(ses_v2)["handle_request"] = handle
    vars(app)["_handle_ses_messages_request"] = messages


def know_callers() -> None:
    """Have conditions know who calls, as IAM does.

    A value may name another key (`${aws:username}`). The principal of a session is its role. A
    caller who gives a code of a device with a role's name has a second factor, whatever the code.
    """
    own_conditions, own_key = iam_evaluator._conditions_met, iam_evaluator._resolve_condition_key
    own_keys, own_parameter = iam_evaluator._principal_keys, sts._p
    gives_code: ContextVar[bool] = ContextVar("gives_code", default=False)

    def key(name: str, context: Any) -> Any:
        value = own_key(name, context)
        if name.lower() == "aws:principalarn" and ":assumed-role/" in str(value):
            role = iam._roles.get(str(value).split("/")[1])
            return role["Arn"] if role else value
        return value

    def conditions(stated: State, context: Any) -> bool:
        told = re.sub(
            r"\$\{([\w:]+)\}",
            lambda name: str(iam_evaluator._resolve_condition_key(name[1], context) or name[0]),
            json.dumps(stated),
        )
        return bool(own_conditions(json.loads(told), context))

    def parameter(given: State, name: str, *default: Any) -> Any:
        if name == "RoleSessionName":
            gives_code.set(bool(own_parameter(given, "SerialNumber", "")))
        return own_parameter(given, name, *default)

    def keys(credential: Any) -> State:
        known: State = own_keys(credential)
        second = {"aws:multifactorauthpresent": "true"} if gives_code.get() else {}
        return known | second

    vars(iam_evaluator).update(_conditions_met=conditions, _resolve_condition_key=key)
    vars(sts).update(_p=parameter, _principal_keys=keys)


def know_batches() -> None:
    """Have who may send a message send several with one request, which is no action of its own."""
    own_action = iam_actions._action_from_target

    def action(headers: State) -> str | None:
        name: str | None = own_action(headers)
        return "SendMessage" if name == "SendMessageBatch" else name

    vars(iam_actions)["_action_from_target"] = action


def read_metrics_from_logs() -> None:
    """Take the metrics out of what a function has logged (CloudWatch's embedded metric format)."""
    own_emit = lambda_svc._emit_lambda_logs

    def emit(func: State, request_id: str, log_text: str, *arguments: Any, **options: Any) -> None:
        own_emit(func, request_id, log_text, *arguments, **options)
        for line in log_text.splitlines():
            if '"_aws"' in line:
                record_metrics(json.loads(line))

    vars(lambda_svc)["_emit_lambda_logs"] = emit


def announce_logs(pipe: int) -> None:
    """Write a byte into the pipe whenever a run is logged: nobody has to ask whether one was."""
    own_emit = lambda_svc._emit_lambda_logs
    fcntl.fcntl(pipe, fcntl.F_SETFD, fcntl.FD_CLOEXEC)  # a function's process would hold it open
    fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_NONBLOCK)

    def emit(*arguments: Any, **options: Any) -> None:
        own_emit(*arguments, **options)
        with suppress(BlockingIOError, BrokenPipeError):  # enough is unread, or nobody reads
            os.write(pipe, b".")

    vars(lambda_svc)["_emit_lambda_logs"] = emit


def record_metrics(told: State) -> None:
    """Record what one line of a log reports."""
    for group in told["_aws"]["CloudWatchMetrics"]:
        for names in group["Dimensions"]:
            dimensions = {name: told[name] for name in names}
            for metric in group["Metrics"]:
                for value in told[metric["Name"]]:
                    unit = metric["Unit"]
                    cloudwatch.record_metric(
                        group["Namespace"], metric["Name"], value, unit, dimensions
                    )


def wait_for_logs_only_while_they_come() -> None:
    """Take what a function has logged as soon as all of it was read.

    ministack waits 50 ms for the first line of every invocation, most of which log nothing: ten
    times as long as it takes to answer. Here everything was written before the answer was.
    """
    own_drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain(worker: Any) -> str:
        while worker._proc and unread_bytes(worker._proc.stderr):
            time.sleep(0.001)
        return str(own_drain(worker, first_line_wait=0.005))

    lambda_runtime.Worker._drain_stderr_bounded = drain


def unread_bytes(pipe: IO[str]) -> int:
    """How much lies in a pipe."""
    size = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0]


layers, unsaved, logged = Path(sys.argv.pop(1)), Path(sys.argv.pop(1)), int(sys.argv.pop(1))
share_layers(layers)
keep(dynamodb, "_stream_records", "_stream_trimmed")
keep(ses, "_sent_emails")
record_expiry()
expire_when_asked()
tell_addresses()
find_queues_of_other_ports()
name_senders()
keep_mails_whole()
know_callers()
know_batches()
read_metrics_from_logs()
announce_logs(logged)
wait_for_logs_only_while_they_come()
asyncio.Server.wait_closed = save_and_end  # type: ignore[method-assign]
while sys.argv[1:]:
    runpy.run_path(sys.argv.pop(1))
app.main()

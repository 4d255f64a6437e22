"""The real exceptions of every layer between a function and AWS.

Each holds `PRIVATE` wherever it can hold a text: an exception may quote what a citizen wrote.
"""

import builtins
import http.client
import importlib
import inspect
import io
import json
import socket
import ssl
import string
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import boto3.exceptions
import botocore.exceptions
import botocore.parsers
import pydantic
import pytest
import urllib3.exceptions
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.client import BaseClient

from tests.support.table import Table, operation

vendored = importlib.import_module("botocore.vendored.requests.exceptions")  # it has no types

PRIVATE = "Em dic Xisca Bauçà"

THROTTLED = botocore.exceptions.ClientError(
    {
        "Error": {"Code": "ThrottlingException", "Message": PRIVATE},
        "ResponseMetadata": {
            "RequestId": "1",
            "HostId": "",
            "HTTPStatusCode": 400,
            "HTTPHeaders": {},
            "RetryAttempts": 2,
        },
    },
    "UpdateItem",
)


def _answer() -> AWSResponse:
    """An HTTP answer as botocore passes it on."""
    headers: Any = HeadersDict()
    return AWSResponse("https://dynamodb.example.org", 500, headers, None)


def _of(*modules: ModuleType) -> Iterator[type[Exception]]:
    """The exceptions that these modules define."""
    for module in modules:
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Exception) and kind.__module__.startswith(module.__name__):
                yield kind


def _made(kind: type[Exception]) -> Exception:
    """An exception of that kind, with `PRIVATE` in every text that it takes."""
    if issubclass(kind, botocore.exceptions.ClientError):
        return kind(THROTTLED.response, THROTTLED.operation_name)
    if issubclass(kind, botocore.exceptions.WaiterError):
        return kind(PRIVATE, PRIVATE, THROTTLED.response)
    _, *parameters = inspect.signature(kind.__init__).parameters.values()
    if needed := [
        _argument(each.annotation)
        for each in parameters
        if each.kind is each.POSITIONAL_OR_KEYWORD and each.default is each.empty
    ]:
        return kind(*needed)
    if form := getattr(kind, "fmt", ""):  # a botocore exception's text, which names its keywords
        named = [name for _, name, *_ in string.Formatter().parse(form) if name]
        return kind(**dict.fromkeys(named, PRIVATE))
    return kind(PRIVATE)


def _argument(annotation: object) -> Any:
    """An argument of that type."""
    known: dict[object, Any] = {
        "int": 7,
        "bytes": PRIVATE.encode(),
        "list[MessageDefect]": [],
        "Exception": OSError(PRIVATE),
        "HTTPResponse": urllib3.HTTPResponse(io.BytesIO(PRIVATE.encode())),
    }
    return known.get(annotation, PRIVATE)


def _invalid() -> pydantic.ValidationError:
    """The exception that pydantic itself raises."""
    try:
        pydantic.TypeAdapter(int).validate_python(PRIVATE)
    except pydantic.ValidationError as error:
        return error.with_traceback(None)
    raise AssertionError


def _undecodable() -> UnicodeDecodeError:
    content = PRIVATE.encode("latin-1")
    return UnicodeDecodeError("utf-8", content, 15, 16, PRIVATE)


def every_failure() -> list[Exception]:
    """An exception of every kind."""
    answers: list[Any] = [_answer(), {"Error": PRIVATE}, {}, [], PRIVATE]
    kinds = [
        *_of(botocore.exceptions, vendored, urllib3.exceptions),
        *_of(boto3.exceptions, http.client),
        *(botocore.parsers.ResponseParserError, socket.gaierror, socket.herror),
    ]
    of_python = [
        kind
        for module in (builtins, ssl)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, OSError | ValueError | LookupError | ArithmeticError | RuntimeError)
        and not issubclass(kind, UnicodeError)
    ]
    return [
        *(_made(kind) for kind in kinds),
        *(kind(PRIVATE) for kind in of_python if kind is not json.JSONDecodeError),
        *(
            kind(error=PRIVATE, endpoint_url=PRIVATE, response=answer)
            for kind in _of(botocore.exceptions)
            if issubclass(kind, botocore.exceptions.HTTPClientError)
            for answer in answers
        ),
        vendored.HTTPError(PRIVATE, response=_answer()),
        json.JSONDecodeError(PRIVATE, PRIVATE, 0),
        _undecodable(),
        _invalid(),
    ]


FAILURES: dict[str, Callable[[], Exception]] = {
    "connection": lambda: _made(botocore.exceptions.EndpointConnectionError),
    "connect time-out": lambda: _made(botocore.exceptions.ConnectTimeoutError),
    "connection closed": lambda: _made(botocore.exceptions.ConnectionClosedError),
    "read time-out": lambda: _made(botocore.exceptions.ReadTimeoutError),
    "streaming": lambda: _made(botocore.exceptions.ResponseStreamingError),
    "HTTP": lambda: botocore.exceptions.HTTPClientError(error=PRIVATE, response=_answer()),
    "parser": lambda: botocore.parsers.ResponseParserError(PRIVATE),
    "credentials": lambda: _made(botocore.exceptions.NoCredentialsError),
    "credentials' source": lambda: _made(botocore.exceptions.CredentialRetrievalError),
    "endpoint": lambda: _made(botocore.exceptions.EndpointProviderError),
    "parameters": lambda: _made(botocore.exceptions.ParamValidationError),
    "urllib3": lambda: urllib3.exceptions.ProtocolError(PRIVATE, OSError(PRIVATE)),
    "TLS": lambda: ssl.SSLCertVerificationError(1, PRIVATE),
    "JSON": lambda: json.JSONDecodeError(PRIVATE, PRIVATE, 0),
    "text": _undecodable,
    "throttling": lambda: _made(botocore.exceptions.ClientError),
}
"""An exception of each layer, by layer. Each use makes a new one: it keeps its traceback."""


type Call = Callable[[str, dict[str, Any]], Any]
"""A call to AWS: the operation, and its arguments."""


def intercept(monkeypatch: pytest.MonkeyPatch, instead: Callable[[Call, str, Any], Any]) -> None:
    """Replaces every call to AWS; `instead` also gets the original call."""
    by_botocore = BaseClient._make_api_call  # type: ignore[attr-defined]
    in_this_process = Table._answer

    def call(client: BaseClient, operation: str, request: dict[str, Any]) -> Any:
        return instead(partial(by_botocore, client), operation, request)

    def answer(table: Table, name: str, asked: dict[str, Any]) -> Any:
        return instead(lambda *_: in_this_process(table, name, asked), operation(name), asked)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    monkeypatch.setattr(Table, "_answer", answer)


def break_down(monkeypatch: pytest.MonkeyPatch, layer: str) -> None:
    """Has every later call to AWS fail in that layer."""

    def fail(*_: Any) -> None:
        failure = FAILURES[layer]()
        raise failure

    intercept(monkeypatch, fail)

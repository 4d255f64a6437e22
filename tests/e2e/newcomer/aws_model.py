"""Checks command lines of the AWS CLI against its own model, without a request.

It runs on the interpreter of the AWS CLI, and takes the command lines from standard input: JSON, a
list of lists of words. It returns each one with an unknown service, operation or parameter, with a
parameter that is missing or of the wrong type, or with a field in `--query` that the answer cannot
have. The errors of the AWS CLI about them are on standard error.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from awscli import clidriver  # type: ignore[import-not-found]
from awscli.customizations import waiters  # type: ignore[import-not-found]
from botocore.httpsession import URLLib3Session
from botocore.validate import ParamValidator

_operations: list[str] = []
"""The operations that the AWS CLI would have called."""


def knows(words: list[str]) -> bool:
    """Whether AWS would understand the command line; `words` are those after `aws`."""
    _operations.clear()
    try:
        code = clidriver.create_clidriver().main(words)
    except SystemExit as ended:
        code = ended.code
    return code == 0 and len(_operations) == 1


def _invoke(
    caller: Any, service: str, operation: str, parameters: dict[str, Any], settings: Any
) -> int:
    model = caller._session.get_service_model(service).operation_model(operation)
    wrong = ParamValidator().validate(parameters, model.input_shape) if model.input_shape else None
    if wrong and wrong.has_errors():
        sys.exit(wrong.generate_report())
    if settings.query and (unknown := set(_fields(settings.query.parsed)) - set(_members(model))):
        sys.exit(f"{operation} answers no {', '.join(sorted(unknown))}")
    _operations.append(operation)
    return 0


def _fields(query: dict[str, Any]) -> Iterator[str]:
    """The names of the fields in a JMESPath expression."""
    if query["type"] == "field":
        yield query["value"]
    for each in query["children"]:
        yield from _fields(each)


def _members(model: Any) -> Iterator[str]:
    """The names of all fields that the operation's answer may have."""
    waiting, seen = [model.output_shape], set()
    while waiting:
        shape = waiting.pop()
        if shape is None or shape.name in seen:
            continue
        seen.add(shape.name)
        members = getattr(shape, "members", {})
        yield from members
        waiting += members.values()
        waiting += [getattr(shape, each, None) for each in ("member", "key", "value")]


def _send(*_: Any) -> Any:
    raise ConnectionError("This command is none of the model's: it asks by itself.")


if __name__ == "__main__":
    clidriver.CLIOperationCaller.invoke = waiters.WaiterCaller.invoke = _invoke
    URLLib3Session.send = _send  # type: ignore[method-assign,assignment]
    sys.stdout, answer = sys.stderr, sys.stdout
    json.dump([line for line in json.load(sys.stdin) if not knows(line)], answer)

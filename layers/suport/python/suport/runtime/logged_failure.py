"""What a log may say about an exception: never its message, which may quote a citizen's words."""

import re
from contextlib import suppress
from types import TracebackType
from typing import Any

# Codes and operations of AWS have this form; a message does not.
_NAME = re.compile(r"[\w.:#-]{1,100}", re.ASCII)


def facts(failure: BaseException) -> dict[str, Any]:
    """The kind and place of the failure; for a refusal by AWS also its code and the operation.

    It never raises: while a function answers a citizen, nothing else would catch the exception.
    Only a refusal by AWS has a parsed `response`; other exceptions of botocore have None there,
    those of HTTP libraries an object, and any of them may have something else.
    """
    return {
        "error": type(failure).__name__,
        "code": _code(failure),
        "operation": _operation(failure),
        "at": _place(failure.__traceback__),
    }


def _code(failure: BaseException) -> str | None:
    with suppress(Exception):  # the attribute may be computed, and the computation may fail
        match getattr(failure, "response", None):
            case {"Error": {"Code": code}}:
                return _name(code)
    return None


def _operation(failure: BaseException) -> str | None:
    with suppress(Exception):
        return _name(getattr(failure, "operation_name", None))
    return None


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def _place(trace: TracebackType | None) -> str | None:
    """File, line and function at the end of the traceback."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return None
    code = trace.tb_frame.f_code
    return f"{code.co_filename}:{trace.tb_lineno} {code.co_name}"

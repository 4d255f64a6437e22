"""What a log may say of an exception: never its message, which may quote what a citizen wrote."""

from typing import Any


def facts(failure: Exception) -> dict[str, Any]:
    """Its kind and place; of a refusal by AWS also the code and the operation."""
    return {
        "error": type(failure).__name__,
        "code": getattr(failure, "response", {}).get("Error", {}).get("Code"),
        "operation": getattr(failure, "operation_name", None),
        "at": _place(failure),
    }


def _place(failure: Exception) -> str | None:
    """File, line and function at the end of the traceback."""
    trace = failure.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return None
    code = trace.tb_frame.f_code
    return f"{code.co_filename}:{trace.tb_lineno} {code.co_name}"

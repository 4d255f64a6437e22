"""The methods of data classes, compiled once by the build.

`dataclasses` writes the methods of each class as a text and has Python compile it. At every start,
that took a sixth of the time until a function was ready. So the build keeps the bytecode of these
texts, as it keeps that of modules. Any other text is compiled as ever: that of a class which the
build did not see, and all of them from the sources or under another version of Python.
"""

import builtins
import dataclasses
import marshal
import os
from collections.abc import Iterable
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path
from typing import Any

_INDEX = Path(__file__).with_suffix(".index")
"""Where the bytecode of each text begins in the other file, and how long it is, in bytes."""
_BYTECODE = Path(__file__).with_suffix(".bytecode")


def use_compiled() -> None:
    """Lets data classes from now on have the methods that the build has compiled, if it has."""
    index = _INDEX.read_bytes() if _INDEX.exists() else b""
    if not index.startswith(MAGIC_NUMBER):
        return
    places: dict[bytes, tuple[int, int]] = marshal.loads(index[len(MAGIC_NUMBER) :])  # noqa: S302
    bytecode = os.open(_BYTECODE, os.O_RDONLY)  # for as long as the process lives

    def execute(text: str, names: dict[str, Any], made: dict[str, Any]) -> None:
        if place := places.get(source_hash(text.encode())):
            begins, length = place
            exec(marshal.loads(os.pread(bytecode, length, begins)), names, made)  # noqa: S102, S302
        else:
            exec(text, names, made)  # noqa: S102  as `dataclasses` would

    _execute_with(execute)


def compile_data_classes() -> None:
    """Keeps the methods of all data classes that the package loads, in the build."""
    import importlib  # noqa: PLC0415  not where the service runs
    import pkgutil  # noqa: PLC0415

    import suport  # noqa: PLC0415

    texts: set[str] = set()

    def execute(text: str, names: dict[str, Any], made: dict[str, Any]) -> None:
        texts.add(text)
        exec(text, names, made)  # noqa: S102  as above

    _execute_with(execute)
    for module in pkgutil.walk_packages(suport.__path__, "suport."):
        importlib.import_module(module.name)
    _execute_with(builtins.exec)
    keep(sorted(texts))


def keep(texts: Iterable[str]) -> None:
    """Keeps the bytecode of these texts."""
    places: dict[bytes, tuple[int, int]] = {}
    bytecode = b""
    for text in texts:
        code = marshal.dumps(compile(text, "<string>", "exec"))
        places[source_hash(text.encode())] = len(bytecode), len(code)
        bytecode += code
    _BYTECODE.write_bytes(bytecode)
    _INDEX.write_bytes(MAGIC_NUMBER + marshal.dumps(places))


def _execute_with(execute: Any) -> None:
    """Has `dataclasses` call this in place of Python's own `exec`."""
    vars(dataclasses)["exec"] = execute

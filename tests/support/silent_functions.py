"""The functions' own code for the models: it logs nothing, and calls the model's clients."""

import importlib.util
from collections.abc import Callable
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any

from local import ROOT
from suport.register.register import Register

SECRET = b"a secret that only tests know"


def silent(name: str) -> ModuleType:
    """A function's module that neither logs nor counts."""
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"{name}_of_the_model", path)
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    nothing = lambda *_, **__: None  # noqa: E731
    module.logger = SimpleNamespace(info=nothing, warning=nothing, error=nothing)
    module.count = nothing
    return module  # type: ignore[no-any-return]


def connect(module: Any, clients: dict[str, Any], now: Callable[[], datetime]) -> None:
    """Makes the function call these instead of AWS, at the model's time."""
    module.clock = SimpleNamespace(now=now)
    module.register = lambda: Register(clients["dynamodb"], "register")
    module.aws = SimpleNamespace(
        client=clients.__getitem__,
        service_secret=lambda: SECRET,
    )

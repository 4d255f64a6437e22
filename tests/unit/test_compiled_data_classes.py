"""Data classes whose methods the build has compiled."""

import builtins
import dataclasses
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

import pytest

from suport import compiled_data_classes
from suport.compiled_data_classes import keep, use_compiled


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The index of what is kept: nothing yet. `dataclasses` is as Python has it."""
    monkeypatch.setitem(vars(dataclasses), "exec", builtins.exec)
    monkeypatch.setattr(compiled_data_classes, "_INDEX", tmp_path / "index")
    monkeypatch.setattr(compiled_data_classes, "_BYTECODE", tmp_path / "bytecode")
    return tmp_path / "index"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are compiled although something is kept."""
    texts = []

    def execute(code: Any, *names: Any) -> None:
        if isinstance(code, str):
            texts.append(code)
        exec(code, *names)  # noqa: S102

    monkeypatch.setattr(compiled_data_classes, "exec", execute, raising=False)
    return texts


def test_what_was_compiled_is_not_compiled_again(compiled: list[str]) -> None:
    keep(_texts_of_a_class())
    use_compiled()
    _class()
    assert compiled == []


def test_a_class_is_the_same_with_what_was_compiled() -> None:
    keep(["pass", *_texts_of_a_class()])
    from_source = _class()
    use_compiled()
    stay = _class()
    assert repr(stay(3)) == repr(from_source(3)) == "_class.<locals>.Stay(days=3)"
    assert stay(3) == stay(3) != stay(4)
    assert hash(stay(3)) == hash(from_source(3))
    assert dataclasses.replace(stay(3), days=5) == stay(5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        stay(3).days = 4


def test_what_was_not_compiled_is_compiled_now(compiled: list[str]) -> None:
    keep(["pass"])
    use_compiled()
    assert _class()(3).days == 3
    assert compiled == _texts_of_a_class()


def test_what_another_version_of_python_compiled_is_not_used(index: Path) -> None:
    keep(_texts_of_a_class())
    content = index.read_bytes()
    index.write_bytes(bytes([MAGIC_NUMBER[0] ^ 1]) + content[1:])
    use_compiled()
    assert vars(dataclasses)["exec"] is builtins.exec


def _class() -> Any:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Stay:
        days: int

    return Stay


def _texts_of_a_class() -> list[str]:
    """What `dataclasses` has Python compile for it."""
    texts = []

    def execute(text: str, *names: Any) -> None:
        texts.append(text)
        exec(text, *names)  # noqa: S102

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(dataclasses), "exec", execute)
        _class()
    return texts

"""What the service is measured beside: functions as they are usually written."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measured import Subject
from local import TOOLS, WORK
from tests.support.artifact import BUILT, Program
from tests.support.sample_events import Event

EMPTY = "(a) empty handler"
PUT_ITEM = "(b) boto3, PutItem, bytecode"
PUT_ITEM_PLAIN = "(c) boto3, PutItem, as SAM builds it"
USUAL = "(d) usual stack, as SAM builds it"
USUAL_COMPILED = "(d) usual stack, bytecode"
SAME_PACKAGES = "(e) the packages of a submission"

_PACKAGES = (
    *("annotated_types", "aws_lambda_powertools", "aws_xray_sdk", "boto3", "botocore"),
    *("dateutil", "fastjsonschema", "jmespath", "pydantic", "pydantic_core", "s3transfer"),
    *("six.py", "typing_extensions.py", "typing_inspection", "urllib3", "wrapt"),
)
_VARIABLES = {"POWERTOOLS_SERVICE_NAME": "reference"}


def layers() -> tuple[Path, Path]:
    """The packages as they are published, with valid bytecode and without any.

    A layer that SAM builds from a list of requirements is like the second: its archive has no
    bytecode, and Lambda's folders take none.
    """
    [installed] = (TOOLS / "bench/lib").glob("python3.*/site-packages")
    compiled, plain = WORK / "bench/compiled", WORK / "bench/plain"
    stamp = WORK / "bench/made-from"
    made_from = (TOOLS / "bench/.installed", installed)
    wanted = f"{installed.resolve()} {max(p.stat().st_mtime for p in made_from if p.exists())}"
    if not stamp.exists() or stamp.read_text() != wanted:
        for folder in (compiled, plain):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for name in _PACKAGES:
                source = installed / name
                if source.is_dir():
                    shutil.copytree(
                        source, folder / name, ignore=shutil.ignore_patterns("__pycache__")
                    )
                else:
                    shutil.copy(source, folder)
        subprocess.run(  # noqa: S603  this interpreter, on our own copies
            [
                *(sys.executable, "-m", "compileall", "-q"),
                *("--invalidation-mode", "unchecked-hash", str(compiled)),
            ],
            check=True,
        )
        stamp.write_text(wanted)
    return compiled, plain


def references(endpoint: str, event: Callable[[], Event]) -> dict[str, Subject]:
    """All references by their names, each given the same events as the service."""
    compiled, plain = layers()
    described = {
        EMPTY: ("empty", ()),
        PUT_ITEM: ("put_item", (compiled,)),
        PUT_ITEM_PLAIN: ("put_item", (plain,)),
        USUAL: ("usual_stack", (plain,)),
        USUAL_COMPILED: ("usual_stack", (compiled,)),
        SAME_PACKAGES: ("same_packages", (BUILT / "DependenciesLayer/python",)),
    }
    variables = _VARIABLES | {"AWS_ENDPOINT_URL": endpoint}
    return {
        name: Subject(name, _program(module, packages), variables, event, _judge)
        for name, (module, packages) in described.items()
    }


def _program(module: str, packages: tuple[Path, ...]) -> Program:
    folder = Path(__file__).parent
    return Program(f"reference-{module}", folder, f"{module}.handler", packages, 1024, 30)


def _judge(answer: Any) -> None:
    assert answer["statusCode"] in {200, 201}, answer

"""The result of `sam build`: complete, for the right processors, compiled, and quick to load."""

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.regions import EndpointResolver

from local import ROOT, TOOLS
from tests.integration.service import Service
from tests.support import artifact, template
from tests.support.artifact import (
    BUILT,
    LAYER_FOLDERS,
    LAYERS,
    MACHINE,
    STANDARD_LIBRARY,
)
from tests.support.sample_events import answered, sample

DEPENDENCIES, SUPORT = BUILT / "DependenciesLayer/python", BUILT / "SuportLayer/python/suport"
FUNCTIONS = sorted(template.FUNCTIONS)

LOADED = """
import json, sys
texts = []

def heard(event, arguments):
    if event == "compile" and isinstance(arguments[0], str):
        texts.append(arguments[0])

sys.addaudithook(heard)
import app
files = {name: getattr(each, "__file__", None) for name, each in sys.modules.items()}
print(json.dumps({"files": files, "compiled": texts}))
"""
FILES = """
import app, importlib, json, sys
for name in {names}:
    importlib.import_module(name)
files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
print(json.dumps([file for file in files if file]))
"""
LOGS = {"aws_lambda_powertools", "botocore", "jmespath", "typing_extensions"}
CALLS = LOGS | {"dateutil", "six", "urllib3"}
BODIES = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
PAGES = {"govuk_frontend_jinja", "jinja2", "markupsafe"}
BUDGETS: dict[str, tuple[int, set[str]]] = {
    "AnswerComanda": (60, CALLS),
    "AnswerLinked": (60, CALLS),
    "AttachFile": (100, CALLS | PAGES),
    "AuditRetention": (65, CALLS),
    "CheckAttachment": (60, CALLS),
    "CorrectContact": (115, CALLS | BODIES | PAGES),
    "CountFigures": (60, CALLS),
    "EraseExpired": (65, CALLS),
    "EraseIncident": (105, CALLS | PAGES),
    "IndexIncidents": (45, CALLS),
    "LookupContact": (45, LOGS),
    "NotifyCitizen": (80, CALLS),
    "RecordConsent": (85, CALLS),
    "RouteIncident": (65, CALLS),
    "ServeAsset": (10, set()),
    "ShareScreen": (130, CALLS | PAGES),
    "ShowDesk": (186, CALLS | BODIES | PAGES),
    "ShowHelp": (85, LOGS | PAGES),
    "ShowLooks": (75, CALLS),
    "SignInOperator": (75, CALLS | PAGES),
    "SubmitIncident": (90, CALLS | BODIES),
    "TrackIncident": (110, CALLS | PAGES),
    "UpdateIncident": (100, CALLS | PAGES),
    "WatchIncidents": (60, CALLS),
    "WorkIncident": (105, CALLS | BODIES),
}
"""What a start loads: so many modules of ours at most, and these packages, no others.

A call of the function may load more. Powertools imports no more of botocore than its bare name.
"""


@pytest.mark.parametrize("logical_id", FUNCTIONS)
def test_a_function_starts_in_lambdas_runtime(logical_id: str, running: Service) -> None:
    running.function(logical_id)


@pytest.mark.parametrize("logical_id", FUNCTIONS)
def test_a_function_finds_all_that_it_may_import_in_its_folder_and_the_layers(
    logical_id: str,
) -> None:
    names = {
        name
        for file in [BUILT / logical_id / "app.py", *SUPORT.rglob("*.py")]
        for name in _imported(ast.parse(file.read_text()))
    }
    assert {"botocore.session", "email_validator", "phonenumbers", "stdnum.es"} <= names
    # one function alone imports what is in a layer of its own
    names -= {"jwt"} if not artifact.OWN_LAYERS[logical_id] else set()
    files = json.loads(artifact.evaluated(logical_id, FILES.format(names=sorted(names))))
    allowed = (BUILT / logical_id, *artifact.layer_folders(logical_id), STANDARD_LIBRARY)
    foreign = [
        file
        for file in map(Path, files)
        if not any(file.is_relative_to(folder) for folder in allowed)
        or file.is_relative_to(STANDARD_LIBRARY / "site-packages")
    ]
    assert not foreign
    sources = {file for file in map(Path, files) if file.suffix == ".py"}
    of_layers = [file for file in sources if file.is_relative_to(BUILT) and file.name != "app.py"]
    assert [file for file in of_layers if not _compiled(file)] == []


def test_the_layer_knows_every_service_that_the_code_asks() -> None:
    """A build leaves out what botocore knows of all others."""
    source = (SUPORT / "runtime/aws.py").read_text()
    services = set(re.findall(r'service: Literal\["(\w+)"\]', source))
    assert {"dynamodb", "lambda"} <= services
    make = (
        "from botocore.session import get_session; "
        f"[get_session().create_client(each, region_name='eu-west-1') for each in {services}]"
    )
    artifact.evaluated("ShowDesk", make)


def test_every_template_was_compiled_by_the_build() -> None:
    compiled = {path.name for path in (SUPORT / "web/compiled").iterdir()}
    folder = SUPORT / "web/templates"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]
    assert {name.replace("/", "~") for name in names} <= compiled


@pytest.mark.parametrize("folder", LAYER_FOLDERS, ids=LAYERS)
def test_no_file_of_a_layer_names_the_folder_in_which_it_was_built(folder: Path) -> None:
    """Otherwise each checkout would deploy another layer, and each deployment replace it."""
    place = str(BUILT).encode()
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert [str(path) for path in files if place in path.read_bytes()] == []


def test_the_same_sources_make_the_same_layer_at_another_time_in_another_folder(
    tmp_path: Path,
) -> None:
    source, built = tmp_path / "suport", tmp_path / "built"
    shutil.copytree(ROOT / "layers/suport", source, ignore=shutil.ignore_patterns("node_modules"))
    commands = [str(TOOLS / each) for each in ("deploy/bin", "uv/bin", "web/node_modules/.bin")]
    subprocess.run(  # noqa: S603  our own makefile
        ["/usr/bin/env", "make", "--silent", "-C", source, "build-SuportLayer"],
        env=os.environ | {"PATH": ":".join([*commands, os.defpath]), "ARTIFACTS_DIR": str(built)},
        check=True,
    )
    assert _contents(built) == _contents(BUILT / "SuportLayer")


def test_a_package_that_is_in_no_layer_is_missing() -> None:
    with pytest.raises(AssertionError, match="No module named 'yaml'"):
        artifact.evaluated("ShowHelp", "import yaml")


@pytest.mark.parametrize("logical_id", FUNCTIONS)
def test_a_start_loads_no_more_than_its_budget(logical_id: str) -> None:
    files = _loaded(logical_id)["files"]
    loaded = [name for name, file in files.items() if file and "Layer/python" in file]
    modules, packages = BUDGETS[logical_id]
    ours = [name for name in loaded if name.partition(".")[0] == "suport"]
    assert 0 < len(ours) <= modules
    assert {name.partition(".")[0] for name in loaded} == packages | {"suport"}


@pytest.mark.parametrize("logical_id", FUNCTIONS)
def test_a_start_compiles_no_data_class(logical_id: str) -> None:
    start = _loaded(logical_id)
    assert [text for text in start["compiled"] if "__create_fn__" in text] == []
    assert ("dataclasses" in start["files"]) is (logical_id != "ServeAsset")


@pytest.mark.parametrize("folder", LAYER_FOLDERS, ids=LAYERS)
def test_the_bytecode_of_a_layer_is_taken_unchecked(folder: Path) -> None:
    compiled = {file.parent.parent / f"{_module(file)}.py" for file in folder.rglob("*.pyc")}
    assert compiled
    wrong = [str(source.relative_to(folder)) for source in compiled if not _compiled(source)]
    assert not wrong


def test_the_trimmed_list_of_endpoints_says_the_same_of_each_service_that_is_called() -> None:
    described = DEPENDENCIES / "botocore/data"
    kept = json.loads((described / "endpoints.json").read_text())
    whole = json.loads((Path(botocore.__file__).parent / "data/endpoints.json").read_text())
    assert len(json.dumps(kept)) < len(json.dumps(whole)) / 10
    names = {name for partition in kept["partitions"] for name in partition["services"]}
    assert {"dynamodb", "sqs", "s3", "email", "secretsmanager", "lambda", "monitoring"} == names
    ours, theirs = EndpointResolver(kept), EndpointResolver(whole)
    for name in names:
        regions = theirs.get_available_endpoints(name, allow_non_regional=True)
        assert "eu-west-1" in regions
        for region in regions:
            assert ours.construct_endpoint(name, region) == theirs.construct_endpoint(name, region)


def test_the_layer_has_the_compiled_catalogues_without_their_sources() -> None:
    catalogues = {path.parts[-3] for path in SUPORT.glob("texts/locales/*/LC_MESSAGES/suport.mo")}
    assert catalogues == {"ca", "es", "de"}
    assert not list(SUPORT.rglob("*.po"))


def test_the_layer_has_the_known_errors_as_json_without_their_source() -> None:
    folder = SUPORT / "domain/known_errors"
    assert {each["id"] for each in json.loads((folder / "known_errors.json").read_text())["error"]}
    assert not list(folder.glob("*.toml"))


def test_the_layer_has_the_command_lines_replies_as_files_of_its_own() -> None:
    desk, texts = ROOT / "desk/src/desk", SUPORT / "texts"
    assert _contents(texts / "replies") == _contents(desk / "replies")
    assert not [path for path in SUPORT.rglob("*") if path.is_symlink()]


def test_the_pages_speak_each_language(running: Service) -> None:
    event = sample("show_help.help_page")
    pages = {
        answered(running.answer("show_help.help_page", event | {"path": f"/{language}/help"}))
        for language in ("ca", "es", "en", "de")
    }
    assert len(pages) == 4


def test_native_code_is_for_the_processors_that_the_build_is_for() -> None:
    libraries = [path for path in DEPENDENCIES.rglob("*.so*") if path.is_file()]
    assert any("pydantic_core" in str(library) for library in libraries)
    for library in libraries:
        header = library.read_bytes()[:20]
        assert header[:4] == b"\x7fELF", library
        assert int.from_bytes(header[18:20], "little") == MACHINE, library


def _loaded(logical_id: str) -> dict[str, Any]:
    """The files that a start loads, by the names of modules, and the texts that it compiles."""
    loaded: dict[str, Any] = json.loads(artifact.evaluated(logical_id, LOADED))
    return loaded


def _contents(folder: Path) -> dict[str, str]:
    """A digest of every file, by its path in the folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _module(bytecode: Path) -> str:
    """The name of the module's source, without its ending."""
    return bytecode.name.partition(".")[0]


def _compiled(source: Path) -> bool:
    """Whether the module's bytecode is for this Python and source, and is never checked again."""
    cached = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
    if not cached.is_file():
        return False
    header = cached.read_bytes()[:16]
    hashed = importlib.util.source_hash(source.read_bytes())
    return header == importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + hashed


def _imported(tree: ast.AST) -> Iterator[str]:
    """The modules that the code imports anywhere, except those only for types."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module)):
                yield module
            case _:
                yield from _imported(node)


def test_these_tests_run_on_the_python_of_the_functions() -> None:
    runtime = template.TEMPLATE["Globals"]["Function"]["Runtime"]
    assert runtime == f"python{sys.version_info.major}.{sys.version_info.minor}"

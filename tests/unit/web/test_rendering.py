"""Templates: what they get, and that the build compiles them."""

import inspect
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType
from typing import Any

import pytest
from jinja2 import meta, nodes

from suport.domain.language import Language
from suport.web import desk, pages, rendering
from suport.web.desk import pages as desk_pages
from suport.web.pages.files import UploadedPage
from suport.web.rendering import GLOBALS, Document, compile_templates, environment
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, EXPORTS, PAGES


def kinds(kind: type[Document] = Document) -> Iterator[type[Document]]:
    """Every kind of document that has a template."""
    if "template" in vars(kind):
        yield kind
    for special in kind.__subclasses__():
        yield from kinds(special)


for package in (pages, desk, desk_pages):
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
KINDS = {kind.__name__: kind for kind in kinds()}
TEMPLATES = Path(rendering.__file__).parent / "templates"
NAMES = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
SENDS_REQUESTS = re.compile(
    r'\b(files|share_screen|watch_screen)\.js\b|\bdata-(suggest|poll)\b|\bdraft="'
)
"""Scripts of single pages that send requests, and the marks for which the common scripts do."""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> type[Document]:
    return KINDS[request.param]


def parsed(template: str) -> nodes.Template:
    return environment(ENGLISH).parse((TEMPLATES / template).read_text())


def used(template: str) -> set[str]:
    """The names that the template, with the one that it extends, takes from its document."""
    tree = parsed(template)
    taken = meta.find_undeclared_variables(tree)
    for imported in tree.find_all(nodes.FromImport):
        taken -= {*imported.names}
    for parent in tree.find_all(nodes.Extends):
        assert isinstance(parent.template, nodes.Const)
        taken |= used(parent.template.value)
    return taken


def given(kind: type[Document]) -> set[str]:
    """The names that a document of that kind gives to its template: fields and properties."""
    derived = inspect.getmembers(kind, lambda each: isinstance(each, property | FunctionType))
    names = {each.name for each in fields(kind)} | {name for name, _ in derived}
    return {name for name in names if not name.startswith("_")} - {"render"}


def test_every_template_belongs_to_a_document_or_to_another_template() -> None:
    shared = {"layout.html", "macros.html", "incident_page.html"}
    shared |= {"desk/layout.html", "desk/macros.html", "desk/rows.html"}
    assert {kind.template for kind in KINDS.values()} | shared == NAMES


def test_a_template_uses_nothing_that_its_document_does_not_have(kind: type[Document]) -> None:
    assert used(kind.template) - given(kind) == set()


def test_a_document_has_nothing_that_its_template_does_not_use(kind: type[Document]) -> None:
    reached: set[str] = set()
    ahead = used(kind.template) | {"__post_init__"}
    while ahead:
        reached |= ahead
        derived = [inspect.getattr_static(kind, name, None) for name in ahead]
        methods = [each.fget if isinstance(each, property) else each for each in derived]
        ahead = {
            name
            for method in methods
            if isinstance(method, FunctionType)
            for name in method.__code__.co_names
        } - reached
    assert given(kind) - reached == set()


def test_every_field_of_a_document_has_an_explanation(kind: type[Document]) -> None:
    docstrings = " ".join(each.__doc__ or "" for each in kind.__mro__[:-1])
    explained = re.findall(r"\w+(?=:\s)", docstrings)
    assert {each.name for each in fields(kind)} - set(explained) == set()


def test_a_document_may_connect_and_capture_if_its_template_has_a_script_that_does(
    kind: type[Document],
) -> None:
    source = (TEMPLATES / kind.template).read_text()
    assert kind.connects is bool(SENDS_REQUESTS.search(source))
    assert kind.captures is ("share_screen.js" in source)


def test_a_macro_uses_nothing_of_a_document() -> None:
    assert meta.find_undeclared_variables(parsed("macros.html")) == set()


def test_templates_use_everything_that_all_of_them_may_use() -> None:
    names = {name.name for template in NAMES for name in parsed(template).find_all(nodes.Name)}
    assert GLOBALS.keys() | {"language"} <= names


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the build fills, in another place."""
    folder = tmp_path_factory.mktemp("built") / "compiled"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_COMPILED", folder)
        environment.cache_clear()
        compile_templates()
    return folder


@pytest.fixture
def compiled(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the build makes, from which templates are read again."""
    folder = shutil.copytree(built, tmp_path / "compiled")
    monkeypatch.setattr(rendering, "_COMPILED", folder)
    environment.cache_clear()
    return folder


@pytest.fixture(autouse=True, scope="module")
def as_it_was() -> Iterator[None]:
    """Restores the templates: other tests must not find one that these tests changed."""
    yield
    environment.cache_clear()


def test_the_build_compiles_every_template_that_a_page_needs(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_to_compile(*_: Any, **__: Any) -> Any:
        raise AssertionError("a page compiles a template")

    monkeypatch.setattr("jinja2.Environment.compile", refuse_to_compile)
    for page in [*PAGES.values(), *EXPORTS.values()]:
        assert "</html>" in page.render(ENGLISH)
    assert {path.name for path in compiled.iterdir()} >= {"layout.html", "help.html"}


def test_pages_are_the_same_with_and_without_compiled_templates(
    compiled: Path, reader: Language
) -> None:
    ahead = {name: page.render(reader) for name, page in PAGES.items()}
    shutil.rmtree(compiled)
    environment.cache_clear()
    assert {name: page.render(reader) for name, page in PAGES.items()} == ahead


def test_a_template_that_has_changed_since_is_compiled_again(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(rendering.__file__).parent
    shutil.copytree(package / "templates", tmp_path / "templates")
    changed = tmp_path / "templates/uploaded.html"
    changed.write_text(changed.read_text().replace("<h1", "<h1 id='changed'"))
    monkeypatch.setattr(rendering, "__file__", str(tmp_path / "rendering.py"))
    environment.cache_clear()
    before = (compiled / "uploaded.html").read_bytes()
    page = Page(UploadedPage(key="").render(ENGLISH))
    assert {"id": "changed", "class": "govuk-heading-xl"} in page.of("h1")
    assert (compiled / "uploaded.html").read_bytes() != before


def test_pages_appear_even_if_the_folder_cannot_be_written(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(compiled)
    compiled.mkdir()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "</html>" in UploadedPage(key="").render(ENGLISH)
    assert list(compiled.iterdir()) == []

"""Renders, on the server, what citizens see.

Components come from GOV.UK Frontend. The template engine escapes every word that a person typed.
Links are relative: a page works under any address.
"""

import os
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

import govuk_frontend_jinja
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jinja2.bccache import Bucket
from markupsafe import Markup

from suport.domain import phone_line
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid, utc_text
from suport.http.problem import Problem
from suport.runtime import settings
from suport.texts import labels, published_guides, published_notices
from suport.texts.elision import elided
from suport.texts.local_dates import date_text, moment_text, size_text, time_text, weekday_text
from suport.texts.message import Message, translations
from suport.texts.missed_mail import next_steps
from suport.web import assets, site_map
from suport.web.kept_parts import KeptParts
from suport.web.named_procedure import named_procedure
from suport.web.phone_links import dialled

_OF_A_DICTIONARY = frozenset(dir(dict))
_COMPILED = Path(__file__).parent / "compiled"
ROOT = "../"
"""The way from a page's usual address to where the languages begin."""
OF_A_LINK = {
    *("category", "topic", "procedure.code", "procedure.name", "error.code", "context.browser"),
    "idempotency_key",
}
"""The fields that are filled in before anybody has typed: by a link, by what a browser says."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A page or file for citizens. Its template gets all of its public attributes.

    connects: whether its script sends requests to the service. captures: whether its script
    captures the reader's screen. Browsers refuse both to any other document (`answer_with`).
    """

    template: ClassVar[str]
    connects: ClassVar[bool] = False
    captures: ClassVar[bool] = False

    def render(self, language: Language) -> str:
        """The HTML for a reader of that language."""
        given = {name: getattr(self, name) for name in dir(self) if not name.startswith("_")}
        return environment(language).get_template(self.template).render(given)


@dataclass(frozen=True, kw_only=True)
class Page(Document):
    """A document within the site: languages and navigation above, legal pages below.

    name: its name in the address. listed_as: what search engines say of it, in one sentence; None
    if none may list it. root: the way from its address to where the languages begin, if it is not
    at its usual address.
    """

    name: ClassVar[str]
    listed_as: ClassVar[Message | None] = None
    root: str | None = None

    @property
    def description(self) -> Message | None:
        """What search engines say of it; None if it shows what one person typed or has."""
        return self.listed_as

    @property
    def public_addresses(self) -> dict[str, str]:
        """Its absolute address in each language, and under `x-default` for readers of others.

        It is empty where nobody has told the service its domain.
        """
        public = settings.public_url()
        if not (public and self.description):
            return {}
        each = {str(language): f"{public}/{language}/{self.here}" for language in Language}
        return each | {"x-default": each[Language.CATALAN]}

    @property
    def here(self) -> str:
        """The page's address with its query, relative to its language."""
        return self.name

    @property
    def top(self) -> str:
        """The way to where the languages begin."""
        return ROOT if self.root is None else self.root

    def up(self, language: Language) -> str:
        """The way to the pages of that language, the page's own."""
        return "" if self.root is None else f"{self.root}{language}/"


@dataclass(frozen=True, kw_only=True)
class Correctable(Document):
    """A document with a form in which something may have to be corrected.

    trouble: why the service could not handle the form, in the words of the document.
    """

    trouble: Problem | None = None

    def __post_init__(self) -> None:
        if self.trouble:
            object.__setattr__(self, "trouble", self.trouble.in_words_of(self.names))

    @property
    def names(self) -> Mapping[str, Message]:
        """The labels of the fields that it asks for in other words than `FIELD_NAMES` has."""
        return {}

    @property
    def errors(self) -> dict[str, Message]:
        """What is wrong, by the name of the field."""
        return self.trouble.by_field if self.trouble else {}


@dataclass(frozen=True, kw_only=True)
class FilledIn(Correctable):
    """A document with a form, which may have been filled in already.

    fields: what was typed and chosen, by the name of the field.
    """

    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FormFields(FilledIn):
    """The same, if its form sends along what its template does not show.

    own: the names of the fields in its template.
    """

    own: ClassVar[Collection[str]] = ()

    @property
    def others(self) -> list[tuple[str, str]]:
        """What was sent besides the document's own fields; the form sends it again unseen.

        Fields with errors are left out, because nobody could correct them.
        """
        shown = {*self.own, *self.errors}
        return [each for each in self.fields.items() if each[0] not in shown]


@dataclass(frozen=True, kw_only=True)
class FormPage(FormFields, Page):
    """A page of the site with a form."""

    @property
    def description(self) -> Message | None:
        """What search engines say of it, until somebody has typed something."""
        typed = any(value for name, value in self.fields.items() if name not in OF_A_LINK)
        return None if typed or self.trouble else self.listed_as


GLOBALS: dict[str, Any] = {
    "assets": assets,  # what pages load
    "labels": labels,  # what the values of the domain are called
    "next_steps": next_steps,  # what to do where a mail did not come
    "phone_line": phone_line,  # whom to call
    "site_map": site_map,  # the pages, and what was just done
    "catalan_names": (  # names that are Catalan in every language
        "Govern de les Illes Balears",
        "Direcció General d'Estratègia Digital i Simplificació Administrativa",
        "Seu Electrònica",
        "Carpeta Ciutadana",
    ),
}
"""What every template may use besides the fields of its document and the reader's `language`."""


def compile_templates() -> None:
    """Stores every template compiled beside its source: the build does it once for all starts."""
    _COMPILED.mkdir()
    english = environment(Language.ENGLISH)
    for name in english.list_templates(filter_func=lambda name: "template.html" not in name):
        english.get_template(name)


class _Compiled(BytecodeCache):
    """Templates as the build compiled them; one that has changed since is compiled again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if (path := _COMPILED / bucket.key).exists():
            with path.open("rb") as content:
                bucket.load_bytecode(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if os.access(_COMPILED, os.W_OK):  # during the build, not where the service runs
            assert bucket.code  # it was compiled just now
            bucket.code = _placeless(bucket.code, bucket.key)
            with (_COMPILED / bucket.key).open("wb") as content:
                bucket.write_bytecode(content)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002
        """The name alone: the service does not run in the build's folder."""
        return name.replace("/", "~")


def _placeless(code: CodeType, name: str) -> CodeType:
    """The code without the build's folder in it: the same sources make the same layer anywhere."""
    parts = (
        _placeless(each, name) if isinstance(each, CodeType) else each for each in code.co_consts
    )
    return code.replace(co_filename=name, co_consts=tuple(parts))


class _Engine(Environment):
    """Jinja's environment, with the same answers for less work in what pages ask it most often."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that all templates may use; no template has further ones of its own."""
        assert not d
        return self.globals

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What `obj.attribute` is in a template.

        Components get dictionaries, and most names are keys of theirs, or nothing. Jinja looks for
        an attribute first, and takes an exception to find that there is none.
        """
        if type(obj) is dict and attribute not in _OF_A_DICTIONARY:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


@cache
def environment(language: Language) -> Environment:
    """The template engine for readers of that language, with what all templates may use."""
    folder = Path(__file__).parent
    components = Path(govuk_frontend_jinja.__file__).parent / "templates"
    made = _Engine(
        loader=ChoiceLoader(
            [
                FileSystemLoader(folder / "templates"),
                PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(components)}),
            ]
        ),
        autoescape=True,
        auto_reload=False,
        bytecode_cache=_Compiled(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "named": lambda procedure: named_procedure(procedure or {}, language),
        "notice": lambda subject, version=None: published_notices.of_version(
            subject, language, version or published_notices.CURRENT_VERSIONS[subject]
        ),
        "dialled": dialled,
        "guide": lambda guide: published_guides.text_of(guide, language),
        "said": lambda message: message.in_(language),
        "utc": utc_text,
        "moment": lambda text: moment_text(datetime.fromisoformat(text), language),
        "day": lambda text: date_text(date.fromisoformat(text), language),
        "day_of": lambda moment: date_text(to_madrid(moment).date(), language),
        "weekday": lambda moment: weekday_text(moment, language),
        "time": lambda moment: time_text(moment, language),
        "size": lambda count: size_text(count, language),
    }
    kept = KeptParts()
    made.globals |= GLOBALS | {
        "language": language,
        "_": partial(_translated, language),
        "once": kept.once,
        "filled_in": kept.filled_in,
    }
    return made


def _translated(language: Language, text: str, /, **values: Any) -> Markup:
    """A text of a template in the reader's language; what it is filled in with is escaped."""
    if not values:
        return _unfilled(language, text)
    translated = translations(language).gettext(text)
    return Markup(elided(translated, values, language)) % values  # noqa: S704  the catalogue's own


@cache  # as many as the templates have
def _unfilled(language: Language, text: str) -> Markup:
    return Markup(translations(language).gettext(text)) % {}  # noqa: S704  as above

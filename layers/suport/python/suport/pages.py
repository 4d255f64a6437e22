"""The pages of the service, rendered on the server; none needs JavaScript.

Whatever a person typed is escaped by the template engine, always.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from suport import notice
from suport.incident import (
    LONGEST_DESCRIPTION,
    SHORTEST_DESCRIPTION,
    Category,
    Language,
    Status,
)
from suport.legal_time import to_madrid
from suport.notice import Notice, Subject
from suport.phone_line import INTERNATIONAL_NUMBER, NUMBERS
from suport.problem import Problem
from suport.texts import N_, translations

HTML = "text/html; charset=utf-8"

CATEGORIES = {
    Category.FUNCTIONAL: (
        N_("Functional doubts"),
        N_("How the procedure works: filling in fields, attaching documents and the like."),
    ),
    Category.PAYMENT: (
        N_("Payment problems"),
        N_("Only if an error came up while paying."),
    ),
    Category.SIGNATURE: (
        N_("Signing or certificate problems"),
        N_("Signing, or proving who you are with a certificate."),
    ),
}
"""How each category is called, and when to choose it, as the assistance page states it."""

STATUSES = {
    Status.RECEIVED: N_("Received"),
    Status.QUEUED: N_("Waiting for the support team"),
    Status.CLAIMED: N_("An operator is working on it"),
    Status.WAITING: N_("Waiting for your answer"),
    Status.RESOLVED: N_("Resolved"),
}

# What may happen to an incident, as its history tells it; keys are kind and what was done.
EVENTS = {
    ("action", "queued"): N_("Put into the support team's queue"),
    ("message", "citizen"): N_("You wrote"),
    ("message", "operator"): N_("The operator wrote"),
    ("consent", "grant"): N_("You agreed to remote support"),
    ("consent", "withdraw"): N_("You withdrew your agreement to remote support"),
}


def help_page(language: Language) -> str:
    """What kind of problem is it? The three kinds and the phone line."""
    return _render("help.html", language, categories=CATEGORIES)


def incident_form(
    language: Language, fields: Mapping[str, str], key: str, trouble: Problem | None = None
) -> str:
    """The form with these values by field name; with `trouble`, what is wrong and where."""
    return _render(
        "incident_form.html",
        language,
        fields=fields,
        key=key,
        categories=CATEGORIES,
        shortest=SHORTEST_DESCRIPTION,
        longest=LONGEST_DESCRIPTION,
        notice_version=notice.current(Subject.PRIVACY, language).version,
        **_errors(language, trouble),
    )


def tracking_form(
    language: Language, fields: Mapping[str, str] | None = None, trouble: Problem | None = None
) -> str:
    """The question which incident to open."""
    return _render(
        "tracking_form.html", language, fields=fields or {}, **_errors(language, trouble)
    )


def incident(language: Language, view: Mapping[str, Any], access_code: str | None) -> str:
    """The citizen's view of the incident; with the access code right after submission."""
    return _render(
        "incident.html",
        language,
        view=view,
        access_code=access_code,
        categories=CATEGORIES,
        statuses=STATUSES,
        events=EVENTS,
    )


def notice_page(shown: Notice) -> str:
    """A notice as it stands, paragraph by paragraph."""
    return _render("notice.html", shown.language, notice=shown)


def problem(trouble: Problem, language: Language) -> str:
    """A page for what could not be done."""
    return _render("problem.html", language, **_errors(language, trouble))


def _errors(language: Language, trouble: Problem | None) -> dict[str, Any]:
    if trouble is None:
        return {"trouble": None, "errors": {}}
    body = trouble.body(language)
    return {
        "trouble": body,
        "errors": {error["field"]: error["message"] for error in body["errors"]},
    }


def _render(template: str, language: Language, **values: Any) -> str:
    values |= {"language": language, "numbers": NUMBERS, "international": INTERNATIONAL_NUMBER}
    return _environment(language).get_template(template).render(values)


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = translations(language)
    internationalization: Any = environment  # the extension adds to it
    internationalization.install_gettext_callables(
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    environment.filters["said"] = lambda message: message.in_(language)
    environment.filters["in_madrid"] = _in_madrid
    return environment


def _in_madrid(moment: str) -> str:
    """A moment of the API as the clocks of Madrid show it."""
    return f"{to_madrid(datetime.fromisoformat(moment)):%d/%m/%Y %H:%M}"

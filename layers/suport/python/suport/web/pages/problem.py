"""What the service shows if it could not do something: a page about it, or the form again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suport.domain.consent import ConsentAction, Scope
from suport.domain.language import Language
from suport.http.problem import Problem
from suport.texts.labels import SCORES
from suport.texts.message import N_, Message
from suport.web.incident_steps import incident_again
from suport.web.pages.remote_support import BUTTONS
from suport.web.pages.tracking import LostCodePage, TrackingForm
from suport.web.questions import ERROR_SEEN, RATING
from suport.web.rendering import ROOT, Page
from suport.web.site_map import FORMS, GUIDES, LEGAL_PAGES, PAGES

# The labels of what citizens type and choose in the forms about an incident.
_WORDS = {
    "body": N_("Your message"),
    "comment": RATING["comment"],
    "error": ERROR_SEEN,
}
CODE_NOTED = N_("I have written down the access code: hide it")
_CHOICES: dict[str, tuple[Message, Mapping[Any, Message]]] = {
    "score": (RATING["score"], SCORES),
}


@dataclass(frozen=True, kw_only=True)
class ProblemPage(Page):
    """What could not be done, with a link to go on.

    It may appear under any address. trouble: what went wrong. asked: the name in the requested
    address. too_long: whether the citizen typed more than a page can hold.
    """

    name: ClassVar[str] = "help"
    template: ClassVar[str] = "problem.html"
    root: str = ROOT
    trouble: Problem
    asked: str = ""
    too_long: bool = False

    @property
    def back(self) -> tuple[str, Message]:
        """Where the link leads, and what it says."""
        titles = PAGES | LEGAL_PAGES | {"guides": GUIDES, "export": N_("Continue")}
        page = FORMS[self.asked].page if self.asked in FORMS else self.asked
        page = "track" if page in {"files", "file"} else page  # the way to them
        page = page if page in titles else "help"
        return page, titles[page] if self.asked else N_("Continue")


@dataclass(frozen=True, kw_only=True)
class FormAgain(Page):
    """A form that the service could not handle, ready to send again; needs no register.

    form: one of `FORMS`. fields: what the citizen sent. trouble: what went wrong.
    """

    template: ClassVar[str] = "form_again.html"
    form: str
    fields: Mapping[str, str]
    trouble: Problem

    @property
    def here(self) -> str:
        """The page that the form is on."""
        return FORMS[self.form].page

    @property
    def words(self) -> dict[str, Message]:
        """The labels of the texts in it, by field."""
        return {name: label for name, label in _WORDS.items() if name in self.fields}

    @property
    def choices(self) -> dict[str, tuple[Message, Mapping[Any, Message]]]:
        """The question and the answers of each choice in it, by field."""
        return {name: each for name, each in _CHOICES.items() if self.fields.get(name) in each[1]}

    @property
    def others(self) -> list[tuple[str, str]]:
        """All other fields; the form sends them again unseen."""
        shown = {*self.words, *self.choices}
        return [each for each in self.fields.items() if each[0] not in shown]

    @property
    def button(self) -> Message:
        """The text of the button that sends it."""
        scope = self.fields.get("scope", "")
        if self.form == "remote-support" and scope in Scope:
            return BUTTONS[Scope(scope), self.fields.get("action") == ConsentAction.WITHDRAW]
        if "noted" in self.fields:
            return CODE_NOTED
        if "confirmation" in self.fields:
            return N_("Confirm")
        return FORMS[self.form].button


def form_again(
    form: str,
    fields: Mapping[str, str],
    trouble: Problem,
    language: Language,
    root: str | None = None,
) -> Page:
    """The page with a form that the service could not handle. form: one of `FORMS`."""
    if form == "incident":
        return incident_again(fields, trouble, language, root)
    if form == "track":
        return TrackingForm(fields=fields, trouble=trouble, root=root)
    if form == "lost-code":
        return LostCodePage(fields=fields, trouble=trouble, root=root)
    told = trouble.in_words_of({**_WORDS, **RATING})
    return FormAgain(form=form, fields=fields, trouble=told, root=root)

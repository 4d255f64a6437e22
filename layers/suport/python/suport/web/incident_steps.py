"""The steps of the form before it is sent; the value of the pressed button names the step.

Each step answers with a page that has everything typed so far, and records nothing. A step that
does not exist shows the questions.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus

from suport.domain.language import Language
from suport.http.bodies.reading import FIT_KEY, read_fields
from suport.http.bodies.submission import SubmissionBody
from suport.http.form_encoding import flat
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.texts.message import N_
from suport.web.named_procedure import named_procedure
from suport.web.pages.incident_form import CheckPage, IncidentForm, KindPage
from suport.web.questions import asked_in, kind_of, restored
from suport.web.rendering import FormPage
from suport.web.shown_problems import shown_problems
from suport.web.user_agent import described


class Step(StrEnum):
    """What a button of the form asks for."""

    KIND = "kind"  # to choose another kind of problem
    QUESTIONS = "questions"  # those of the chosen kind
    SEARCH = "search"  # for the procedure
    CHECK = "check"  # all answers before they are sent


def page_after(
    step: str, typed: Mapping[str, str], language: Language, user_agent: str | None
) -> tuple[FormPage, HTTPStatus]:
    """The page that this step leads to, and its status. typed: the fields as they were sent.

    Raises
    ------
    Problem
        422 if the answers are to be checked and some are wrong.
    """
    fields = with_procedure(restored(typed), language)
    fields.setdefault("context.browser", described(user_agent))
    key = fields.pop("idempotency_key", "")
    key = key if FIT_KEY.fullmatch(key) else secrets.token_urlsafe()
    kind = kind_of(fields)
    if step == Step.KIND:
        return KindPage(fields=fields, key=key), HTTPStatus.OK
    if kind is None:
        trouble = _no_kind() if step in {Step.QUESTIONS, Step.CHECK} else None
        page = KindPage(fields=fields, key=key, trouble=trouble)
        return page, trouble.status if trouble else HTTPStatus.OK
    if step == Step.CHECK:
        body = read_fields(SubmissionBody, asked_in(kind, fields), language)
        return CheckPage(fields=fields, key=key, recorded=flat(body.content())), HTTPStatus.OK
    form = IncidentForm(fields=fields, key=key)
    words = fields.get("procedure.name", "").strip()
    if step == Step.SEARCH and words:
        from suport.web.procedure_search import procedure_search  # noqa: PLC0415  few search

        found = procedure_search().find(words, language)
        form = replace(form, found=found.items, instead=found.instead, partly=found.partly)
    return form, HTTPStatus.OK


def incident_again(
    typed: Mapping[str, str], trouble: Problem, language: Language, root: str | None
) -> FormPage:
    """The form that the service could not handle, with all that was typed.

    A correct form that the service failed to record comes as the answers to check: the citizen
    sends it again with one button, and nothing in it differs from what was sent.
    """
    fields = restored(typed)
    key, kind = fields.get("idempotency_key", ""), kind_of(fields)
    form = IncidentForm(fields=fields, key=key, trouble=trouble, root=root)
    is_sent = trouble.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not typed.get("step")
    if not (is_sent and kind):
        return form
    answers = {name: text for name, text in fields.items() if name != "idempotency_key"}
    try:
        body = read_fields(SubmissionBody, asked_in(kind, answers), language)
    except Problem:
        return form
    recorded = flat(body.content())
    return CheckPage(fields=fields, key=key, recorded=recorded, trouble=trouble, root=root)


def with_problems(page: FormPage) -> FormPage:
    """The page with the known problems that may stop the citizen, where it is to ask questions.

    The answers to check are shown without: the citizen has read of them, and means to send.
    """
    if not isinstance(page, KindPage | IncidentForm):
        return page
    return replace(page, problems=shown_problems(page.fields))


def _no_kind() -> Problem:
    return about_requests.invalid(
        [FieldError("category", N_("Choose what kind of problem you have."))]
    )


def with_procedure(fields: dict[str, str], language: Language) -> dict[str, str]:
    """The fields with name and code of the same procedure, if the catalogue has it.

    The citizen may have typed another name over that of the procedure that was chosen before.
    """
    name, code = fields.get("procedure.name"), fields.get("procedure.code", "")
    if name is None and code:
        return fields | {"procedure.name": named_procedure({"code": code}, language).name}
    if not (name or code):
        return fields
    from suport.domain.procedures import catalogue  # noqa: PLC0415  only where one is named

    name = (name or "").strip()
    chosen = catalogue().find(code)
    if code and (chosen is None or name in chosen.names.values()):
        return fields
    named = catalogue().named(name)
    return fields | {"procedure.code": named.code if named else ""}

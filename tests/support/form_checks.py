"""What every form owes to those who hear it read aloud, a field at a time.

A hint and a mistake belong to a control or to its group: reading aloud says them with it. A mistake
says which field it is about, in the words of the field's own label or question: the summary's
links, and lists of them, are read alone.
"""

import re
from collections.abc import Mapping

from suport.domain.language import Language
from suport.texts.field_names import FIELD_NAMES
from tests.support.html import Element, Page, as_read

_TOLD = {"govuk-hint", "govuk-error-message"}
_DESCRIBED = {"input", "textarea", "select", "button", "fieldset"}

_EMAIL = {"ca": "adreça|correu", "es": "dirección|correo", "en": "address|e-?mail", "de": "Mail"}
_PHONE = {"ca": "telèfon|fax", "es": "teléfono|fax", "en": "phone|fax", "de": "Telefon|Fax"}
_KIND = {"ca": "tipus", "es": "tipo", "en": "kind", "de": "welche|Art"}
_ERROR = {"ca": "error", "es": "error", "en": "error", "de": "Fehler"}
_INCIDENT = {"ca": "incidènci", "es": "incidencia", "en": "incident", "de": "Meldung"}
_CODE = {
    "ca": "codi|caràcters",
    "es": "código|caracteres",
    "en": "code|characters",
    "de": "Code|Zeichen",
}
_REFERENCE = {"ca": "referència", "es": "referencia", "en": "reference", "de": "Referenz"}
_MESSAGE = {
    "ca": "missatge|text|resposta|\\[\\[",
    "es": "mensaje|texto|respuesta|\\[\\[",
    "en": "message|answer|text|\\[\\[",
    "de": "Nachricht|Antwort|Text|\\[\\[",
}
_TEAM = {"ca": "equip|qui", "es": "equipo|quién", "en": "team|who", "de": "Team|wen|wem|wer"}
_DAY = {"ca": "dia", "es": "día", "en": "day", "de": "Tag"}
_WHY = {"ca": "per què|motiu", "es": "por qué|motivo", "en": "why|reason", "de": "Grund|warum|wes"}
_PROBLEM = {"ca": "problema", "es": "problema", "en": "problem", "de": "Problem|Störung|passiert"}
_STATE = {"ca": "estat", "es": "estado", "en": "state|status", "de": "Status|Zuständ|Stand"}

_BUTTON = {"ca": "botó", "es": "botón", "en": "button", "de": "Knopf|Schaltfläche"}
_LIST = {"ca": "llista", "es": "lista", "en": "list", "de": "Liste"}

WORDS: Mapping[str, Mapping[str, str]] = {
    "category": _KIND,
    "topic": _KIND,
    "kind": _KIND,
    "description": _PROBLEM,
    "problem": _PROBLEM,
    "error": _ERROR,
    "error.code": _ERROR,
    "error.message": _ERROR,
    "contact": {each: f"{_EMAIL[each]}|{_PHONE[each]}" for each in _EMAIL},
    "contact.email": _EMAIL,
    "contact.phone": _PHONE,
    "contact.nif": dict.fromkeys(_EMAIL, "NIF"),
    "reached_at": {each: f"{_EMAIL[each]}|{_PHONE[each]}" for each in _EMAIL},
    "person": {each: f"{_EMAIL[each]}|{_PHONE[each]}|NIF" for each in _EMAIL},
    "reference": _REFERENCE,
    "related": _INCIDENT,
    "incidents": _INCIDENT,
    "move": _INCIDENT,
    "act": _INCIDENT,
    "access_code": _CODE,
    "code": _CODE,
    "confirmation": _CODE,
    "body": _MESSAGE,
    "score": {"ca": "valoració", "es": "valoración", "en": "rating", "de": "Bewertung"},
    "note": {each: f"{_WHY[each]}|{_MESSAGE[each]}" for each in _WHY},
    "reason": _WHY,
    "why": _WHY,
    "step": _BUTTON,
    "only": _LIST,
    "to": _TEAM,
    "team": _TEAM,
    "until": _DAY,
    "state": _STATE,
    "helped": {"ca": "guia", "es": "guía", "en": "guide", "de": "Anleitung"},
}
"""Words by which a message says itself which field it is about, by field and language."""


def untied(page: Page) -> list[str]:
    """The hints and mistakes in forms that no control and no group of controls points to."""
    tied = {
        each
        for element in page.all
        if element.tag in _DESCRIBED
        for each in element.attributes.get("aria-describedby", "").split()
    }
    return [
        element.text
        for form in page.all
        if form.tag == "form"
        for element in form.walk()
        if _TOLD & set(element.attributes.get("class", "").split())
        and element.attributes.get("role") != "status"
        and element.attributes.get("id") not in tied
    ]


def unnamed(page: Page) -> list[tuple[str, str]]:
    """The fields and their mistakes that do not say which field they are about."""
    language = Language(page.language or "")
    return [
        (field, message)
        for field, message in _mistakes(page)
        if not _names(page, field, message, language)
    ]


def _mistakes(page: Page) -> list[tuple[str, str]]:
    found = []
    for element in page.all:
        classes = element.attributes.get("class", "").split()
        if "govuk-error-message" in classes:
            field = element.attributes["id"].removesuffix("-error")
            found.append((field, _without_hidden(element)))
        if "govuk-error-summary__list" in classes:
            found += [
                (each.attributes["href"].removeprefix("#"), each.text)
                for each in element.walk()
                if each.tag == "a"
            ]
    return found


def _without_hidden(element: Element) -> str:
    """The text of a mistake, without the word that only says that it is one."""
    hidden = next((each.text for each in element.content if isinstance(each, Element)), "")
    return element.text.removeprefix(hidden).strip(": ")


def _names(page: Page, field: str, message: str, language: Language) -> bool:
    if field.startswith("of-"):  # one incident of several, which goes by its reference
        return field.removeprefix("of-") in message
    name = as_read(FIELD_NAMES[field].in_(language) if field in FIELD_NAMES else field)
    labels = _labels(page, field)
    if any(each.casefold() in message.casefold() for each in labels or [name]):
        return True
    if message.startswith(name) and not any(name in each for each in labels):
        return False
    return bool(re.search(WORDS.get(field, {}).get(language, "(?!)"), message, re.IGNORECASE))


def _labels(page: Page, field: str) -> list[str]:
    """The label of the field, or the question of its choice, without a remark in brackets."""
    found = []
    for element in page.all:
        if element.tag == "label" and element.attributes.get("for") == field:
            found.append(element)
        elif element.tag == "fieldset":
            inside = list(element.walk())
            if any(_is_choice(each, field) for each in inside):
                found += [each for each in inside if each.tag == "legend"][:1]
    return [re.sub(r" \([^)]*\)$", "", each.text) for each in found]


def _is_choice(element: Element, field: str) -> bool:
    attributes = element.attributes
    return attributes.get("type") == "radio" and attributes.get("name") == field

"""Every form of the pages, filled in, and the check that the service returns its text."""

import json
from typing import Any

from suport.domain.attachment import File, FileId, MediaType, State
from suport.domain.category import Category
from suport.domain.language import Language
from suport.domain.remote_acts import SessionName
from suport.register.deployed import remote_support
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from tests.support.web import FILLED_IN, OTHER_KEY, Answer, Web

FILE = FileId("0123456789ABCDEFGHJKMNPQRS")
LAMBDAS_LIMIT = 6 * 1024 * 1024  # bytes of an answer
WORDS = 'Encara falla: «l·l», <b> & "així"\r\ni una línia més'


FORMS: dict[str, dict[str, str]] = {
    "help": {"error": WORDS, "category": "payment", "procedure.name": "Ajudes"},
    "incident": FILLED_IN | {"description": WORDS, "contact.phone": "971225791"},
    "track": {"body": WORDS, "idempotency_key": OTHER_KEY},
    "reply": {"body": WORDS, "idempotency_key": OTHER_KEY},
    "close": {},
    "reopen": {},
    "rate": {"score": "4", "comment": WORDS},
    "access-code": {},
    "contact-data": {"contact.availability": "Els matins"},
    "erase": {},
    "lost-code": {"reached_at": "anna@example.org"},
    "remove-file": {"id": FILE},
    "remote-support": {
        "scope": "view",
        "action": "grant",
        "notice_sha256": published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).sha256,
    },
    "join": {},
    "leave": {},
}
"""The fields that a citizen fills in and those that a form carries, except the incident's."""


ASKING = sorted(FORMS.keys() - {"help", "leave"})
"""The forms that the service cannot handle without AWS."""


KEYED = {"incident", "track", "reply"}


def filled_in(web: Web, form: str) -> dict[str, str]:
    """The form as the page of a citizen's incident sends it, with an unknown field."""
    if form == "incident":  # it refuses an unknown field
        return dict(FORMS[form])
    fields = FORMS[form] | {"unknown": "kept"}
    if form == "help":
        return fields
    reference = web.opened()
    if form == "remove-file":
        add_file(web)
    if form in {"reopen", "rate"} and web.incident(reference).resolved_at is None:
        web.resolve(reference)
    if form == "join" and web.incident(reference).resolved_at is None:
        now, named = web.now, SessionName("id", "the digest of its code")
        web.register.claim(reference, "marta", Category.FUNCTIONAL, now)
        remote_support().invite(reference, "marta", Category.FUNCTIONAL, named, now)
    secret = {"access_code": web.code} if form == "track" else {}
    return fields | {"reference": reference} | secret


def add_file(web: Web) -> None:
    """Adds the file that the forms name to the open incident."""
    file = File(FILE, MediaType.PNG, 10, "version", web.now)
    web.register.add_file(web.reference, file, State.UNSCANNED, web.now)


def assert_given_back(answer: Answer, form: str, fields: dict[str, str], **changed: Any) -> None:
    """Asserts that the page holds the form with all its fields, apart from those `changed`."""
    actions = [each.partition("?")[0] for each in answer.page.attributes("action")]
    assert form in actions
    assert answer.page.values.items() >= (fields | changed).items()
    assert len(json.dumps(answer.body)) < LAMBDAS_LIMIT


def again(web: Web, answer: Answer, form: str, **typed: str) -> Answer:
    """Sends the page's form as a browser does, with these fields typed as well."""
    return web.post(form, answer.page.values | typed)

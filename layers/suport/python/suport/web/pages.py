"""The pages of the service, rendered on the server; none needs JavaScript.

Components come from GOV.UK Frontend. Whatever a person typed is escaped by the template engine,
always. Links are relative, so that a page works under any address.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import govuk_frontend_jinja
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jinja2.bccache import Bucket

from suport.domain.incident import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION, Category, Status
from suport.domain.language import Language
from suport.domain.phone_line import INTERNATIONAL_NUMBER, NUMBERS, Availability, Origin
from suport.http.problem import Problem
from suport.texts import notice
from suport.texts.local_dates import date_text, moment_text, size_text, time_text, weekday_text
from suport.texts.message import N_, Message, translations
from suport.texts.notice import CONTROLLER, Notice, Subject
from suport.web import assets

if TYPE_CHECKING:
    from suport.domain.attachment import MediaType
    from suport.domain.known_errors import Sign
    from suport.domain.procedures import Procedure
    from suport.files.file_store import UploadForm

_COMPILED = Path(__file__).parent / "compiled"
_ROOT = "../"  # from a page, where the languages begin

LANGUAGES = {
    Language.CATALAN: "Català",
    Language.SPANISH: "Español",
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
}

# What is called so in every language.
CATALAN_NAMES = (
    "Govern de les Illes Balears",
    "Direcció General d'Estratègia Digital i Simplificació Administrativa",
    "Seu Electrònica",
)

PAGES = {
    "help": N_("Help"),
    "procedures": N_("Procedures"),
    "incident": N_("Report an incident"),
    "track": N_("Your incident"),
    "contact": N_("Phone"),
    "remote-support": N_("Remote support"),
}
LEGAL_PAGES = {
    "privacy": N_("Privacy"),
    "cookies": N_("Cookies"),
    "accessibility": N_("Accessibility statement"),
    "responsible": N_("Who is responsible"),
}
"""The pages that every page links to, by their place in the address."""

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

CHARGED = {"yes": N_("Yes"), "no": N_("No"), "unknown": N_("I do not know")}

CONTACT_LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "phone": N_("Phone number"),
    "nif": N_("NIF or NIE"),
    "availability": N_("When we can reach you"),
}
CONTEXT_LABELS = {
    "step": N_("Step or screen"),
    "browser": N_("Browser and system"),
    "charged": N_("Money taken"),
}

FILE_TYPES = {
    "application/pdf": N_("PDF document"),
    "image/png": N_("PNG picture, such as one of the screen"),
    "image/jpeg": N_("JPEG picture, such as a photograph"),
    "text/plain": N_("Plain text"),
}
FILE_STATES = {
    "quarantined": N_("being scanned for malware"),
    "unscanned": N_("not scanned for malware"),
    "clean": N_("scanned, no malware found"),
    "infected": N_("erased: it contained malware"),
    "unscannable": N_("cannot be scanned, and is not opened"),
    "replaced": N_("erased: it was replaced after it had been sent"),
}

SCORES = {
    "5": N_("5 – very well"),
    "4": N_("4 – well"),
    "3": N_("3 – so-so"),
    "2": N_("2 – badly"),
    "1": N_("1 – very badly"),
}

# What may have happened to an incident, as its history tells it: by kind, by what was done or by
# whom, and by whatever else makes a difference.
EVENTS: dict[tuple[str, ...], Message] = {
    ("action", "phoned"): N_("You called, and an operator wrote it down"),
    ("action", "queued"): N_("Put into the support team's queue"),
    ("action", "claimed"): N_("An operator has taken it on"),
    ("action", "viewed"): N_("An operator has looked at how to reach you"),
    ("action", "released"): N_("Given back to the team"),
    ("action", "transferred"): N_("Passed on to another team"),
    ("action", "asked"): N_("The support team waits for your answer"),
    ("action", "resolved", "citizen"): N_("You closed it"),
    ("action", "resolved", "operator"): N_("The support team resolved it"),
    ("action", "resolved", "service"): N_("Closed, because there was no answer for 14 days"),
    ("action", "reopened"): N_("Reopened"),
    ("action", "undeliverable"): N_("An e-mail to you could not be delivered"),
    ("action", "mail_set_aside"): N_("An e-mail to you could not be sent"),
    ("action", "mail_set_aside", "unknown_outcome"): N_("An e-mail to you may not have been sent"),
    ("action", "mail_set_aside", "too_many"): N_(
        "An e-mail to you was not sent: your address had several within the hour"
    ),
    ("action", "ending"): N_(
        "Reminder: if nobody writes anything more, the incident is erased within 30 days"
    ),
    ("action", "undeliverable", "complained"): N_(
        "Your e-mail provider reported an e-mail of ours as unwanted"
    ),
    ("action", "file_refused", "wrong_type"): N_(
        "A file was not kept: it is not of the kind named"
    ),
    ("action", "file_refused", "wrong_size"): N_("A file was not kept: it is too large or empty"),
    ("action", "file_refused", "too_many"): N_("A file was not kept: there are five already"),
    ("action", "file_refused", "resolved"): N_("A file was not kept: the incident was resolved"),
    ("action", "file_refused", "infected"): N_("A file was not kept: it contained malware"),
    ("action", "file_refused", "replaced"): N_("A file was not kept: it had been replaced"),
    ("action", "file_scanned", "clean"): N_("A file was scanned: no malware found"),
    ("action", "file_scanned", "unscannable"): N_("A file cannot be scanned, and is not opened"),
    ("attachment",): N_("You added a file"),
    ("message", "citizen"): N_("You wrote"),
    ("message", "operator"): N_("The support team wrote"),
    ("consent", "grant", "view"): N_("You agreed that an operator views your screen"),
    ("consent", "grant", "control"): N_("You asked that an operator acts on your computer"),
    ("consent", "withdraw", "view"): N_("Viewing your screen is no longer allowed"),
    ("consent", "withdraw", "control"): N_("Acting on your computer is no longer allowed"),
    ("rating",): N_("You rated the support"),
}

# What was just done, as the page says it that follows; the names stand in its address.
DONE = {
    "replied": N_("Your message has been sent."),
    "closed": N_("The incident is closed."),
    "reopened": N_("The incident is open again, and back in the queue of its team."),
    "rated": N_("Thank you for your rating."),
    "agreed": N_("Your agreement has been recorded."),
    "withdrawn": N_("Your agreement has been withdrawn."),
}

ORIGINS = {
    Origin.BALEARIC_ISLANDS: N_("From the Balearic Islands"),
    Origin.SPAIN: N_("From elsewhere in Spain"),
    Origin.ABROAD: N_("From abroad"),
}

SCOPES = {
    "view": N_("An operator views your screen and gives you instructions"),
    "control": N_("An operator acts on your computer, because you ask for it"),
}
CONSENT_BUTTONS = {
    ("view", False): N_("I agree that an operator views my screen"),
    ("view", True): N_("I no longer agree to be viewed"),
    ("control", False): N_("I ask the operator to act on my computer"),
    ("control", True): N_("The operator shall no longer act on my computer"),
}

# Every form, by its name in the address: what its button says, and the page that it stands on.
FORMS = {
    "help": (N_("Look it up"), "help"),
    "incident": (N_("Send the incident"), "incident"),
    "track": (N_("Show the incident"), "track"),
    "reply": (N_("Send the message"), "track"),
    "close": (N_("Close the incident"), "track"),
    "reopen": (N_("Reopen the incident"), "track"),
    "rate": (N_("Send the rating"), "track"),
    "files": (N_("Go on and choose the file"), "track"),
    "remote-support": (N_("Send again"), "remote-support"),
    "leave": (N_("Leave"), "track"),
}

# What people type and choose in the forms about their incident, and what it is called there.
_WORDS = {
    "body": N_("Your message"),
    "comment": N_("In a sentence: what was good, what should be better? (optional)"),
    "error": N_("Type or paste its code or its text"),
}
_CHOICES = {
    "score": (N_("How did we help you?"), SCORES),
    "type": (N_("What kind of file is it?"), FILE_TYPES),
}
_SUBMITTED = {
    *("category", "description", "error.code", "error.message", "topic"),
    *("procedure.code", "procedure.name", "context.step", "context.browser", "context.charged"),
    *("contact", "contact.email", "contact.phone", "contact.name", "contact.nif"),
    *("contact.availability", "idempotency_key", "privacy_notice", "start"),
}

NOTICE_TITLES = {
    Subject.PRIVACY: LEGAL_PAGES["privacy"],
    Subject.COOKIES: LEGAL_PAGES["cookies"],
    Subject.ACCESSIBILITY: LEGAL_PAGES["accessibility"],
    Subject.RESPONSIBLE: LEGAL_PAGES["responsible"],
}


def help_page(
    language: Language, procedure: Mapping[str, str], category: Category | None, line: Availability
) -> str:
    """What kind of problem is it? And once that is known: what helps soonest.

    procedure: `code` and `name` of the procedure that one comes from, where known.
    """
    asked = {"category": category or "", **_carried(procedure)}
    return _render(
        "help_category.html" if category else "help.html",
        language,
        here=_address("help", asked),
        category=category,
        line=_line(line, language),
        fields={},
        **_about(procedure, language, asked),
    )


def error_found(
    language: Language,
    typed: str,
    signs: Sequence["Sign"],
    procedure: Mapping[str, str],
    category: Category | None,
) -> str:
    """What is known about the error that was typed; the way to the form carries it along."""
    from suport.texts.known_errors import ADVICE  # noqa: PLC0415  asked for by few

    best = signs[0] if signs else None
    code = best.code or "" if best else ""
    chosen = best.category if best else category
    asked = {"category": chosen or "", **_carried(procedure)}
    return _render(
        "error_found.html",
        language,
        here=_address("help", asked),
        category=chosen,
        signs=[(sign, ADVICE[sign.fault]) for sign in signs],
        found={"code": code, "message": "" if typed == code else typed},
        fields={"error": typed},
        **_about(procedure, language, asked),
    )


def procedures(
    language: Language,
    query: str,
    found: Sequence["Procedure"],
    *,
    telematic: bool,
    start: int,
    sample: bool,
) -> str:
    """The procedures found, twenty at a time from `start` on."""
    most = 20
    start = start if start < len(found) else 0
    asked = {"q": query, "telematic": "1" if telematic else ""}
    shown = []
    for each in found[start : start + most]:
        name, spoken = each.name_in(language)
        purpose, purpose_spoken = each.purpose_in(language) or ("", language)
        shown.append(
            {
                "code": each.code,
                "name": name,
                "language": spoken,
                "purpose": purpose,
                "purpose_language": purpose_spoken,
                "telematic": each.telematic,
            }
        )
    further = urlencode(asked | {"start": start + most}) if len(found) > start + most else ""
    return _render(
        "procedures.html",
        language,
        here=_address("procedures", asked | {"start": str(start) if start else ""}),
        query=query,
        telematic=telematic,
        found=shown,
        total=len(found),
        further=further,
        sample=sample,
    )


def incident_form(
    language: Language,
    fields: Mapping[str, str],
    key: str,
    trouble: Problem | None = None,
    root: str | None = None,
) -> str:
    """The form with these values by field name; with `trouble`, what is wrong and where."""
    carried = {
        name: fields[name]
        for name in ("category", "procedure.code", "topic")
        if fields.get(name, "")
    }
    return _render(
        "incident_form.html",
        language,
        here=_address("incident", carried),
        root=root,
        fields=fields,
        others=_others(fields, _SUBMITTED, trouble),
        key=key,
        category_options=_options(language, CATEGORIES),
        charged_options=_options(language, CHARGED),
        shortest=SHORTEST_DESCRIPTION,
        longest=LONGEST_DESCRIPTION,
        procedure_language=_procedure(
            {"code": fields.get("procedure.code", ""), "name": fields.get("procedure.name", "")},
            language,
        )["language"],
        notice_version=notice.current(Subject.PRIVACY, language).version,
        **_errors(language, trouble),
    )


def procedure_named(language: Language, code: str) -> str:
    """The name of the catalogue's procedure of that code, or nothing."""
    return _procedure({"code": code, "name": ""}, language)["name"]


def tracking_form(
    language: Language,
    fields: Mapping[str, str] | None = None,
    trouble: Problem | None = None,
    root: str | None = None,
) -> str:
    """The question which incident to open.

    A message (`body`) or a rating (`score`, `comment`) that could not be sent is kept, for the
    incident whose page it was written on (`kept_for`).
    """
    known = {"reference", "access_code", "body", "idempotency_key", "score", "comment", "kept_for"}
    return _render(
        "tracking_form.html",
        language,
        here="track",
        root=root,
        fields=fields or {},
        others=_others(fields or {}, known, trouble),
        score_options=_options(language, SCORES),
        **_errors(language, trouble),
    )


def form_again(
    language: Language,
    form: str,
    fields: Mapping[str, str],
    trouble: Problem,
    root: str | None = None,
) -> str:
    """A form that could not be handled, with all that was typed in it, to be sent again.

    form: one of `FORMS`. It needs nothing but what was sent.
    """
    if form == "incident":
        return incident_form(language, fields, fields.get("idempotency_key", ""), trouble, root)
    if form == "track":
        return tracking_form(language, fields, trouble, root)
    button, page = FORMS[form]
    if form == "remote-support":
        pressed = (fields.get("scope", ""), fields.get("action") == "withdraw")
        button = CONSENT_BUTTONS.get(pressed, button)
    words = [name for name in _WORDS if name in fields]
    choices = [name for name, (_, values) in _CHOICES.items() if fields.get(name) in values]
    return _render(
        "form_again.html",
        language,
        here=page,
        root=root,
        form=form,
        fields=fields,
        words=[(name, _WORDS[name].in_(language)) for name in words],
        choices=[
            (name, legend.in_(language), _options(language, values))
            for name, (legend, values) in _CHOICES.items()
            if name in choices
        ],
        others=[each for each in fields.items() if each[0] not in {*words, *choices}],
        button=button,
        page_name=PAGES[page],
        **_errors(language, trouble),
    )


def incident(
    language: Language,
    view: Mapping[str, Any],
    *,
    key: str,
    access_code: str | None = None,
    done: str = "",
    before: str = "",
    fields: Mapping[str, str] | None = None,
    trouble: Problem | None = None,
) -> str:
    """The citizen's view of the incident; with the access code right after submission.

    key: the hidden key of the form for a message. done: one of `DONE`. before: the entry before
    which the part of the history begins that is shown, if it is not the latest one.
    """
    return _render(
        "incident.html",
        language,
        here=_address("track", {"before": before}),
        view=view,
        before=before,
        access_code=access_code,
        key=key,
        done=DONE.get(done),
        fields=fields or {},
        others=_others(fields or {}, {"body", "idempotency_key", "reference"}, trouble),
        can_write=view["status"] != Status.RESOLVED or view["can_be_reopened"],
        longest=LONGEST_DESCRIPTION,
        **_errors(language, trouble),
    )


def export(language: Language, view: Mapping[str, Any], exported_at: str, before: str = "") -> str:
    """Everything about the incident as a document of its own, to be kept by the citizen.

    Of a long history it has the same part as the page, and says so. before: as of `incident`.
    """
    return _render(
        "export.html",
        language,
        here="track",
        view=view,
        before=before,
        exported_at=exported_at,
        controller=CONTROLLER,
        context_labels=CONTEXT_LABELS.items(),
    )


def closing(language: Language, view: Mapping[str, Any]) -> str:
    """The question whether the incident is solved."""
    return _render("close.html", language, here="close", view=view)


def rating(
    language: Language,
    view: Mapping[str, Any],
    fields: Mapping[str, str],
    trouble: Problem | None = None,
) -> str:
    """The question how the support was."""
    return _render(
        "rate.html",
        language,
        here="rate",
        view=view,
        fields=fields,
        others=_others(fields, {"score", "comment", "reference"}, trouble),
        score_options=_options(language, SCORES),
        **_errors(language, trouble),
    )


def files(
    language: Language,
    view: Mapping[str, Any],
    fields: Mapping[str, str],
    most_files: int,
    largest_file: int,
    *,
    places: int,
    arrived: bool = False,
    trouble: Problem | None = None,
) -> str:
    """The files of the incident, and the question what kind of file to add.

    places: how many more of them it takes.
    """
    return _render(
        "files.html",
        language,
        here="files",
        view=view,
        fields=fields,
        others=_others(fields, {"type", "reference"}, trouble),
        most_files=most_files,
        places=places,
        largest_file=largest_file,
        arrived=arrived,
        type_options=_options(language, FILE_TYPES),
        **_errors(language, trouble),
    )


def upload(
    language: Language, form: "UploadForm", media_type: "MediaType", largest_file: int
) -> str:
    """The form that brings a file straight into the store."""
    return _render(
        "upload.html",
        language,
        here="files",
        upload=form,
        type=media_type,
        accept=media_type,
        largest_file=largest_file,
    )


def uploaded(language: Language) -> str:
    """Where the store leads back to, when the browser does not bring the session along."""
    return _render("uploaded.html", language, here="files")


def contact(language: Language, line: Availability) -> str:
    """Whom to call, from where, and when."""
    return _render("contact.html", language, here="contact", line=_line(line, language))


def remote_support(
    language: Language,
    view: Mapping[str, Any] | None,
    *,
    done: str = "",
    fields: Mapping[str, str] | None = None,
    trouble: Problem | None = None,
) -> str:
    """What remote support is; for an opened incident also how to agree to it and to withdraw."""
    shown = notice.current(Subject.REMOTE_SUPPORT, language)
    given = view["consents"] if view else ()
    solved = view is not None and view["status"] == Status.RESOLVED
    return _render(
        "remote_support.html",
        language,
        here="remote-support",
        view=view,
        notice=shown,
        notice_blocks=_blocks(shown),
        scopes=[
            (scope, name, scope in given, not solved and (scope == "view" or "view" in given))
            for scope, name in SCOPES.items()
        ],
        buttons=CONSENT_BUTTONS,
        others=_others(
            fields or {}, {"reference", "scope", "action", "notice_sha256", "language"}, trouble
        ),
        done=DONE.get(done),
        **_errors(language, trouble),
    )


def notice_page(subject: Subject, language: Language) -> str:
    """A notice as it stands."""
    shown = notice.current(subject, language)
    return _render(
        "notice.html",
        language,
        here=str(subject),
        title=NOTICE_TITLES[subject].in_(language),
        notice=shown,
        notice_blocks=_blocks(shown),
    )


def problem(
    trouble: Problem,
    language: Language,
    name: str = "",
    root: str = _ROOT,
    *,
    too_long: bool = False,
) -> str:
    """A page for what could not be done, with a link to go on.

    name: the page that was asked for, as its address has it. too_long: what was typed is more than
    a page can hold. It may stand under any address, so its links begin at the `root`.
    """
    titles = PAGES | LEGAL_PAGES
    back = FORMS[name][1] if name in FORMS else name
    back = back if back in titles or back == "export" else "help"
    return _render(
        "problem.html",
        language,
        here="help",
        root=root,
        back=back,
        back_title=titles.get(back) if name else None,
        too_long=too_long,
        **_errors(language, trouble),
    )


def compile_templates() -> None:
    """Keeps every template compiled beside its source, so that no start has to; for the build."""
    _COMPILED.mkdir()
    environment = _environment(Language.ENGLISH)
    for name in environment.list_templates(filter_func=lambda name: "template.html" not in name):
        environment.get_template(name)


def _errors(language: Language, trouble: Problem | None) -> dict[str, Any]:
    if trouble is None:
        return {"trouble": None, "errors": {}}
    body = trouble.body(language)
    return {
        "trouble": body,
        "errors": {error["field"]: error["message"] for error in body["errors"]},
    }


def _others(
    fields: Mapping[str, str], known: Collection[str], trouble: Problem | None
) -> list[tuple[str, str]]:
    """What was sent beside the form's own fields, to be sent again unseen.

    What is wrong with such a field could never be corrected, so that is left out.
    """
    wrong = {error.field for error in trouble.errors} if trouble else set()
    return [each for each in fields.items() if each[0] not in {*known, *wrong}]


def _options(language: Language, texts: Mapping[Any, Any]) -> list[tuple[str, str, str]]:
    """Choices for radio buttons: value, text and, where there is some, guidance."""
    options = []
    for value, said in texts.items():
        name, guidance = said if isinstance(said, tuple) else (said, None)
        options.append((str(value), name.in_(language), guidance.in_(language) if guidance else ""))
    return options


def _address(page: str, asked: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{page}?{query}" if query else page


def _carried(procedure: Mapping[str, str]) -> dict[str, str]:
    return {f"procedure.{name}": value for name, value in procedure.items() if value}


def _about(
    procedure: Mapping[str, str], language: Language, asked: Mapping[str, str]
) -> dict[str, Any]:
    query = urlencode(_carried(procedure))
    return {
        "procedure": _procedure(procedure, language),
        "carried": f"&{query}" if query else "",
        "without_procedure": _address("help", {"category": asked["category"]}),
    }


def _procedure(procedure: Mapping[str, str], language: Language) -> dict[str, str]:
    """Code and name of a procedure, and the language of the name where it is another one."""
    code, name = procedure.get("code", ""), procedure.get("name", "")
    if code:
        from suport.domain.procedures import catalogue  # noqa: PLC0415  read only where one is named

        if known := catalogue().find(code):
            official, spoken = known.name_in(language)
            if name in {"", *known.names.values()}:
                other = "" if spoken == language else str(spoken)
                return {"code": code, "name": official, "language": other}
    return {"code": code, "name": name, "language": ""}


def _line(line: Availability, language: Language) -> dict[str, Any]:
    return {
        "open": line.open,
        "closes": line.closes_at and time_text(line.closes_at, language),
        "opens": line.opens_at and time_text(line.opens_at, language),
        "opens_day": line.opens_at and weekday_text(line.opens_at, language),
        "numbers": [
            (ORIGINS[origin], number, number if number == "012" else INTERNATIONAL_NUMBER)
            for origin, number in NUMBERS.items()
        ],
    }


def _blocks(shown: Notice) -> list[tuple[str, Any]]:
    """A notice's headings, paragraphs and lists, each with its links."""
    blocks: list[tuple[str, Any]] = []
    for paragraph in shown.text.strip().split("\n\n"):
        if paragraph.startswith("## "):
            blocks.append(("heading", paragraph[3:]))
        elif paragraph.startswith("- "):
            items = [notice.linked(line.removeprefix("- ")) for line in paragraph.splitlines()]
            blocks.append(("list", items))
        else:
            blocks.append(("paragraph", notice.linked(paragraph)))
    return blocks


def _happened(entry: Mapping[str, Any]) -> Message | None:
    """What an entry of the citizen's view tells, if it tells anything."""
    kind, action, by = entry["kind"], entry.get("action", ""), entry.get("by", "")
    more = entry.get("scope") or entry.get("state") or entry.get("reason") or ""
    for said in ((kind, action, more), (kind, action, by), (kind, action), (kind, by), (kind,)):
        if said in EVENTS:
            return EVENTS[said]
    return None


def _render(
    template: str, language: Language, *, here: str, root: str | None = None, **values: Any
) -> str:
    """The page. Its links are those of its usual address, unless it is told the way to the root."""
    way = {"up": "", "root": _ROOT} if root is None else {"up": f"{root}{language}/", "root": root}
    return _environment(language).get_template(template).render(here=here, **way, **values)


class _Compiled(BytecodeCache):
    """Templates as the build compiled them; one that was changed since is compiled anew."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if (path := _COMPILED / bucket.key).exists():
            with path.open("rb") as content:
                bucket.load_bytecode(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if os.access(_COMPILED, os.W_OK):  # while it is built, and not where it runs
            with (_COMPILED / bucket.key).open("wb") as content:
                bucket.write_bytecode(content)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002
        """The name alone: the build's folder is not the one where it runs."""
        return name.replace("/", "~")


@cache
def _environment(language: Language) -> Environment:
    folder = Path(__file__).parent
    components = Path(govuk_frontend_jinja.__file__).parent / "templates"
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(folder / "templates"),
                PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(components)}),
            ]
        ),
        autoescape=True,
        auto_reload=False,
        bytecode_cache=_Compiled(),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = translations(language)
    internationalization: Any = environment  # the extension adds to it
    internationalization.install_gettext_callables(
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    environment.filters |= {
        "said": lambda message: message.in_(language),
        "moment": lambda text: moment_text(datetime.fromisoformat(text), language),
        "day": lambda text: date_text(date.fromisoformat(text), language),
        "size": lambda count: size_text(count, language),
    }
    environment.globals |= {
        "language": language,
        "languages": [(str(each), name) for each, name in LANGUAGES.items()],
        "pages": list(PAGES.items()),
        "legal_pages": list(LEGAL_PAGES.items()),
        "assets": assets.names(),
        "catalan_names": CATALAN_NAMES,
        "procedure_of": lambda procedure: _procedure(procedure, language),
        "numbers": NUMBERS,
        "international": INTERNATIONAL_NUMBER,
        "categories": CATEGORIES,
        "statuses": STATUSES,
        "contact_labels": list(CONTACT_LABELS.items()),
        "file_types": FILE_TYPES,
        "file_states": FILE_STATES,
        "happened": _happened,
        "charged": CHARGED,
        "scores": SCORES,
    }
    return environment

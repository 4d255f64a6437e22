"""The functions behind the pages, with moto behind them: a citizen's whole way through the web."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest

from suport.domain.attachment import (
    LARGEST_FILE,
    MOST_FILES,
    File,
    FileId,
    MediaType,
    Refusal,
    State,
)
from suport.domain.category import Category
from suport.domain.history import MOST_AT_ONCE, Kind, LookPurpose
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.files import arrivals
from suport.files.file_store import new_file_id
from suport.http.security_headers import page_headers
from suport.runtime import aws
from suport.texts import published_notices
from suport.texts.labels import ADVICE, REFUSALS
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.pages.files import CANNOT_CHECK
from suport.web.session import Session
from tests.support.html import Page, as_read
from tests.support.web import (
    BEHIND,
    FILLED_IN,
    HOST,
    KEY,
    NOW,
    OTHER_KEY,
    Answer,
    Web,
    in_the_register,
)

OPERATOR = ("marta", Category.FUNCTIONAL)

# ----------------------------------------------------------------- show_help


def test_a_link_to_the_form_carries_nothing_personal(web: Web) -> None:
    query = {
        "category": "payment",
        "procedure.code": "AB1",
        "procedure.name": "Ajudes",
        "error.code": "190",
        "topic": "accessibility",
    }
    others = dict.fromkeys(
        (
            *("description", "error.message", "context.step", "context.browser"),
            *("contact.email", "contact.phone", "contact.name", "contact.nif", "idempotency_key"),
        ),
        "brought",
    )
    answer = web.get("incident", **query, **others)
    assert query.items() <= answer.page.values.items()
    assert "brought" not in answer.body


def test_the_form_names_the_browser_of_its_reader(web: Web) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
    for answer in (
        web.ask("GET", "incident", User_Agent=agent),
        web.post("incident", {"step": "questions", "category": "payment"}, User_Agent=agent),
    ):
        assert answer.page.values["context.browser"] == "Firefox 145, Linux"


def test_each_form_has_a_key_of_its_own(web: Web) -> None:
    keys = {web.get("incident").page.values["idempotency_key"] for _ in range(3)}
    assert len(keys) == 3


def test_the_form_names_a_procedure_of_the_catalogue(web: Web) -> None:
    values = web.get("incident", **{"procedure.code": "sample-01"}).page.values
    assert values["procedure.name"] == "Renovació del títol de família nombrosa"


@pytest.mark.parametrize("chosen", ["", "nonsense", "FUNCTIONAL"])
def test_the_page_asks_again_for_a_kind_of_problem_that_does_not_exist(
    web: Web, chosen: str
) -> None:
    page = web.get("help", category=chosen).page
    assert "help?category=signature" in page.attributes("href")


def test_an_error_is_looked_up_without_being_recorded(web: Web) -> None:
    fields = {"error": " SAF_09 ", "procedure.code": "AB1", "procedure.name": "Ajudes"}
    answer = web.post("help", fields)
    kept = answer.page.values
    assert (answer.status, kept["error.code"], kept["category"]) == (200, "SAF_09", "signature")
    assert (kept["procedure.code"], kept["procedure.name"]) == ("AB1", "Ajudes")
    assert in_the_register() == []


@pytest.mark.parametrize(
    ("typed", "chosen", "kind"),
    [
        ("DNIe no detectat", "functional", "signature"),
        ("Error 190", "functional", "payment"),
        ("La sessió ha caducat", "payment", "payment"),  # a session's trouble is of any kind
        ("La sessió ha caducat", "", "functional"),
        ("boom", "payment", "payment"),
    ],
)
def test_an_error_leads_to_its_kind_of_problem(
    web: Web, typed: str, chosen: str, kind: str
) -> None:
    answer = web.post("help", {"error": typed, "category": chosen, "procedure.code": "AB1"})
    kept = answer.page.values
    assert (kept["category"], kept["procedure.code"]) == (kind, "AB1")


@pytest.mark.parametrize("category", ["", "payment"])
def test_a_log_too_long_to_be_looked_up_comes_back_to_be_shortened(web: Web, category: str) -> None:
    fields = {"error": "SAF_09 " + "x" * 3994, "category": category, "procedure.code": "AB1"}
    answer = web.post("help", fields, "en")
    assert answer.status == 422
    told = "Code or text of the error must be 4000 characters or fewer. It has 4001 now."
    assert told in answer.page.text
    assert answer.page.attributes("href").count("#error") == 1
    kept = answer.page.values
    assert kept["error"] == fields["error"]
    assert (kept.get("category", ""), kept["procedure.code"]) == (category, "AB1")


@pytest.mark.parametrize("log", ["x" * 3993, "👩‍👩‍👧‍👦" * 3993, "\x1b[31mx\x1b[0m" * 3993])
def test_a_log_of_4000_characters_is_looked_up_and_reported_as_it_was_seen(
    web: Web, log: str
) -> None:
    found = web.post("help", {"error": f"SAF_09 {log}\u200b"})
    assert (found.status, found.page.values["error.code"]) == (200, "SAF_09")
    reported = {"error.message": found.page.values["error.message"], "error.code": "SAF_09"}
    web.submit(**reported)
    seen = log.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert web.incident(web.reference).error == {"code": "SAF_09", "message": f"SAF_09 {seen}"}


def test_a_looked_up_error_is_reported_exactly_as_it_was_typed(web: Web) -> None:
    found = web.post("help", {"error": "\n \r\n   SAF_08 no, \r\n     SAF_09 sí  \r\n\r\n"})
    kept = found.page.values
    assert kept["error.code"] == "SAF_09"
    web.submit(**{"error.message": kept["error.message"], "error.code": "SAF_09"})
    reported = web.incident(web.reference).error["message"]
    assert kept["error.message"] == reported == "   SAF_08 no, \n     SAF_09 sí"


def test_the_catalogue_can_be_searched_and_leafed_through(web: Web) -> None:
    everything = web.get("procedures").page
    shown = [each for each in everything.attributes("href") if "procedure.code=" in each]
    assert 0 < len(shown) <= 20
    (one,) = [
        each
        for each in web.get("procedures", q="família nombrosa").page.attributes("href")
        if "procedure.code=" in each
    ]
    assert one == "help?procedure.code=sample-01"
    beyond = web.get("procedures", start="999999").page
    assert [each for each in beyond.attributes("href") if "procedure.code=" in each] == shown


@pytest.mark.parametrize("start", ["-1", "x", "1e3", "²", "٣", ""])
def test_a_start_that_is_not_a_number_is_the_beginning(web: Web, start: str) -> None:
    assert web.get("procedures", start=start).body == web.get("procedures").body


@pytest.mark.parametrize("language", list(Language))
def test_an_unknown_address_gets_an_error_in_its_language(web: Web, language: Language) -> None:
    answer = web.get("nonsense", language)
    assert (answer.status, answer.headers["Content-Language"]) == (404, language)
    assert answer.page.of("html")[0]["lang"] == language


@pytest.mark.parametrize("subject", ["privacy", "cookies", "accessibility", "responsible"])
def test_each_notice_is_shown_with_the_hash_of_its_text(web: Web, subject: str) -> None:
    answer = web.get(subject, "de")
    shown = published_notices.current(Subject(subject), Language.GERMAN)
    assert answer.status == 200
    assert {shown.sha256} <= set(answer.page.said_in("code"))


EARLIER = [
    (subject, version)
    for subject, current in published_notices.CURRENT_VERSIONS.items()
    for version in sorted(published_notices.published(subject) - {current})
]


@pytest.mark.parametrize(("subject", "version"), EARLIER)
@pytest.mark.parametrize("language", list(Language))
def test_every_earlier_version_of_a_notice_can_be_read_and_says_that_it_is_one(
    web: Web, subject: Subject, version: str, language: Language
) -> None:
    assert f"{subject}?version={version}" in web.get(subject, language).page.attributes("href")
    answer = web.get(subject, language, version=version)
    shown = published_notices.of_version(subject, language, version)
    links = answer.page.attributes("href")
    assert (answer.status, answer.page.said_in("code")) == (200, [shown.sha256])
    assert str(subject) in links  # the one that applies
    others = {f"../{each}/{subject}?version={version}" for each in Language if each != language}
    assert others <= set(links)


@pytest.mark.parametrize(
    ("stated", "target"),
    [
        ("dpd@example.org", "mailto:dpd@example.org"),
        ("https://example.org/dpd", "https://example.org/dpd"),
    ],
)
def test_whom_to_contact_about_data_changes_without_the_notice(
    web: Web, monkeypatch: pytest.MonkeyPatch, stated: str, target: str
) -> None:
    before = web.get("privacy", "es")
    monkeypatch.setenv("DATA_PROTECTION_OFFICER", stated)
    monkeypatch.setenv("RIGHTS_PROCEDURE_URL", "https://example.org/other")
    monkeypatch.setenv("COMPETENCE_DECREE", "Decret <1>/2027")
    for version in ("", "2026-11-25"):
        page = web.get("privacy", "es", version=version).page
        assert {target, "https://example.org/other"} <= set(page.attributes("href"))
        assert "Decret <1>/2027" in page.text
    assert web.get("privacy", "es").page.said_in("code") == before.page.said_in("code")
    assert "contacts" in before.page.attributes("id")  # the text links to it
    assert "contacts" not in web.get("cookies", "es").page.attributes("id")


def test_a_notice_asked_for_by_its_current_version_is_the_current_one(web: Web) -> None:
    current = published_notices.CURRENT_VERSIONS[Subject.PRIVACY]
    for version in (current, ""):
        assert web.get("privacy", version=version).body == web.get("privacy").body


@pytest.mark.parametrize("version", ["2026-11-22", " ", "..", "../cookies/2026-11-23", "\0", "ca"])
def test_a_version_that_never_was_has_no_page(web: Web, version: str) -> None:
    assert web.get("privacy", version=version).status == 404


def test_the_form_shows_the_first_layer_of_the_notice_before_anything_is_sent(web: Web) -> None:
    answer = web.post("incident", FILLED_IN | {"step": "check"}, "de")
    (block,) = published_notices.current(Subject.PRIVACY, Language.GERMAN).first_layer()
    lines = [" ".join("".join(text for text, _ in line).split()) for line in block.lines]
    assert [line for line in lines if line in answer.page.said_in("li")] == lines


def test_the_browser_may_keep_pages_without_personal_data(web: Web) -> None:
    for page in ("help", "procedures", "incident", "privacy", "contact"):
        assert web.get(page).headers["Cache-Control"] == "private, no-cache"
    web.opened()
    for page in ("track", "files", "rate", "close", "remote-support"):
        assert web.get(page).headers["Cache-Control"] == "no-store"


# ------------------------------------------------------------ submit_incident


def test_a_form_begun_from_an_error_records_nothing(web: Web) -> None:
    answer = web.post("incident", FILLED_IN | {"step": "questions", "error.code": "190"})
    assert (answer.status, in_the_register(), answer.cookie) == (200, [], None)
    kept = answer.page.values
    assert (kept["error.code"], kept["description"]) == ("190", FILLED_IN["description"])


def test_a_submission_opens_its_incident(web: Web) -> None:
    answer = web.post("incident", FILLED_IN)
    assert (answer.status, answer.body) == (303, "")
    assert web.incident(web.reference).contact == {"email": "anna@example.org"}


def test_a_form_with_another_privacy_notice_is_shown_again(web: Web) -> None:
    answer = web.post("incident", FILLED_IN | {"privacy_notice": "2020-01-01"})
    kept = answer.page.values
    assert (answer.status, in_the_register(), answer.cookie) == (422, [], None)
    assert kept["description"] == FILLED_IN["description"]
    assert (
        kept["privacy_notice"]
        == published_notices.current(Subject.PRIVACY, Language.CATALAN).version
    )
    assert web.post("incident", kept).status == 303
    assert web.incident(web.reference).privacy_notice == kept["privacy_notice"]


def test_a_form_that_names_no_notice_is_accepted(web: Web) -> None:
    assert web.incident(web.submit()).privacy_notice is None


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x"])
def test_a_form_of_another_type_gets_a_page_with_the_error(web: Web, media_type: str) -> None:
    answer = web.post("incident", FILLED_IN, Content_Type=media_type)
    assert (answer.status, in_the_register()) == (415, [])
    assert answer.page.said_in("h1")


# ------------------------------------------------------------- track_incident


def test_reference_and_code_open_the_incident_in_any_browser(web: Web) -> None:
    reference = web.opened()
    typed = {"reference": reference.lower(), "access_code": web.code.lower()}
    web.cookie = None
    answer = web.post("track", typed, "de")
    assert (answer.status, answer.location) == (303, "track?opened=1")
    assert web.get("track", "de").page.said_in("title")[0].startswith("E")
    assert web.reference == reference


def test_without_a_session_the_page_asks_which_incident_to_open(web: Web) -> None:
    answer = web.get("track")
    assert (answer.status, "access_code" in answer.page.values) == (200, True)


@pytest.mark.parametrize(
    ("done", "said"),
    [("replied", "Your message has been sent."), ("x", None), ("__class__", None), ("", None)],
)
def test_a_confirmation_is_shown_only_for_a_known_name(
    web: Web, done: str, said: str | None
) -> None:
    web.opened()
    page = web.get("track", "en", done=done).page
    assert ("Done" in page.said_in("h2")) is (said is not None)
    assert said is None or said in page.text


def wrong_codes(printed: str) -> list[dict[str, Any]]:
    """The figures about attempts to open an incident, as CloudWatch reads them."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if "WrongAccessCodes" in line]


def test_the_answer_does_not_reveal_whether_the_reference_or_the_code_is_wrong(
    web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = web.opened()
    code = web.code
    web.cookie = None
    typed = [
        {"reference": reference, "access_code": "0000-0000-0000-0000-0000-0000-0000"},
        {"reference": "0000-0000-0000", "access_code": code},
        {"reference": "0000-0000-0000", "access_code": "0000-0000-0000-0000-0000-0000-0000"},
    ]
    bodies = []
    for fields in typed:
        capsys.readouterr()
        answer = web.post("track", fields)
        assert (answer.status, answer.cookie) == (404, None)
        assert answer.page.values.items() >= fields.items()
        bodies.append(re.sub(r' value="[^"]*"', "", answer.body))
        (figure,) = wrong_codes(capsys.readouterr().out)
        assert figure.pop("WrongAccessCodes") == [1.0]
        assert figure.keys() == {"_aws"}  # one series for all functions, for one alarm
    assert bodies == bodies[:1] * len(typed)


@pytest.mark.parametrize("field", ["reference", "access_code"])
def test_a_mistyped_reference_or_code_comes_back_with_the_other_and_is_not_counted(
    web: Web, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    typed = {"reference": web.opened(), "access_code": web.code}
    typed[field] = typed[field][:-1] + "u"
    web.cookie = None
    capsys.readouterr()
    answer = web.post("track", typed)
    assert (answer.status, answer.cookie, answer.headers["Cache-Control"]) == (
        422,
        None,
        "private, no-cache",
    )
    assert answer.page.values.items() >= typed.items()
    assert answer.page.attributes("href").count(f"#{field}") == 1
    assert wrong_codes(capsys.readouterr().out) == []


def test_a_link_in_the_field_of_the_reference_opens_the_incident(web: Web) -> None:
    link = f"https://example.org/ca/track#{web.opened()}.{web.code}"
    web.cookie = None
    answer = web.post("track", {"reference": link, "access_code": ""})
    assert (answer.status, answer.location) == (303, "track?opened=1")
    assert web.get("track").page.text.count(web.reference)


def test_a_right_code_is_not_counted_as_wrong(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    reference = web.opened()
    capsys.readouterr()
    web.post("track", {"reference": reference, "access_code": web.code})
    assert wrong_codes(capsys.readouterr().out) == []


def test_a_message_kept_past_the_end_of_the_session_is_sent_on_opening(web: Web) -> None:
    reference = web.opened()
    typed = {"reference": reference, "access_code": web.code}
    web.cookie = None
    written = {"body": "Encara\r\nfalla", "idempotency_key": OTHER_KEY}
    over = web.post("reply", written)
    assert (over.status, over.page.values["body"]) == (403, written["body"])
    kept = over.page.values | typed
    for _ in range(2):  # sent twice, it is one message
        answer = web.post("track", kept)
        assert (answer.status, answer.location) == (303, landing(web))
    assert web.messages(reference) == ["Encara\nfalla"]


@pytest.mark.parametrize(
    "kept",
    [
        {"body": "x" * 4001, "idempotency_key": OTHER_KEY},
        {"body": "a NUL \0", "idempotency_key": OTHER_KEY},
        {"body": "Encara falla", "idempotency_key": "short"},
        {"body": "Encara falla"},
    ],
    ids=["too long", "control character", "unfit key", "no key"],
)
def test_a_kept_message_that_cannot_be_sent_is_not_lost(web: Web, kept: dict[str, str]) -> None:
    reference = web.opened()
    typed = {"reference": reference, "access_code": web.code}
    web.cookie = None
    answer = web.post("track", kept | typed)
    assert (answer.status, web.messages(reference)) == (422, [])
    assert answer.page.values["body"] == kept["body"]
    assert len(answer.page.values["idempotency_key"]) >= 16


def test_a_kept_message_that_comes_too_late_is_not_lost(web: Web) -> None:
    reference = web.opened()
    typed = {"reference": reference, "access_code": web.code}
    web.post("close")
    web.now += timedelta(days=15)
    answer = web.post("track", typed | {"body": "Encara falla", "idempotency_key": OTHER_KEY})
    assert (answer.status, answer.page.values.get("body")) == (409, "Encara falla")


@pytest.mark.parametrize("form", ["html", "json", ""])
def test_the_citizen_can_download_everything(web: Web, form: str) -> None:
    reference = web.opened()
    answer = web.get("export", "es", format=form)
    kind = "json" if form == "json" else "html"
    name = f'attachment; filename="suport-{reference}.{kind}"'
    assert (answer.status, answer.headers["Content-Disposition"]) == (200, name)
    if kind == "json":
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.body["incident"]["reference"] == reference
        assert answer.body["exported_at"] == "2026-11-23T11:00:00.000Z"
    else:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.page.of("html") == [{"lang": "es"}]


def written(web: Web, count: int) -> list[str]:
    """Writes so many messages over some days; returns them as the page shows them, newest first."""
    web.now = NOW
    for number in range(count):
        at = NOW + timedelta(days=number // 20, minutes=number % 20)
        web.register.add_citizen_message(web.reference, f"Missatge {number}", at)
    web.now = NOW + timedelta(days=count // 20 + 1)
    cookie = session.set_cookie(
        aws.service_secret(), Session(reference=web.reference_at(NOW)), web.now
    )
    web.cookie = cookie.partition(";")[0]
    return [f"Missatge {number}" for number in reversed(range(count))]


def told(page: Page) -> list[str]:
    return [text for text in page.said_in("p") if text.startswith("Missatge ")]


def test_a_long_history_is_shown_fifty_at_a_time_the_newest_first(web: Web) -> None:
    web.opened()
    bodies = written(web, 120)
    shown: list[str] = []
    before: dict[str, str] = {}
    for count in (50, 50, 20):
        answer = web.get("track", **before)
        assert len(told(answer.page)) == count
        assert ("track" in main_links(answer)) is bool(before)
        shown += told(answer.page)
        further = [each for each in main_links(answer) if each.startswith("track?before=")]
        before = {"before": further[0].partition("=")[2]} if further else {}
    assert (shown, before) == (bodies, {})


def main_links(answer: Answer) -> list[str]:
    return Page(
        "<main" + answer.body.partition("<main")[2].partition("</main>")[0] + "</main>"
    ).attributes("href")


def test_a_download_has_the_part_that_the_page_shows(web: Web) -> None:
    web.opened()
    bodies = written(web, 60)
    (earlier,) = [each for each in main_links(web.get("track")) if "before=" in each][:1]
    before = earlier.partition("before=")[2]
    for part, query in ((bodies[:50], {}), (bodies[50:], {"before": before})):
        page = web.get("track", "en", **query)
        downloads = [each for each in main_links(page) if each.startswith("export?")]
        assert len(downloads) == 2
        assert all(each.endswith(f"&before={before}") is bool(query) for each in downloads)
        document = web.get("export", "en", format="html", **query)
        assert told(document.page) == part
        assert ("There are earlier entries." in document.page.text) is not bool(query)
        assert ("There are later entries" in document.page.text) is bool(query)
        content = web.get("export", format="json", **query).body
        history = content["incident"]["history"]
        messages = [each["body"] for each in history if each["kind"] == "message"]
        # the entry of the first download takes the place of a message
        assert messages == (part if query else part[:49])
        assert content["before"] == query.get("before")
        assert (content["incident"]["earlier"] is None) is bool(query)


def test_a_history_that_fits_on_one_page_says_nothing_about_parts(web: Web) -> None:
    web.opened()
    written(web, 40)
    assert "before" not in web.get("track").body
    document = web.get("export", "en", format="html").page.text
    assert "Everything we hold" in document
    assert "Part of what we hold" not in document


def test_the_same_part_is_shown_in_each_language(web: Web) -> None:
    web.opened()
    written(web, 60)
    (earlier,) = [each for each in main_links(web.get("track")) if each.startswith("track?")]
    page = web.get("track", before=earlier.partition("=")[2]).page
    others = {each["href"] for each in page.of("a") if "hreflang" in each}
    assert others == {f"../{each}/{earlier}" for each in Language if each != Language.CATALAN}


@pytest.mark.parametrize("before", ["", "x", "0" * 25, "0" * 27, "incident", "é" * 26, "u" * 26])
def test_for_a_part_that_does_not_exist_the_newest_is_shown(web: Web, before: str) -> None:
    web.opened()
    bodies = written(web, 60)
    assert told(web.get("track", before=before).page) == bodies[:50]
    assert told(web.get("export", before=before).page) == bodies[:50]


def test_the_first_words_are_gone_after_their_own_six_months(web: Web) -> None:
    reference = web.opened()
    web.register.add_citizen_message(reference, "Encara falla", NOW + timedelta(days=100))
    web.now = NOW + timedelta(days=200)
    web.cookie = session.set_cookie(
        aws.service_secret(), Session(reference=reference), web.now
    ).partition(";")[0]
    for page in ("track", "export"):
        answer = web.get(page, "en")
        assert answer.status == 200
        assert FILLED_IN["description"] not in answer.body
        erased = "What you told us when you reported the incident has been erased."
        assert [each for each in answer.page.said_in("p") if each.startswith(erased)]
        assert "None" not in answer.page.text


@pytest.mark.parametrize("form", ["reply", "track"])
def test_the_twenty_first_message_of_a_day_comes_back_in_its_form(web: Web, form: str) -> None:
    reference = web.opened()
    for number in range(20):
        web.register.add_citizen_message(reference, f"Missatge {number}", NOW)
    fields = {"body": "Un més", "idempotency_key": OTHER_KEY, "reference": reference}
    opening = {"access_code": web.code} if form == "track" else {}
    answer = web.post(form, fields | opening, "en")
    assert (answer.status, answer.headers["Retry-After"]) == (409, str(12 * 3600))
    assert "You can send 20 messages a day about one incident" in answer.page.text
    assert "Try again tomorrow, or call 012." in answer.page.within("main").text
    assert ("What you wrote is still here." in answer.page.text) is (form == "reply")
    assert answer.page.values.items() >= fields.items()
    assert len(web.messages(reference)) == 20
    web.now += timedelta(hours=12)
    web.cookie = session.set_cookie(
        aws.service_secret(), Session(reference=reference), web.now
    ).partition(";")[0]
    assert web.post(form, answer.page.values | opening).status == 303
    assert web.messages(reference)[-1] == "Un més"


def test_a_sheet_to_keep_has_the_whole_address_of_the_page(web: Web) -> None:
    without_session = web.get("track", "en", sent=web.submit())
    web.opened()
    told = f"Go to https://{HOST}/suport/en/track on any device."
    assert told in without_session.page.said_in("li")
    assert told in web.get("track", "en").page.said_in("li")


def landing(web: Web) -> str:
    """Where the citizen lands after a message: at the newest message, on the page."""
    entries = [each for each in web.get("track").page.of("li") if "entry-" in each.get("id", "")]
    newest = entries[0]
    assert newest["tabindex"] == "-1"  # the browser moves the focus there
    return f"track?done=replied#{newest['id']}"


def test_a_message_that_is_sent_twice_leads_to_the_same_place(web: Web) -> None:
    web.opened()
    fields = {"body": "Encara falla", "idempotency_key": OTHER_KEY}
    first = web.post("reply", fields).location
    assert first == landing(web)
    web.post("reply", {"body": "Una altra cosa", "idempotency_key": KEY})
    assert web.post("reply", fields).location == first
    assert first.partition("#")[2] in web.get("track", done="replied").page.ids


def test_what_the_team_asks_comes_first_with_the_box_for_the_answer(web: Web) -> None:
    reference = web.opened()
    web.register.claim(reference, *OPERATOR, NOW)
    web.register.reply(reference, *OPERATOR, "Un moment.", NOW)
    web.register.reply(reference, *OPERATOR, "Quin banc és?", NOW, ask=True)
    text = web.get("track", "en").page.text
    until = "Answer by 7 Dec"
    places = [
        text.index(words)
        for words in (until, "Quin banc és?", "Your answer", "Un moment.", FILLED_IN["description"])
    ]
    assert places == sorted(places)


def test_what_was_done_is_folded_apart_from_the_words(web: Web) -> None:
    reference = web.opened()
    web.register.claim(reference, *OPERATOR, NOW)
    web.register.reply(reference, *OPERATOR, "Bon dia", NOW)
    folded = web.get("track", "en").page.within("details")
    assert "open" not in folded.attributes
    assert "An operator has taken it" in folded.text
    assert "Bon dia" not in folded.text
    assert web.get("track", "en").page.text.count("An operator has taken it") == 1


def test_the_log_says_when_which_team_looked_and_for_what(web: Web) -> None:
    reference = web.opened()
    web.register.claim(reference, *OPERATOR, NOW)
    web.register.view(reference, *OPERATOR, NOW, purpose=LookPurpose.CALL)
    web.register.audit_looks(reference, "olga", NOW)
    for page in ("track", "export"):
        text = web.get(page, "en").page.text
        team = "The team for questions about a procedure viewed your incident"
        assert f"{team}, to take it, with your contact details" in text
        assert f"{team}, because of a phone call with you, with your contact details" in text
        assert "The data protection officer checked who has viewed your incident" in text
        assert not [name for name in (OPERATOR[0], "olga") if name in text]


def test_a_part_without_any_words_shows_its_log(web: Web) -> None:
    reference = web.opened()
    web.register.claim(reference, *OPERATOR, NOW)
    for _ in range(MOST_AT_ONCE):
        web.register.view(reference, *OPERATOR, NOW)
    newest = web.get("track", "en")
    (earlier,) = [each for each in main_links(newest) if each.startswith("track?before=")]
    assert "open" in newest.page.within("details").attributes
    first = web.get("track", "en", before=earlier.partition("=")[2]).page
    assert "open" not in first.within("details").attributes
    assert FILLED_IN["description"] in first.said_in("p")


def test_an_incident_is_closed_by_its_citizen_and_resolved_by_an_operator(web: Web) -> None:
    reference = web.opened()
    web.post("close")
    for page in ("track", "export"):
        assert "Closed" in web.get(page, "en").page.text
        assert "Resolved" not in web.get(page, "en").page.text
    assert web.get("track", "en").page.said_in("title")[0].startswith("Closed: ")
    web.post("reopen")
    assert web.incident(reference).resolved_by is None
    web.resolve(reference)
    assert web.get("track", "en").page.said_in("title")[0].startswith("Resolved: ")
    assert "Closed" not in web.get("track", "en").page.text


def test_the_rating_page_of_an_open_incident_has_no_form_to_fail(web: Web) -> None:
    web.opened()
    page = web.get("rate", "en").page
    assert "score" not in page.attributes("name")
    assert page.said_by("not-resolved")


def test_leaving_has_the_browser_forget_the_forms_that_it_kept(web: Web) -> None:
    web.opened()
    assert web.post("leave").headers["Clear-Site-Data"] == '"cache"'


def test_leaving_ends_the_session(web: Web) -> None:
    web.opened()
    answer = web.post("leave")
    assert (answer.status, answer.location) == (303, "help")
    assert answer.cookie is not None
    assert "Max-Age=0" in answer.cookie
    assert answer.cookie.startswith("__Host-suport=;")
    assert "access_code" in web.get("track").page.values


@pytest.mark.parametrize("page", ["export", "files", "close", "rate"])
def test_without_a_session_a_page_leads_to_the_form_that_opens_one(web: Web, page: str) -> None:
    answer = web.get(page)
    assert (answer.status, answer.location) == (303, "track")


# ------------------------------------------------------------ update_incident


def test_a_message_is_added_and_the_session_goes_on(web: Web) -> None:
    reference = web.opened()
    web.now += timedelta(minutes=20)
    key = web.get("track").page.values["idempotency_key"]
    answer = web.post("reply", {"body": " Encara falla ", "idempotency_key": key})
    assert (answer.status, answer.location) == (303, landing(web))
    web.now += timedelta(minutes=20)
    assert "Encara falla" in web.get("track", done="replied").page.said_in("p")
    assert web.messages(reference) == ["Encara falla"]


def test_an_incident_is_closed_and_reopened(web: Web) -> None:
    reference = web.opened()
    assert web.get("close").status == 200
    assert web.post("close").location == "track?done=closed"
    assert web.incident(reference).status == "resolved"
    assert web.post("reopen").location == "track?done=reopened"
    assert web.incident(reference).status == "queued"


def test_an_incident_that_an_operator_resolved_is_rated_and_reopened(web: Web) -> None:
    reference = web.opened()
    web.resolve(reference)
    assert "score" in web.get("rate").page.attributes("name")
    assert web.post("rate", {"score": "4", "comment": "Bé"}).location == "track?done=rated"
    assert web.incident(reference).rating == 4
    assert "Bé" in web.get("track").page.said_in("p")
    assert web.post("reopen").location == "track?done=reopened"
    assert web.incident(reference).status == "queued"


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("reply", {"body": "Encara falla", "idempotency_key": KEY}),
        ("close", {}),
        ("reopen", {}),
        ("rate", {"score": "4"}),
    ],
)
def test_once_the_session_is_over_nothing_is_recorded(
    web: Web, page: str, fields: dict[str, str]
) -> None:
    web.opened()
    before = in_the_register()
    web.now += timedelta(minutes=31)
    answer = web.post(page, fields)
    assert (answer.status, answer.cookie, in_the_register()) == (403, None, before)
    assert answer.page.values.get("body") == fields.get("body")


@pytest.mark.parametrize(
    ("page", "fields"),
    [("reopen", {}), ("reply", {"body": "Encara falla", "idempotency_key": KEY})],
)
def test_a_citizen_who_comes_back_too_late_learns_what_to_do(
    web: Web, page: str, fields: dict[str, str]
) -> None:
    reference = web.opened()
    web.post("close")
    before = in_the_register()
    web.now += timedelta(days=14, seconds=1)
    web.cookie = session.set_cookie(
        aws.service_secret(), Session(reference=reference), web.now
    ).partition(";")[0]
    answer = web.post(page, fields, "en")
    assert (answer.status, in_the_register()) == (409, before)
    assert "You can no longer reopen this incident" in answer.page.text
    assert ("Encara falla" in answer.body) is bool(fields)


@pytest.mark.parametrize("closed", [False, True])
def test_help_that_no_operator_has_resolved_is_not_rated_and_pages_do_not_offer_it(
    web: Web, closed: bool
) -> None:
    web.opened()
    if closed:
        web.post("close")
    assert "rate" not in web.get("track").page.attributes("href")
    assert "score" not in web.get("rate").page.attributes("name")
    before = in_the_register()
    typed = {"score": "4", "comment": "Prou bé", "reference": web.reference}
    answer = web.post("rate", typed)
    assert (answer.status, in_the_register()) == (409, before)
    assert answer.page.values == typed


@pytest.mark.parametrize("score", ["", "0", "6", "x", "4.5", "٣"])
def test_a_rating_is_a_number_from_one_to_five(web: Web, score: str) -> None:
    reference = web.opened()
    web.resolve(reference)
    answer = web.post("rate", {"score": score, "comment": "Prou bé"})
    assert (answer.status, web.incident(reference).rating) == (422, None)
    assert answer.page.values["comment"] == "Prou bé"
    assert "#score" in answer.page.attributes("href")


@pytest.mark.parametrize("body", ["", " \r\n", "x" * 4001, "a NUL \0"])
def test_a_wrong_message_comes_back_as_it_was_typed(web: Web, body: str) -> None:
    reference = web.opened()
    typed = {"body": body, "idempotency_key": OTHER_KEY, "reference": reference}
    answer = web.post("reply", typed)
    assert (answer.status, web.messages(reference)) == (422, [])
    assert answer.page.values == typed
    assert "#body" in answer.page.attributes("href")


@pytest.mark.parametrize("key", ["", "short", "k" * 129, "with spaces in the key"])
def test_a_message_without_a_fit_key_comes_back_with_one(web: Web, key: str) -> None:
    reference = web.opened()
    answer = web.post("reply", {"body": "Encara falla", "idempotency_key": key})
    assert (answer.status, web.messages(reference)) == (422, [])
    again = answer.page.values
    assert again["body"] == "Encara falla"
    assert web.post("reply", again).status == 303
    assert web.messages(reference) == ["Encara falla"]


def test_a_message_sent_twice_is_recorded_once(web: Web) -> None:
    reference = web.opened()
    for _ in range(2):
        web.post("reply", {"body": "Encara falla", "idempotency_key": OTHER_KEY})
    assert web.messages(reference) == ["Encara falla"]


# ---------------------------------------------------------------- attach_file


PDF = b"%PDF-1.7\n" + b"x" * 100


def add_files(web: Web, count: int) -> list[FileId]:
    files = [new_file_id() for _ in range(count)]
    for number, file_id in enumerate(files):
        file = File(file_id, MediaType.PNG, 10, "version", web.now)
        added_at = web.now + timedelta(milliseconds=number)
        web.register.add_file(web.reference, file, State.UNSCANNED, added_at)
    return files


def sent_file(web: Web, content: bytes, file_id: FileId | None = None) -> dict[str, str]:
    """Sends a file into the store with the page's form; returns what the store leads back with."""
    key = web.get("files").page.values["key"] if file_id is None else f"{web.reference}/{file_id}"
    put = boto3.client("s3").put_object(Bucket="attachments", Key=key, Body=content)
    return {"bucket": "attachments", "key": key, "etag": put["ETag"]}


def test_the_page_of_files_may_send_to_the_store_and_nowhere_else(web: Web) -> None:
    web.opened()
    answer = web.get("files")
    (action,) = answer.page.attributes("action")
    scheme, _, rest = action.partition("://")
    store = f"{scheme}://{rest.partition('/')[0]}"
    policy = page_headers(connects=True, store=store)["Content-Security-Policy"]
    assert (answer.status, scheme, _policy(answer)) == (200, "https", policy)


def _policy(answer: Answer) -> str:
    return answer.headers["Content-Security-Policy"]


def test_no_other_page_may_send_elsewhere(web: Web) -> None:
    web.opened()
    add_files(web, MOST_FILES)  # and then not even that page
    answers = [web.get(page) for method, page in BEHIND if method == "GET" and "{" not in page]
    answers += [web.post("remove-file", {"id": "x"}), web.post("help", {"error": "x"})]
    own = [page_headers(connects=each)["Content-Security-Policy"] for each in (False, True)]
    assert {_policy(answer) for answer in answers} == {*own}


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ({}, "https"),
        ({"X_Forwarded_Proto": "https"}, "https"),
        ({"X_Forwarded_Proto": "http"}, "http"),
    ],
)
def test_the_store_leads_back_to_the_page_under_its_own_address(
    web: Web, headers: dict[str, str], scheme: str
) -> None:
    web.opened()
    fields = web.ask("GET", "files", "de", b"", None, **headers).page.values
    assert fields["success_action_redirect"] == f"{scheme}://{HOST}/suport/de/files"
    assert fields["Content-Type"] == "application/octet-stream"
    assert fields["key"].startswith(f"{web.reference}/")


@pytest.mark.parametrize("public", ["https://ajuda.example.org", "https://example.org/ajuda/"])
def test_the_store_leads_back_to_the_public_address_if_there_is_one(
    web: Web, monkeypatch: pytest.MonkeyPatch, public: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", public)
    web.opened()
    fields = web.get("files", "de").page.values
    assert fields["success_action_redirect"] == f"{public.rstrip('/')}/de/files"


def test_the_session_lasts_while_a_file_is_uploaded(web: Web) -> None:
    web.opened()
    web.now += timedelta(minutes=29)
    web.get("files")
    web.now += timedelta(minutes=15)
    assert web.get("files", etag="1").title == "Fitxers"


def test_the_access_code_is_still_to_be_shown_after_a_look_at_the_files(web: Web) -> None:
    web.submit()
    web.get("files")
    assert web.code in web.get("track").body


def test_a_browser_that_comes_back_without_the_session_is_led_to_what_became_of_the_file(
    web: Web,
) -> None:
    web.opened()
    back, cookie = sent_file(web, PDF), web.cookie
    web.cookie = None
    answer = web.get("files", "en", **back)
    assert (answer.status, answer.title) == (200, "We have received your file")
    assert web.incident(web_reference(back)).files == {}  # without the session it asks for nothing
    (refresh,) = [each["content"] for each in answer.page.of("meta") if "http-equiv" in each]
    web.cookie = cookie
    onward = dict(parse_qsl(urlsplit(refresh.partition("url=")[2]).query))
    assert "file 1" in web.get("files", "en", **onward).page.attributes("data-told")[0]
    web.cookie = None
    over = web.get("files", "en", **onward)
    assert (over.status, over.location) == (303, "track")  # and never round in circles


def web_reference(back: dict[str, str]) -> Reference:
    return Reference(back["key"].partition("/")[0])


def test_what_arrived_is_in_the_list_at_once(web: Web) -> None:
    reference = web.opened()
    back = sent_file(web, PDF)
    for _ in range(2):  # people reload
        answer = web.get("files", "en", **back)
        assert answer.page.attributes("data-told") == ["The file has been added. It is file 1."]
        assert "File 1: PDF document, 1 kB" in answer.page.text
    (added,) = web.incident(reference).files.values()
    assert (added.type, added.bytes, added.state) == ("application/pdf", len(PDF), "unscanned")
    kinds = [entry.kind for entry in web.register.entries(reference, web.now)]
    assert kinds == [Kind.ATTACHMENT]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", Refusal.OFFICE),
        (b"GIF89a\x01\x00\x01\x00", Refusal.PICTURE),
        (b"", Refusal.EMPTY),
        (PDF + bytes(LARGEST_FILE), Refusal.TOO_LARGE),
    ],
    ids=["office", "picture", "empty", "too large"],
)
def test_what_is_refused_is_told_at_once_and_erased(
    web: Web, content: bytes, reason: Refusal
) -> None:
    reference = web.opened()
    back = sent_file(web, content)
    for _ in range(2):  # people reload
        answer = web.get("files", "es", **back)
        for told in (REFUSALS[reason], ADVICE[reason]):
            assert as_read(told.in_(Language.SPANISH)) in answer.page.text
    assert web.incident(reference).files == {}
    refusals = [entry.facts["reason"] for entry in web.register.entries(reference, web.now)]
    assert refusals == [reason]
    assert boto3.client("s3").list_objects_v2(Bucket="attachments")["KeyCount"] == 0


def test_a_file_that_cannot_be_checked_now_is_not_called_received(web: Web) -> None:
    reference = web.opened()
    back = sent_file(web, PDF)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(arrivals, "look_at", lambda *_: 1 / 0)
        answer = web.get("files", "en", **back, look="2")
    assert answer.status == 200
    assert answer.page.attributes("data-told") == [CANNOT_CHECK.in_(Language.ENGLISH)]
    assert "look=3" in answer.page.attributes("data-look-again")[0]
    web.load("check_attachment").arrivals.check(reference, file_of(back), web.now)
    assert "file 1" in web.get("files", "en", **back).page.attributes("data-told")[0]


def file_of(back: dict[str, str]) -> FileId:
    return FileId(back["key"].partition("/")[2])


def test_a_file_in_quarantine_is_said_to_be_checked(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALWARE_SCANNING", "on")
    reference = web.opened()
    back = sent_file(web, PDF)
    answer = web.get("files", "en", **back)
    assert answer.page.attributes("data-told") == ["We have received the file and are checking it."]
    version = web.incident(reference).files[file_of(back)].version
    web.register.record_scan(reference, file_of(back), version, State.CLEAN, web.now)
    assert "file 1" in web.get("files", "en", **back).page.attributes("data-told")[0]


def test_nothing_is_told_of_a_file_of_another_incident_or_of_none(web: Web) -> None:
    web.opened()
    other = f"0000-0000-0000/{new_file_id()}"
    for key in (other, "x", "../x", "é"):
        answer = web.get("files", key=key, etag="x")
        assert (answer.status, answer.page.attributes("data-told")) == (200, [""])
    gone = web.get("files", "en", key=f"{web.reference}/{new_file_id()}", etag="x")
    assert "We have not received the file" in gone.page.text


def test_the_page_offers_no_form_for_one_file_too_many(web: Web) -> None:
    web.opened()
    add_files(web, MOST_FILES)
    answer = web.get("files")
    assert answer.page.attributes("action") == []
    assert str(MOST_FILES) in answer.page.text


def test_a_removed_file_frees_its_place_and_keeps_the_numbers_of_the_others(web: Web) -> None:
    reference = web.opened()
    files = add_files(web, MOST_FILES)
    question = web.get("remove-file", "en", id=files[1])
    assert question.title == "Do you want to remove file 2?"
    for _ in range(2):
        answer = web.post("remove-file", question.page.values, "en")
        assert (answer.status, answer.location) == (303, "files?done=removed")
    page = web.get("files", "en", done="removed").page
    assert len(page.attributes("action")) == 1
    assert "The file has been removed." in page.text
    assert "File 2" not in page.text.replace("File 2 of", "")
    assert "File 5" in page.text
    assert "Files you can still add: 1 of 5" in page.text
    actions = [entry.facts for entry in web.register.entries(reference, web.now)]
    assert [each["file"] for each in actions if each.get("action") == "file_removed"] == [files[1]]
    assert "You removed a file" in web.get("track", "en").page.text


def test_a_file_that_is_not_there_can_neither_be_removed_nor_opened(web: Web) -> None:
    web.opened()
    for unknown in ("", "x", new_file_id()):
        asked = web.get("remove-file", id=unknown)
        assert (asked.status, asked.location) == (303, "files")
        assert web.post("remove-file", {"id": unknown}).status == 404
        answer = web.get("file", "en", id=unknown)
        assert (answer.status, "This file cannot be opened" in answer.page.text) == (404, True)


def test_a_citizen_opens_an_own_file_as_what_it_is_and_nobody_records_the_look(web: Web) -> None:
    reference = web.opened()
    back = sent_file(web, PDF)
    web.get("files", **back)
    before = list(web.register.entries(reference, web.now))
    answer = web.get("file", id=file_of(back))
    assert answer.status == 303
    link = urlsplit(answer.location or "")
    asked = dict(parse_qsl(link.query))
    assert link.path.endswith(back["key"])
    assert asked["X-Amz-Expires"] == "60"
    assert asked["response-content-type"] == "application/pdf"
    name = f'attachment; filename="{reference}-1.pdf"'
    assert asked["response-content-disposition"] == name
    assert asked["X-Amz-SignedHeaders"] == "host"  # all that a browser sends
    assert list(web.register.entries(reference, web.now)) == before


def test_a_file_whose_content_was_replaced_is_not_opened(web: Web) -> None:
    web.opened()
    back = sent_file(web, PDF)
    web.get("files", **back)
    sent_file(web, PDF + b"another", file_of(back))
    assert web.get("file", id=file_of(back)).status == 404


@pytest.mark.parametrize("state", [State.QUARANTINED, State.UNSCANNABLE, State.INFECTED])
def test_a_citizen_opens_no_file_that_may_be_harmful(web: Web, state: State) -> None:
    reference = web.opened()
    file = File(new_file_id(), MediaType.PNG, 10, "version", web.now)
    web.register.add_file(reference, file, State.QUARANTINED, web.now)
    web.register.record_scan(reference, file.id, "version", state, web.now)
    answer = web.get("file", id=file.id)
    assert (answer.status, answer.location) == (404, None)
    erased = state is State.INFECTED
    assert web.get("remove-file", id=file.id).status == (303 if erased else 200)
    assert f"file?id={file.id}" not in answer.page.attributes("href")


def test_the_files_of_a_resolved_incident_are_seen_opened_and_removed_but_not_added(
    web: Web,
) -> None:
    web.opened()
    back = sent_file(web, PDF)
    web.get("files", **back)
    web.post("close")
    page = web.get("files").page
    assert page.attributes("action") == []
    assert f"file?id={file_of(back)}" in page.attributes("href")
    assert web.get("file", id=file_of(back)).status == 303
    late = sent_file(web, PDF, new_file_id())
    web.now += timedelta(seconds=1)
    told = web.get("files", "en", **late).page.attributes("data-told")
    (said,) = told
    assert "A file was not kept because the incident was no longer open" in said
    assert web.post("remove-file", {"id": file_of(back)}).status == 303


def test_the_page_after_sending_offers_files_and_that_of_a_resolved_incident_shows_them(
    web: Web,
) -> None:
    page = web.get("track", "en", sent=web.submit()).page
    assert page.attributes("id").count("add-files") == 1
    assert "files" in page.attributes("href")
    add_files(web, 1)
    web.post("close")
    page = web.get("track", "en").page
    assert page.attributes("href").count("files") == 1
    assert "Open or remove files" in page.text


def test_without_a_session_no_file_is_shown_opened_or_removed(web: Web) -> None:
    web.opened()
    (file_id,) = add_files(web, 1)
    web.now += timedelta(minutes=31)
    for page in ("files", "file", "remove-file"):
        answer = web.get(page, id=file_id)
        assert (answer.status, answer.location) == (303, "track")
    answer = web.post("remove-file", {"id": file_id})
    assert (answer.status, answer.page.attributes("action")) == (403, ["track"])


# ------------------------------------------------------------- record_consent


def consent(scope: str, action: str, **changes: str) -> dict[str, str]:
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    return {"scope": scope, "action": action, "notice_sha256": shown.sha256} | changes


def test_each_consent_is_given_and_withdrawn_with_one_button(web: Web) -> None:
    reference = web.opened()
    for scope, action, done, standing in (
        ("view", "grant", "agreed", {"view"}),
        ("control", "grant", "agreed", {"view", "control"}),
        ("control", "withdraw", "withdrawn", {"view"}),
        ("control", "grant", "agreed", {"view", "control"}),
        ("view", "withdraw", "withdrawn", set()),
    ):
        page = web.get("remote-support").body
        forms = [Page(f"<form{each}") for each in _forms(page)]
        (form,) = [
            each.values
            for each in forms
            if (each.values["scope"], each.values["action"]) == (scope, action)
        ]
        answer = web.post("remote-support", form)
        assert (answer.status, answer.location) == (303, f"remote-support?done={done}")
        assert web.incident(reference).consents.keys() == standing


def _forms(page: str) -> list[str]:
    return [part.partition("</form>")[0] + "</form>" for part in page.split("<form")[1:]]


def test_control_before_view_is_refused(web: Web) -> None:
    web.opened()
    before = in_the_register()
    answer = web.post("remote-support", consent("control", "grant"), "en")
    assert (answer.status, in_the_register()) == (422, before)  # the text is another language's
    answer = web.post("remote-support", consent("control", "grant"))
    assert (answer.status, in_the_register()) == (409, before)


def test_nobody_can_consent_for_a_resolved_incident(web: Web) -> None:
    reference = web.opened()
    web.post("close")
    assert web.incident(reference).status == "resolved"
    before = in_the_register()
    answer = web.post("remote-support", consent("view", "grant"))
    assert (answer.status, in_the_register()) == (409, before)
    assert "ja no és oberta" in answer.body


def test_nobody_can_consent_to_a_notice_that_is_no_longer_shown(web: Web) -> None:
    web.opened()
    before = in_the_register()
    old = consent("view", "grant", notice_sha256="0" * 64)
    answer = web.post("remote-support", old)
    assert (answer.status, in_the_register()) == (422, before)
    current = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).sha256
    assert answer.page.values["notice_sha256"] == current


def test_withdrawing_a_consent_never_given_leads_back(web: Web) -> None:
    web.opened()
    before = in_the_register()
    answer = web.post("remote-support", consent("view", "withdraw"))
    assert (answer.status, answer.location, in_the_register()) == (303, "remote-support", before)


@pytest.mark.parametrize("fields", [{}, consent("all", "grant"), consent("view", "take")])
def test_consent_with_an_unknown_scope_or_action_is_refused(
    web: Web, fields: dict[str, str]
) -> None:
    web.opened()
    before = in_the_register()
    assert web.post("remote-support", fields).status == 422
    assert in_the_register() == before


def test_without_a_session_the_page_explains_remote_support_and_takes_no_consent(web: Web) -> None:
    web.opened()
    web.now += timedelta(minutes=31)
    before = in_the_register()
    assert web.get("remote-support").page.attributes("action") == []
    answer = web.post("remote-support", consent("view", "grant"))
    assert (answer.status, in_the_register()) == (403, before)
    assert answer.page.attributes("action") == ["track"]


# ------------------------------------------------------- lookup_contact, all


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "Open now It answers today until 8pm."),
        (NOW + timedelta(hours=9), "Closed now It answers again on Tuesday 24 November at 8am."),
    ],
)
def test_the_phone_page_says_whether_the_line_answers_now(
    web: Web, at: datetime, said: str
) -> None:
    web.now = at
    assert said in web.get("contact", "en").page.text


def test_an_expired_incident_is_not_there(web: Web) -> None:
    reference = web.opened()
    web.now += timedelta(days=200)
    for page in ("track", "export", "files", "close", "rate", "remote-support"):
        web.cookie = session.set_cookie(
            aws.service_secret(), Session(reference=reference), web.now
        ).partition(";")[0]
        answer = web.get(page)
        assert answer.status in {200, 303, 404}
        assert FILLED_IN["description"] not in str(answer.body)
        assert reference not in str(answer.body)


@pytest.mark.parametrize("language", ["fr", "CA", "xx", "en-GB", "%63a"])
@pytest.mark.parametrize("page", sorted({page for _, page in BEHIND if "{" not in page}))
def test_no_page_exists_under_another_language(web: Web, language: str, page: str) -> None:
    method = next(each for each, name in BEHIND if name == page)
    answer = web.get(page, language) if method == "GET" else web.post(page, {}, language)
    if answer.status == 303:  # without a session some lead on before they read the language
        assert answer.location in {"track", "help"}
        return
    assert (answer.status, answer.headers["Content-Language"]) == (404, "ca")
    assert answer.cookie is None
    led = {each["href"] for each in answer.page.of("a") if "help" in each["href"]}
    assert {each for each in led if not each.startswith("../")} == set()

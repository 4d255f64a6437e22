"""Which mail follows from which change, what each says, and when no more may be sent."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import crockford, retention
from suport.domain.access_code import access_code_for
from suport.domain.category import Category
from suport.domain.history import Entry, Kind
from suport.domain.incident import Incident, MailTrouble, Status
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid
from suport.domain.owed_mail import MailKind
from suport.domain.phone_line import NUMBERS, Origin
from suport.domain.reference import Reference
from suport.mail import letter, mail_queue, provider_event
from suport.mail.address import address_digest, sendable
from suport.mail.letter import Letter
from suport.mail.mail_queue import MOST_RECEIVES, delay
from suport.mail.provider_event import incident_told_of
from suport.texts.labels import CATEGORIES
from suport.texts.local_dates import moment_text
from tests.support.html import Page, as_read
from tests.support.register import an_entry
from tests.support.template import TEMPLATE

NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)
REFERENCE = Reference("7SRJ-797M-D0GE")
CODE = access_code_for(b"secret", REFERENCE)
PUBLIC_URL = "https://suport.example.test"
TYPED = {
    "description": "COMPREU AQUÍ http://spam.example",
    "error": "E-77 spam.example",
    "procedure": "Tràmit spam.example",
    "name": "Spam Spamsson",
    "phone": "+34 600 111 222",
}
OPERATOR: dict[str, Any] = {"by": "operator", "operator": "aina.ferrer"}


def incident(**changes: Any) -> Incident:
    facts: dict[str, Any] = {
        "reference": REFERENCE,
        "category": Category.FUNCTIONAL,
        "status": Status.RECEIVED,
        "language": Language.CATALAN,
        "submitted_at": NOW,
        "expires_at": retention.expires_at(NOW),
        "last_entry": "0" * 26,
        "description": TYPED["description"],
        "error": {"code": TYPED["error"], "message": TYPED["error"]},
        "procedure": {"code": "1", "name": TYPED["procedure"]},
        "contact": {
            "email": "anna@example.org",
            "name": TYPED["name"],
            "phone": TYPED["phone"],
        },
    }
    return Incident(**facts | changes)


def entry(number: int, kind: Kind = Kind.ACTION, *, at: datetime = NOW, **content: Any) -> Entry:
    return an_entry(kind, content, at, entry_id=crockford.encode(number, 26))


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


CLAIMED = entry(1, action="claimed", at=later(1), **OPERATOR)
REPLY = entry(2, Kind.MESSAGE, body="Provau-ho així", at=later(2), **OPERATOR)
QUESTION = entry(3, Kind.MESSAGE, body="Quin navegador?", at=later(3), **OPERATOR)
ASKED = entry(4, action="asked", at=later(3), **OPERATOR)
ANSWER = entry(5, Kind.MESSAGE, body="Firefox", by="citizen", at=later(4))
LAST_WORDS = entry(6, Kind.MESSAGE, body="Ja funciona", at=later(5), **OPERATOR)
RESOLVED = entry(7, action="resolved", at=later(5), **OPERATOR)
REOPENED = entry(8, action="reopened", by="citizen", at=later(6))
CLOSED = entry(9, action="resolved", by="citizen", at=later(7))
LAPSED = entry(10, action="resolved", by="service", at=later(8))
HISTORY = [CLAIMED, REPLY, QUESTION, ASKED, ANSWER, LAST_WORDS, RESOLVED, REOPENED, CLOSED, LAPSED]


def image(**requests: str) -> dict[str, Any]:
    """An incident's item on the stream, which owes these mails under these requests."""
    return {
        "mails": {
            entry: {"kind": "reply", "request": request} for entry, request in requests.items()
        }
    }


def test_a_change_asks_for_the_mails_whose_request_is_new() -> None:
    asked = mail_queue.requested_mails(image(A="1", B="2", C="4"), image(A="1", B="1"))
    assert asked == [("B", MailKind.REPLY), ("C", MailKind.REPLY)]


@pytest.mark.parametrize("before", [None, {}, image()])
def test_a_new_incident_asks_for_what_it_owes(before: dict[str, Any] | None) -> None:
    assert mail_queue.requested_mails(image(A="1"), before) == [("A", MailKind.REPLY)]


def test_a_change_that_settles_a_mail_or_concerns_none_asks_for_nothing() -> None:
    assert mail_queue.requested_mails(image(A="1"), image(A="1", B="1")) == []
    assert (
        mail_queue.requested_mails({}, image(A="1"))
        == mail_queue.requested_mails(None, image(A="1"))
        == []
    )


def test_a_request_for_a_mail_names_nobody() -> None:
    assert mail_queue.mail_request(REFERENCE, REPLY.id, MailKind.REPLY) == {
        "schema": "suport.mail/1",
        "reference": REFERENCE,
        "entry": REPLY.id,
        "kind": "reply",
    }


def test_ses_gets_addresses_in_ascii_or_none() -> None:
    assert sendable("anna@exàmple.org") == "anna@xn--exmple-jta.org"
    assert sendable("anna@example.test") == "anna@example.test"
    assert sendable("aïna@example.org") is None
    assert sendable("anna@example.org\r\nBcc: all@example.org") is None


def test_addresses_of_one_person_count_together_and_do_not_identify_the_person() -> None:
    digests = {
        address_digest(b"secret", each)
        for each in ("anna@example.org", "Anna@Example.ORG", "anna+1@example.org")
    }
    assert len(digests) == 1
    assert "anna" not in digests.pop()
    others = ("joan@example.org", "anna@example.com", "+anna@example.org", "+joan@example.org")
    assert len({address_digest(b"secret", each) for each in others}) == 4
    assert address_digest(b"secret", "a@b.cat") != address_digest(b"other", "a@b.cat")


def same_person(*addresses: str) -> bool:
    return len({address_digest(b"secret", each) for each in addresses}) == 1


def test_dots_do_not_matter_to_google_but_make_another_mailbox_elsewhere() -> None:
    assert same_person("j.o.a.n@gmail.com", "joan@gmail.com", "Jo.an+1@GoogleMail.com")
    assert not same_person("j.oan@gmail.com", "j.oan@example.org")
    for other in ("example.org", "gmail.com.example.org", "outlook.com", "mail.gmail.com"):
        assert not same_person(f"jo.an@{other}", f"joan@{other}")


def test_a_failed_message_is_tried_again_after_longer_and_longer_pauses() -> None:
    delays = [delay(receives) for receives in range(1, MOST_RECEIVES + 1)]
    assert delays == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 0]


@pytest.mark.parametrize("name", ["MailQueue", "MailEventsQueue"])
def test_the_queues_set_aside_the_messages_that_the_function_gives_up(name: str) -> None:
    redrive = TEMPLATE["Resources"][name]["Properties"]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == MOST_RECEIVES


@pytest.mark.parametrize(
    ("event", "trouble"),
    [
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}, MailTrouble.BOUNCED),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Undetermined"}}, None),
        ({"eventType": "Bounce", "bounce": {}}, None),
        ({"eventType": "Bounce"}, None),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient"}}, None),
        ({"eventType": "Complaint", "complaint": {}}, MailTrouble.COMPLAINED),
        (
            {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}},
            MailTrouble.COMPLAINED,
        ),
        ({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}, None),
        ({"eventType": "Delivery", "delivery": {}}, None),
        ({}, None),
    ],
)
def test_only_permanent_trouble_speaks_against_an_address(
    event: dict[str, Any], trouble: MailTrouble | None
) -> None:
    assert provider_event.mail_trouble(event) is trouble


def test_an_event_names_its_incident_by_the_tags_of_its_mail() -> None:
    tags = {"ses:configuration-set": ["x"], "reference": [REFERENCE], "entry": ["incident"]}
    assert incident_told_of({"mail": {"tags": tags}}) == REFERENCE
    assert incident_told_of({"mail": {"destination": ["somebody@example.org"]}}) is None


# ---------------------------------------------------------------- what a mail says

NEWS = [
    (MailKind.REPLY, REPLY),
    (MailKind.QUESTION, QUESTION),
    (MailKind.SOLUTION, RESOLVED),
    (MailKind.CLOSING, CLOSED),
    (MailKind.CLOSING, LAPSED),
]


def acknowledgement(**changes: Any) -> Letter:
    return letter.letter(MailKind.ACKNOWLEDGEMENT, incident(**changes), CODE, PUBLIC_URL)


def news(kind: MailKind, about: Entry, words: str | None = None, **changes: Any) -> Letter:
    return letter.letter(kind, incident(**changes), CODE, PUBLIC_URL, entry=about, words=words)


REPLACED = entry(11, action="code_replaced", by="citizen", at=later(9))
CORRECTED = entry(12, action="contact_corrected", by="citizen", at=later(9))
ASKED_FOR = entry(13, action="address_asked", by="citizen", at=later(9))


TO_BE_ERASED = entry(14, action="erasure_asked", by="citizen", at=later(9))
ENDING = entry(15, action="ending", by="service", at=later(9))
EVERY = [
    *NEWS,
    *((MailKind.ENDING, ENDING), (MailKind.ACCESS_CODE, REPLACED)),
    *((MailKind.ADDRESS_CHANGED, CORRECTED), (MailKind.CONFIRMATION, ASKED_FOR)),
    (MailKind.ERASURE, TO_BE_ERASED),
]
KINDS_OF_LETTERS = [MailKind.ACKNOWLEDGEMENT, *(kind for kind, _ in EVERY)]
ALL_KINDS = list(MailKind)
QUOTING = {MailKind.REPLY, MailKind.QUESTION, MailKind.SOLUTION}
TAGS = {
    *("html", "head", "meta", "title", "body", "h1", "p", "ul", "li", "a", "br", "strong"),
    "blockquote",
}
NO_BREAK = "\N{NO-BREAK SPACE}"


def every_letter(*, monitored: bool = False, **changes: Any) -> list[Letter]:
    """A mail of each kind; those that may quote an operator do."""
    about = (incident(**changes), CODE, PUBLIC_URL)
    return [
        letter.letter(MailKind.ACKNOWLEDGEMENT, *about, monitored=monitored),
        *(
            letter.letter(
                *(kind, *about),
                entry=each,
                words="Provau-ho així" if kind in QUOTING else None,
                confirmation="7K3M-9QXA",
                monitored=monitored,
            )
            for kind, each in EVERY
        ),
    ]


@pytest.mark.parametrize("language", list(Language))
def test_the_mail_with_a_new_code_brings_the_citizen_back(language: Language) -> None:
    received = news(MailKind.ACCESS_CODE, REPLACED, language=language)
    page = f"{PUBLIC_URL}/{language}/track"
    for told in (received.text, Page(received.html).within("body").text):
        assert REFERENCE in told
        assert CODE in told
    privacy = f"{PUBLIC_URL}/{language}/privacy"
    assert Page(received.html).links == [f"{page}#{REFERENCE}.{CODE}", page, privacy]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("kind", "about"),
    [
        (MailKind.ADDRESS_CHANGED, CORRECTED),
        (MailKind.CONFIRMATION, ASKED_FOR),
        (MailKind.ERASURE, TO_BE_ERASED),
    ],
)
def test_neither_the_former_address_nor_one_that_confirms_gets_content_or_a_key(
    kind: MailKind, about: Entry, language: Language
) -> None:
    what = letter.letter(
        *(kind, incident(language=language), CODE, PUBLIC_URL),
        entry=about,
        confirmation="7K3M-9QXA",
    )
    told = what.subject + what.text + what.html
    assert REFERENCE in told
    assert CODE not in told
    assert not [typed for typed in (*TYPED.values(), "anna@example.org") if typed in told]
    assert ("7K3M-9QXA" in told) is (kind is not MailKind.ADDRESS_CHANGED)


@pytest.mark.parametrize(
    ("kind", "about", "page"),
    [
        (MailKind.CONFIRMATION, ASKED_FOR, "contact-data"),
        (MailKind.ERASURE, TO_BE_ERASED, "erase"),
    ],
)
def test_a_confirmation_says_until_when_and_where_it_can_be_given(
    kind: MailKind, about: Entry, page: str
) -> None:
    what = letter.letter(
        *(kind, incident(language=Language.ENGLISH), CODE, PUBLIC_URL),
        entry=about,
        confirmation="7K3M-9QXA",
    )
    until = moment_text(to_madrid(about.recorded_at + timedelta(days=7)), Language.ENGLISH)
    assert as_read(until) in as_read(what.text)
    assert Page(what.html).links == [f"{PUBLIC_URL}/en/{page}", f"{PUBLIC_URL}/en/privacy"]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("category", list(Category))
def test_an_acknowledgement_repeats_nothing_that_the_citizen_typed(
    language: Language, category: Category
) -> None:
    mails = {
        acknowledgement(language=language, category=category),
        acknowledgement(
            language=language,
            category=category,
            description="Altra cosa",
            error={},
            procedure={},
            contact={"email": "altri@example.org"},
        ),
    }
    assert len(mails) == 1  # it is the same, whatever the citizen typed
    (only,) = mails
    told = only.subject + only.text + only.html
    assert not [typed for typed in (*TYPED.values(), "spam", "example.org") if typed in told]


@pytest.mark.parametrize("language", list(Language))
def test_an_acknowledgement_is_all_that_a_citizen_needs_to_come_back(language: Language) -> None:
    received = acknowledgement(language=language)
    page = f"{PUBLIC_URL}/{language}/track"
    assert REFERENCE in received.subject
    for told in (received.text, Page(received.html).within("body").text):
        assert REFERENCE in told
        assert CODE in told  # for a reader who cannot open the link and has to type it
        assert CATEGORIES[Category.FUNCTIONAL].in_(language) in told
        assert as_read(moment_text(NOW, language)) in as_read(told)
    privacy = f"{PUBLIC_URL}/{language}/privacy"
    assert Page(received.html).links == [f"{page}#{REFERENCE}.{CODE}", page, privacy]
    assert f"\n{page}#{REFERENCE}.{CODE}\n" in received.text
    assert f"\n{page}\n" in received.text


@pytest.mark.parametrize("language", list(Language))
def test_each_mail_about_a_signature_problem_says_whom_to_call_and_when(language: Language) -> None:
    for each in every_letter(language=language, category=Category.SIGNATURE):
        html = Page(each.html)
        lists = [element for element in html.all if element.tag == "ul"]
        numbers, hours = (
            [item.text for item in element.walk() if item.tag == "li"] for element in lists
        )
        assert [item.rpartition(": ")[2] for item in numbers] == list(NUMBERS.values())
        assert len(hours) == 2
        assert [link for link in html.links if str(link).startswith("tel:")] == [
            *("tel:012", "tel:+34971225791", "tel:+34971225791"),
        ]
        for number in NUMBERS.values():
            assert number.replace(" ", NO_BREAK) in each.text  # stays on one line
        sentences = [element.text for element in html.all if element.tag in {"h1", "p"}]
        assert not [text for text in sentences if re.search(r"\b012\b", text)]  # it is a link
    others = acknowledgement(language=language, category=Category.PAYMENT)
    assert NUMBERS[Origin.SPAIN].replace(" ", NO_BREAK) not in others.text


@pytest.mark.parametrize("language", list(Language))
def test_the_text_and_the_html_of_a_mail_say_the_same(language: Language) -> None:
    for each in every_letter(language=language, category=Category.SIGNATURE):
        html = Page(each.html)
        assert html.elements[0] == ("html", {"lang": language})
        links = [str(link) for link in html.links if not str(link).startswith("tel:")]
        shown = html.within("body").text
        for link in links:
            assert link in each.text
        plain = each.text
        for link in links:
            plain = plain.replace(f":\n{link}", "").replace(link, "")
            shown = shown.replace(link, "")
        assert plain.split() == shown.split()


def test_a_word_that_is_wider_than_a_phone_breaks() -> None:
    for each in [*every_letter(), news(MailKind.REPLY, REPLY, "x" * 500)]:
        assert "overflow-wrap: anywhere" in Page(each.html).of("body")[0]["style"]


@pytest.mark.parametrize("language", list(Language))
def test_a_mail_begins_with_what_has_happened_in_both_its_forms(language: Language) -> None:
    begins = set()
    for each in every_letter(language=language):
        first = next(Page(each.html).within("body").walk())
        assert first.tag == "h1"
        [happened] = first.own_texts()
        assert each.text.partition("\n\n")[0].replace("\n", " ") == happened
        begins.add(happened)
    assert len(begins) == len(ALL_KINDS) + 1  # a closing has two reasons


@pytest.mark.parametrize("language", list(Language))
def test_all_mails_have_one_subject_but_those_that_nobody_may_overlook(language: Language) -> None:
    subjects: dict[str, set[MailKind]] = {}
    for kind, each in zip(KINDS_OF_LETTERS, every_letter(language=language), strict=True):
        subjects.setdefault(each.subject, set()).add(kind)
    assert sorted(map(len, subjects.values())) == [1, 1, 1, len(ALL_KINDS) - 3]
    assert set(letter.OWN_SUBJECTS) == {
        *(MailKind.ADDRESS_CHANGED, MailKind.CONFIRMATION),
        MailKind.ERASURE,
    }
    assert all(REFERENCE in subject for subject in subjects)


@pytest.mark.parametrize("language", list(Language))
def test_each_mail_says_how_to_answer_and_leads_to_the_privacy_notice(language: Language) -> None:
    track = f"{PUBLIC_URL}/{language}/"
    for each in every_letter(language=language):
        links = [str(link) for link in Page(each.html).links if not str(link).startswith("tel:")]
        assert links[0].startswith(track)
        assert links[-1] == f"{PUBLIC_URL}/{language}/privacy"


def test_a_mail_asks_not_to_be_answered_unless_somebody_reads_the_answers() -> None:
    about = (MailKind.REPLY, incident(language=Language.ENGLISH), CODE, PUBLIC_URL)
    unread = letter.letter(*about, entry=REPLY)
    monitored = letter.letter(*about, entry=REPLY, monitored=True)
    asks = "Please do not reply to this email: nobody reads that mailbox."
    assert (asks in unread.text, asks in monitored.text) == (True, False)
    assert "does not become part of your incident" in " ".join(monitored.text.split())


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_of_a_mail_is_longer_than_thirty_words(language: Language) -> None:
    for monitored in (False, True):
        for each in every_letter(
            language=language, category=Category.SIGNATURE, monitored=monitored
        ):
            for piece in each.text.split("\n\n"):
                for sentence in re.split(r"(?<=[.!?:])\s+", piece):
                    assert len(sentence.split()) <= 30, sentence


@pytest.mark.parametrize("language", list(Language))
def test_a_number_of_a_mail_stays_with_its_unit(language: Language) -> None:
    for each in every_letter(language=language, category=Category.SIGNATURE):
        assert not re.findall(r"\d (?:days|dies|días|Tage|h|Uhr)\b|\d\d \d", each.text)


@pytest.mark.parametrize("language", list(Language))
def test_a_mail_loads_nothing_and_does_not_track_its_reader(language: Language) -> None:
    for each in every_letter(language=language, category=Category.SIGNATURE):
        html = Page(each.html)
        assert {tag for tag, _ in html.elements} <= TAGS
        names = {name for _, attributes in html.elements for name in attributes}
        assert names <= {"lang", "dir", "charset", "style", "href"}
        assert "url(" not in each.html
        assert all(
            str(link).startswith((f"{PUBLIC_URL}/{language}/", "tel:")) for link in html.links
        )


def test_no_part_of_a_link_that_browsers_send_or_servers_log_has_the_access_code() -> None:
    for each in every_letter():
        for link in re.findall(r"https://\S+", each.text):
            assert CODE not in link.partition("#")[0]
    for kind, about in NEWS:
        told = news(kind, about).text
        assert told.count(CODE) == 1  # within the link; only the acknowledgement shows it


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("kind", "about"), NEWS)
def test_news_come_in_the_incidents_language_with_its_reference(
    language: Language, kind: MailKind, about: Entry
) -> None:
    told = news(kind, about, language=language)
    others = {news(kind, about, language=each).subject for each in Language}
    assert len(others) == len(Language)
    assert f": {REFERENCE}\n" in told.text
    assert "\n" not in told.subject


def test_a_mail_counts_deadlines_from_the_entry_that_it_is_about() -> None:
    fourteen_days = timedelta(days=14)
    for kind, about in NEWS:
        until = moment_text(about.recorded_at + fourteen_days, Language.ENGLISH)
        told = as_read(news(kind, about, language=Language.ENGLISH).text)
        assert (as_read(until) in told) is (kind is not MailKind.REPLY)


def test_the_mail_about_the_end_says_who_ended_the_help() -> None:
    texts = {news(MailKind.CLOSING, each).text.partition("\n\n")[0] for each in (CLOSED, LAPSED)}
    assert len(texts) == 2


def test_only_the_mail_about_a_solution_offers_to_rate_it() -> None:
    for kind, about in NEWS:
        told = news(kind, about, language=Language.ENGLISH).text
        assert ("rate the support" in told) is (kind is MailKind.SOLUTION)


def without_marks(text: str) -> str:
    """The text with one space for each run of white space, without marks of direction."""
    return as_read(re.sub("[\u200e\u200f]", "", text))


words_of_operators = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))


@given(st.lists(words_of_operators, min_size=1).map("\n".join).filter(str.strip))
def test_an_operators_words_arrive_in_both_forms_and_are_never_markup(words: str) -> None:
    told = news(MailKind.REPLY, REPLY, words)
    html = Page(told.html)
    assert [tag for tag, _ in html.elements if tag == "blockquote"] == ["blockquote"]
    assert {tag for tag, _ in html.elements} <= TAGS
    assert " ".join(words.split()) in html.within("body").text
    assert without_marks(words) in without_marks(told.text)
    assert told.subject == news(MailKind.REPLY, REPLY, "altra cosa").subject


ARABIC = "لا أستطيع التوقيع على الطلب لأن البرنامج AutoFirma لا يجد الشهادة"
LTR, RTL = "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"


def test_each_paragraph_of_an_operator_runs_in_its_own_direction() -> None:
    html = Page(news(MailKind.REPLY, REPLY, f"{ARABIC}\nBon dia\n\nAdéu").html)
    quoted = [each for each in html.all if each.around and each.around.tag == "blockquote"]
    assert [each.attributes["dir"] for each in quoted] == ["auto"] * 4
    assert [each.text for each in quoted] == [ARABIC, "Bon dia", "", "Adéu"]


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        (f"{'שלום ' * 13}AutoFirma {'שלום ' * 13}", RTL),
        (f"{'Bon dia, ' * 7}{'שלום ' * 30}", LTR),
    ],
    ids=["Hebrew", "Catalan"],
)
def test_lines_of_plain_text_keep_the_direction_of_their_paragraph(words: str, mark: str) -> None:
    text = news(MailKind.REPLY, REPLY, words).text
    quoted = [line for line in text.splitlines() if "שלום" in line or "Bon dia" in line]
    firsts = [
        next(found for each in line if (found := bidirectional(each)) in {"L", "R"})
        for line in quoted
    ]
    assert len(quoted) > 2
    assert set(firsts) == {"R" if mark == RTL else "L"}
    assert without_marks(words) in without_marks(text)


def test_lines_of_plain_text_are_short_enough_for_any_programme() -> None:
    long = "Heu d'instal·lar el certificat i tornar-ho a provar. " * 9
    for each in [*every_letter(), news(MailKind.REPLY, REPLY, long)]:
        for line in each.text.splitlines():
            assert len(line) <= 78 or line.startswith("https://"), line


@pytest.mark.parametrize("language", list(Language))
def test_the_name_of_the_sender_fits_into_one_word_of_a_header(language: Language) -> None:
    name = letter.SENDER.in_(language)
    address = str(Address(name, "suport", "example.org"))
    assert "\n" not in address
    assert len(name.encode()) <= 45  # bytes of an encoded word (RFC 2047, 2)


def test_the_reminder_names_the_incidents_own_day_of_erasure() -> None:
    assert "23 May 2027" in as_read(acknowledgement(language=Language.ENGLISH).text)


def test_a_mail_needs_no_template_of_the_pages() -> None:
    program = "import sys, suport.mail.letter; print(*sys.modules)"
    package = Path(letter.__file__).parents[2]
    loaded = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(package)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert "suport.mail.letter" in loaded
    assert not {"jinja2", "govuk_frontend_jinja"} & set(loaded)

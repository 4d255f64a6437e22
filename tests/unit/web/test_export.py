"""The export: what the citizen keeps of an incident."""

from dataclasses import replace

import pytest

from suport.domain.incident import Charged
from suport.domain.language import Language
from suport.texts.labels import CHARGED
from tests.support.html import Page
from tests.support.page_examples import EXPORTS, RECEIPTS

NOON = "2026-01-01T12:00:00.000Z"


@pytest.mark.parametrize("exported", [*EXPORTS])
def test_an_export_stands_alone(exported: str, reader: Language) -> None:
    page = Page(EXPORTS[exported].render(reader))
    assert page.of("html") == [{"lang": reader}]
    assert page.attributes("href") + page.attributes("src") == []
    assert len(page.said_in("h1")) == len(page.said_in("title")) == 1


def test_an_export_says_everything_in_the_readers_language(reader: Language) -> None:
    said = Page(EXPORTS["export"].render(reader)).said_in("dd")
    assert CHARGED[Charged.UNKNOWN].in_(reader) in said
    assert {"Pas 3", "Firefox 145, Linux", "a…@example.org"} <= set(said)


@pytest.mark.parametrize(
    "held",
    [
        *("status", "category", "submitted_at", "origin", "language", "procedure", "contact"),
        *("context", "error", "description", "files", "history", "expires_on", "privacy_notice"),
        *("resolved_at", "resolved_by", "closes_at", "reopenable_until", "answer_by", "rating"),
        *("former_teams", "mail_trouble", "mails_to_be_sent", "consents"),
        *("address_change", "erasure_to_be_confirmed_by"),
    ],
)
def test_whatever_the_copy_in_json_holds_is_in_the_page_too(held: str, reader: Language) -> None:
    """A page without it would be another one."""
    nothing: dict[str, object] = {"status": "waiting", "category": "functional", "language": "es"}
    nothing |= {"submitted_at": NOON, "expires_on": "2027-01-01", "contact": {}}
    nothing |= {name: [] for name in ("files", "history", "consents")}
    whole = EXPORTS["export"]
    less = replace(whole, view=whole.view | {held: nothing.get(held)})
    assert less.render(reader) != whole.render(reader)


def test_the_page_has_each_proof_of_a_consent_whole(reader: Language) -> None:
    told = Page(EXPORTS["export"].render(reader)).text
    (proof,) = RECEIPTS
    leaves = [each for each in proof.values() if isinstance(each, str)]
    leaves += [*proof["data_categories"], proof["notice"]["sha256"], proof["notice"]["version"]]
    leaves += [event["validity"] for event in proof["events"]]
    unsaid = {proof["scope"], proof["kept_until"]}  # in words
    assert [leaf for leaf in leaves if leaf not in told and leaf not in unsaid] == []

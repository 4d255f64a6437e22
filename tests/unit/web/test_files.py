"""The page of files: its form, and what it says of a file that was sent."""

import pytest

from suport.domain.attachment import LARGEST_FILE_STATED, Refusal, State
from suport.domain.language import Language
from suport.texts.labels import ADVICE, REFUSALS
from suport.texts.local_dates import size_text
from suport.web.pages.files import LOOKS
from tests.support.html import Page, as_read
from tests.support.page_examples import FILE_KEY, PAGES, sent

ERASED = {State.INFECTED, State.REPLACED}


def test_the_form_takes_the_file_last_and_asks_for_no_type(reader: Language) -> None:
    page = Page(PAGES["files, none"].render(reader))
    fields = page.of("input")
    assert [field["name"] for field in fields] == ["key", "policy", "file"]
    assert not {"accept", "multiple"} & fields[-1].keys()  # a script adds `multiple`
    (form,) = page.of("form")
    assert form["data-largest"] == str(LARGEST_FILE_STATED)
    assert as_read(size_text(LARGEST_FILE_STATED, reader)) in page.text


@pytest.mark.parametrize("reason", sorted({*Refusal} - {Refusal.REMOVED}))
def test_what_was_refused_is_told_with_the_reason_and_what_to_do(
    reason: Refusal, reader: Language
) -> None:
    page = Page(sent(reason).render(reader))
    for told in (REFUSALS[reason], ADVICE[reason]):
        assert " ".join(told.in_(reader).split()) in page.text
    assert page.attributes("data-told") == [
        f"{REFUSALS[reason].in_(reader)}. {ADVICE[reason].in_(reader)}"
    ]
    assert page.attributes("data-look-again") == []


@pytest.mark.parametrize("state", sorted(ERASED))
def test_a_file_that_was_erased_meanwhile_is_told_like_a_refused_one(state: State) -> None:
    page = Page(sent(state, 1).render(Language.ENGLISH))
    assert REFUSALS[Refusal(state)].in_(Language.ENGLISH) in page.text


def test_a_file_that_was_taken_is_told_by_its_number() -> None:
    for state in (State.CLEAN, State.UNSCANNED):
        page = Page(sent(state, 3).render(Language.ENGLISH))
        assert page.attributes("data-told") == ["The file has been added. It is file 3."]


def test_a_file_that_never_arrived_is_to_be_sent_again() -> None:
    page = Page(sent(None).render(Language.ENGLISH))
    assert "We have not received the file" in page.text
    assert page.attributes("data-missing") == [""]


@pytest.mark.parametrize("unchecked", [True, False])
def test_the_page_looks_again_by_itself_ever_more_seldom_and_not_for_ever(unchecked: bool) -> None:
    seconds = []
    for looks in range(len(LOOKS)):
        fate = None if unchecked else State.QUARANTINED
        page = Page(sent(fate, 1, unchecked=unchecked, looks=looks).render(Language.ENGLISH))
        (refresh,) = [each["content"] for each in page.of("meta") if "http-equiv" in each]
        wait, _, target = refresh.partition(";url=")
        seconds.append(int(wait))
        assert page.attributes("data-look-again") == [target]
        assert f"look={looks + 1}" in target
        (form,) = page.of("form")
        assert "hidden" in form  # nobody is to lose what they have just chosen
    assert seconds == sorted(set(seconds))
    page = Page(sent(State.QUARANTINED, 1, looks=len(LOOKS)).render(Language.ENGLISH))
    assert [each for each in page.of("meta") if "http-equiv" in each] == []
    assert page.attributes("data-look-again") == []


def test_a_file_can_be_opened_only_where_it_may_and_removed_where_it_still_is() -> None:
    files = PAGES["files"].view["files"]  # type: ignore[attr-defined]
    page = Page(PAGES["files"].render(Language.ENGLISH))
    opened = {
        f"file?id={each['file']}" for each in files if each["state"] in {"clean", "unscanned"}
    }
    erased = {"infected", "replaced", "removed", "lost"}
    removed = {f"remove-file?id={each['file']}" for each in files if each["state"] not in erased}
    linked = {each["href"] for each in page.of("a") if "file?id=" in each["href"]}
    assert linked == opened | removed


def test_without_the_session_the_page_leads_on_to_what_became_of_the_file() -> None:
    page = Page(PAGES["uploaded"].render(Language.ENGLISH))
    (refresh,) = [each["content"] for each in page.of("meta") if "http-equiv" in each]
    assert refresh == f"0;url=files?key={FILE_KEY.replace('/', '%2F')}"

"""The names of pages, forms and confirmations."""

from suport.texts.published_notices import Subject
from suport.web.site_map import DONE, FORMS, LEGAL_PAGES, PAGES


def test_every_page_has_a_name_of_its_own() -> None:
    titles = [title.text for title in (*PAGES.values(), *LEGAL_PAGES.values())]
    assert len(set(titles)) == len(titles)


def test_every_act_has_a_confirmation_of_its_own() -> None:
    assert len({message.text for message in DONE.values()}) == len(DONE)


def test_every_notice_has_a_page() -> None:
    """The notice on remote support is on a page that has more than the notice."""
    assert {*LEGAL_PAGES, "remote-support"} == set(Subject)


def test_every_form_is_on_a_page() -> None:
    assert {form.page for form in FORMS.values()} <= PAGES.keys()

"""The form that opens an incident."""

from suport.domain.language import Language
from suport.http.problems import about_incidents, about_pages
from suport.web.pages.tracking import TrackingForm
from tests.support.html import Page
from tests.support.page_examples import KEY


def test_a_message_that_could_not_be_sent_is_kept_with_its_key(reader: Language) -> None:
    kept = {"body": "Encara\nfalla", "idempotency_key": KEY, "score": "3"}
    page = Page(TrackingForm(fields=kept, trouble=about_pages.session_over()).render(reader))
    assert {name: page.values.get(name) for name in ("body", "idempotency_key")} == {
        "body": kept["body"],
        "idempotency_key": KEY,
    }


def test_the_tracking_form_keeps_what_was_typed(reader: Language) -> None:
    typed = {"reference": "7K3M", "access_code": "AAAA-BBBB"}
    page = Page(TrackingForm(fields=typed, trouble=about_incidents.no_access()).render(reader))
    assert (page.values["reference"], page.values["access_code"]) == ("7K3M", "AAAA-BBBB")

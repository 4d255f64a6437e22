"""The form for one file."""

from suport.domain.attachment import LARGEST_FILE_STATED, MediaType
from suport.domain.language import Language
from suport.texts.local_dates import size_text
from tests.support.html import Page
from tests.support.page_examples import PAGES


def test_the_upload_form_takes_the_file_last(reader: Language) -> None:
    page = Page(PAGES["upload"].render(reader))
    fields = page.of("input")
    assert [field["name"] for field in fields] == ["key", "policy", "file"]
    assert fields[-1]["accept"] == MediaType.PNG
    assert fields[-1]["data-most-bytes"] == str(LARGEST_FILE_STATED)
    assert size_text(LARGEST_FILE_STATED, reader) in page.text

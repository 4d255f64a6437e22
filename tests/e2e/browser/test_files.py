"""Files of an incident in a browser: several at once, one after the other, opened and removed."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import FilePayload, Page, ViewportSize, expect

from suport.domain.attachment import LARGEST_FILE, Refusal
from suport.domain.language import Language
from suport.texts.labels import ADVICE, REFUSALS
from tests.support.browser import Visitor
from tests.support.service import Service
from tests.support.uploads import PDF

PHONE = ViewportSize(width=360, height=740)
WORD = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml"


def payload(name: str, content: bytes) -> FilePayload:
    """A file of the citizen's, with a type that says nothing."""
    return {"name": name, "mimeType": "application/x-anything", "buffer": content}


def files_of(visitor: Visitor, receipt: Mapping[str, Any], *, javascript: bool) -> Page:
    """The files of the incident, on a phone."""
    page = visitor.open(javascript=javascript, viewport=PHONE)
    key = {name: receipt[name] for name in ("reference", "access_code")}
    page.context.request.post("en/track", form=key, max_redirects=0)
    page.goto("en/files")
    return page


def send(page: Page, *files: FilePayload) -> None:
    page.set_input_files("#file", list(files))
    page.click("#files form button")


def said(reason: Refusal) -> str:
    return REFUSALS[reason].in_(Language.ENGLISH)


def assert_fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def listed(page: Page, number: int) -> Any:
    return page.locator("#files li", has_text=f"File {number}:")


def test_several_files_are_sent_at_once_and_each_is_told_by_its_name(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.routed()
    page = files_of(visitor, receipt, javascript=True)
    names = (
        "DNI de Xisca.docx",
        "Això és el meu contracte amb un nom ben llarg.docx",
        "enorme.pdf",
    )
    send(
        page,
        payload(names[0], PDF),  # a PDF, whatever it is called
        payload(names[1], WORD),
        payload(names[2], PDF + bytes(LARGEST_FILE)),
        payload("nota", "Error SAF_09".encode("utf-16")),
    )
    told = page.locator("#sending li")
    expect(told).to_have_count(4)
    expect(told.nth(0)).to_contain_text(f"{names[0]}: The file has been added. It is file 1.")
    expect(told.nth(1)).to_contain_text(f"{names[1]}: {said(Refusal.OFFICE)}")
    expect(told.nth(1)).to_contain_text(ADVICE[Refusal.OFFICE].in_(Language.ENGLISH))
    expect(told.nth(2)).to_contain_text(f"{names[2]}: {said(Refusal.TOO_LARGE)}")
    expect(told.nth(3)).to_contain_text("It is file 2.")
    expect(page.locator("#sending")).to_be_focused()
    expect(listed(page, 1)).to_contain_text("PDF document")
    expect(listed(page, 2)).to_contain_text("Plain text")
    assert_fits(page)
    kept = str(service.items(receipt["reference"]))
    assert not [name for name in names if name in kept]

    send(page, payload("again.png", b"\x89PNG\r\n\x1a\n\x00"))  # from the page as it is now
    expect(told).to_have_count(1)
    expect(listed(page, 3)).to_contain_text("PNG")


def test_without_a_script_files_are_sent_one_after_the_other(
    visitor: Visitor, service: Service
) -> None:
    page = files_of(visitor, service.routed(), javascript=False)
    for number in (1, 2):
        send(page, payload(f"{number}.docx", PDF))
        expect(page.locator(".govuk-notification-banner")).to_contain_text(f"It is file {number}.")
        expect(listed(page, number)).to_contain_text("PDF document")
    assert_fits(page)
    send(page, payload("contract.pdf", WORD))
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text(said(Refusal.OFFICE))
    expect(summary).to_contain_text(ADVICE[Refusal.OFFICE].in_(Language.ENGLISH))
    expect(page).to_have_title("Error: Files – Help with online procedures")
    assert_fits(page)
    send(page, payload("huge.pdf", PDF + bytes(LARGEST_FILE)))
    expect(summary).to_contain_text(said(Refusal.TOO_LARGE))
    send(page, payload("empty.txt", b""))
    expect(summary).to_contain_text(said(Refusal.EMPTY))
    expect(listed(page, 2)).to_be_visible()


def test_a_citizen_opens_an_own_file_and_removes_it(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    page = files_of(visitor, receipt, javascript=javascript)
    send(page, payload("DNI.pdf", PDF))
    with page.expect_download() as download:
        listed(page, 1).get_by_text("Open").click()
    assert download.value.suggested_filename == f"{receipt['reference']}-1.pdf"
    assert download.value.path().read_bytes() == PDF
    listed(page, 1).get_by_text("Remove").click()
    expect(page.locator("h1")).to_have_text("Do you want to remove file 1?")
    assert_fits(page)
    page.click("main form button")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("The file has been removed.")
    expect(listed(page, 1)).to_have_count(0)
    page.goto("en/track")
    expect(page.locator("main details")).to_contain_text("You removed a file")


def test_the_page_says_by_itself_when_a_file_has_been_scanned(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    reference = receipt["reference"]
    page = files_of(visitor, receipt, javascript=javascript)
    send(page, payload("a.pdf", PDF))
    expect(listed(page, 1)).to_be_visible()
    ((file, added),) = service.incident(reference)["files"].items()
    service.change_incident(reference, files={file: added | {"state": "quarantined"}})
    page.goto(f"en/files?key={reference}/{file}")
    expect(page.locator("#files")).to_contain_text("We have received the file and are checking it.")
    service.change_incident(reference, files={file: added | {"state": "clean"}})
    expect(page.locator("#files")).to_contain_text("The file has been added. It is file 1.")
    expect(page.locator("#file")).to_be_visible()


def test_a_form_that_has_grown_old_is_renewed_before_a_file_is_sent(
    visitor: Visitor, service: Service
) -> None:
    page = files_of(visitor, service.routed(), javascript=True)
    page.evaluate("document.querySelector('#files form [name=policy]').value = 'e30='")
    send(page, payload("a.pdf", PDF))
    expect(listed(page, 1)).to_be_visible()
    visitor.take_troubles()  # the store refused the old form


def test_what_never_reaches_the_store_is_told_and_can_be_sent_again(
    visitor: Visitor, service: Service
) -> None:
    page = files_of(visitor, service.routed(), javascript=True)
    page.context.set_offline(True)
    send(page, payload("a.pdf", PDF))
    expect(page.locator("#sending li")).to_contain_text("a.pdf: We could not receive this file.")
    visitor.take_troubles()  # the browser's own word for it
    page.context.set_offline(False)
    page.wait_for_timeout(1000)  # within a second it would be a double click
    page.click("#files form button")  # the file is still chosen
    expect(listed(page, 1)).to_be_visible()

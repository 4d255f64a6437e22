"""`make screenshots`: the main pages as pictures, on a phone and on a desktop."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from local import ROOT, Unable, browser, stack
from local.embedded_aws import EmbeddedAws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PHONE, DESKTOP = "phone", "desktop"


def _check(page: Page) -> None:
    """Asks for the page with all answers, whether the form is filled in or not."""
    with page.expect_navigation():
        page.click("main button[value=check]")


def _answer_questions(page: Page) -> None:
    page.fill("main [name=description]", _DESCRIPTION)
    page.fill("[name='contact.email']", "maria@example.test")
    _check(page)


def _report(page: Page) -> None:
    _answer_questions(page)
    with page.expect_navigation():
        page.click("main form button:not([name])")


def _note_code(page: Page) -> None:
    """Has the page show the access code no more."""
    with page.expect_navigation():
        page.click("button[name=noted]")


def _seen_from(selector: str) -> Callable[[Page], None]:
    """Scrolls the element to the top."""
    return lambda page: page.eval_on_selector(selector, "each => each.scrollIntoView()")


@dataclass(frozen=True)
class Picture:
    """One page in one state. `prepare` brings the page into that state."""

    name: str
    path: str
    sizes: tuple[str, ...] = (PHONE, DESKTOP)
    prepare: Callable[[Page], None] | None = None
    scheme: Literal["light", "dark"] = "light"
    answered: bool = False
    """Whether an operator has answered before the picture is taken."""


_DESCRIPTION = (
    "Quan vull signar la sol·licitud, el programa diu que no troba cap certificat, però el tenc "
    "instal·lat i funciona en altres pàgines."
)
_ANSWER = (
    "Bon dia. El certificat és al navegador, però AutoFirma cerca en un altre magatzem. Obriu "
    "AutoFirma, anau a les preferències i triau el magatzem del sistema. Ho podeu provar?"
)
_FORM = "ca/incident?category=signature&procedure.code=sample-01"

PICTURES = (
    Picture("help", "ca/help"),
    Picture("help-german", "de/help", (PHONE,)),
    Picture("help-signature", "ca/help?category=signature&procedure.code=sample-01"),
    Picture("procedures", "ca/procedures"),
    Picture("contact", "ca/contact", (PHONE,)),
    Picture("incident", _FORM),
    Picture("incident-dark", _FORM, (DESKTOP,), scheme="dark"),
    Picture("incident-kind", "ca/incident", (PHONE,)),
    Picture("incident-errors", "ca/incident?category=payment", prepare=_check),
    Picture("incident-check", _FORM, prepare=_answer_questions),
    Picture("confirmation", _FORM, prepare=_report),
    Picture("tracking", "ca/track", prepare=_note_code, answered=True),
    Picture("conversation", "ca/track", (PHONE,), _seen_from(".suport-history"), answered=True),
    Picture("tracking-dark", "ca/track", (PHONE,), scheme="dark", answered=True),
    Picture("files", "ca/files", (PHONE,)),
    Picture("remote-support", "ca/remote-support", (DESKTOP,)),
)
"""In this order: the pictures after the confirmation show the incident that it confirms."""

SIZES = {
    "phone": ViewportSize(width=390, height=844),
    "desktop": ViewportSize(width=1280, height=800),
}
"""The visible part of a page, in CSS pixels; also the pictures' size."""

FOLDER = ROOT / "docs/screenshots"
_COLOURS = 128
_LARGEST_BYTES = 120_000
_WAIT_MS = 60_000  # the first request to a function starts it


def main() -> int:
    """Write `<picture>-<size>.png` for each picture and size; returns the exit code."""
    try:
        with EmbeddedAws.started() as aws, browser.started() as chromium:
            environment = stack.environment(aws, stack.deploy(aws, stack.build()))
            for outdated in FOLDER.glob("*.png"):
                outdated.unlink()
            for size in SIZES:
                _look(chromium, environment, aws.client("dynamodb"), size)
            for size in SIZES:
                _look_at_desk(chromium, environment, size)
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _look(
    chromium: Browser, environment: dict[str, str], register: "DynamoDBClient", size: str
) -> None:
    context = chromium.new_context(
        base_url=f"{environment['API_URL']}/",
        locale="ca-ES",
        timezone_id="Europe/Madrid",
        viewport=SIZES[size],
    )
    context.set_default_timeout(_WAIT_MS)
    page = context.new_page()
    answered = False
    for picture in PICTURES:
        if picture.answered and not answered:
            _answer(register, environment["REGISTER_TABLE"], page.inner_text("#reference"))
            answered = True
        page.emulate_media(color_scheme=picture.scheme)
        answer = page.goto(picture.path)
        if answer is None or not answer.ok:
            raise Unable(
                f"No picture of {picture.path}: it was answered with {answer and answer.status}."
            )
        if picture.prepare:
            picture.prepare(page)
        if size in picture.sizes:
            _keep(page, picture.name, size)
    context.close()


def _look_at_desk(chromium: Browser, environment: dict[str, str], size: str) -> None:
    """The desk of the team for signatures, whose incidents the other pictures have reported."""
    logins = [login.split(":") for login in environment["DESK_LOGINS"].split()]
    name, password = next((each[0], each[1]) for each in logins if each[2] == "signature")
    context = chromium.new_context(
        locale="ca-ES", timezone_id="Europe/Madrid", viewport=SIZES[size]
    )
    context.set_default_timeout(_WAIT_MS)
    page = context.new_page()
    page.goto(environment["DESK_URL"])
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".desk-list")
    _keep(page, "desk-list", size)
    with page.expect_navigation():
        page.click("[data-row]")
    if page.locator("form[action=claim] button").count():
        with page.expect_navigation():
            page.click("form[action=claim] button")
    page.wait_for_selector("#write")
    _keep(page, "desk-incident", size)
    context.close()


def _keep(page: Page, name: str, size: str) -> None:
    """Takes the picture of a page."""
    file = FOLDER / f"{name}-{size}.png"
    _write(page.screenshot(animations="disabled", caret="hide"), file)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1000:.0f} kB")


def _answer(register: "DynamoDBClient", table: str, reference: str) -> None:
    """Writes an operator's claim and answer into the register, once the incident is queued."""
    incident = {"reference": {"S": reference}, "entry": {"S": "incident"}}
    deadline = time.monotonic() + _WAIT_MS / 1000
    while register.get_item(TableName=table, Key=incident)["Item"]["status"]["S"] == "received":
        if time.monotonic() > deadline:
            raise Unable(f"No picture of an answer: {reference} was not queued in time.")
        time.sleep(0.2)
    done = {
        "action": {"action": {"S": "claimed"}, "by": {"S": "operator"}},
        "message": {"by": {"S": "operator"}, "body": {"S": _ANSWER}},
    }
    now = datetime.now(UTC)
    for number, (kind, content) in enumerate(done.items()):
        register.put_item(
            TableName=table,
            Item={
                "reference": {"S": reference},
                "entry": {"S": f"7{number:025}"},  # after today's entries
                "kind": {"S": kind},
                "recorded_at": {"S": (now + timedelta(minutes=11 * number + 7)).isoformat()},
                "expires_at": {"N": str(int((now + timedelta(days=180)).timestamp()))},
                "content": {"M": content},
            },
        )
    register.update_item(
        TableName=table,
        Key=incident,
        UpdateExpression="SET #status = :waiting, due_at = :end",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":waiting": {"S": "waiting"},
            ":end": {"S": (now + timedelta(days=14)).isoformat()},
        },
    )


def _write(picture: bytes, file: Path) -> None:
    """Save the picture in few colours: a page has few, and the file is a third of the size."""
    file.parent.mkdir(parents=True, exist_ok=True)
    few = Image.open(BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)
    if file.stat().st_size > _LARGEST_BYTES:
        raise Unable(f"{file.relative_to(ROOT)} is too large for the repository.")


if __name__ == "__main__":
    sys.exit(main())

"""The files of an incident: the list, the form that adds one, and the question before a removal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from suport.domain.attachment import (
    ERASED,
    LARGEST_FILE_STATED,
    MOST_FILES,
    Refusal,
    State,
    may_be_opened,
)
from suport.http.problem import FieldError, Problem
from suport.texts.labels import ADVICE, FILE_STATES, REFUSALS
from suport.texts.message import N_, Message
from suport.views.citizen_view import CitizenView
from suport.web.rendering import FormPage, Page
from suport.web.site_map import address

if TYPE_CHECKING:
    from suport.files.file_store import UploadForm

LOOKS = (3, 6, 15, 30, 60)  # seconds before each time that the page looks again by itself
NOT_ARRIVED = N_("We have not received the file")
CANNOT_CHECK = N_(
    "We cannot check at the moment whether your file has arrived. Keep it until you see it in the "
    "list. You can continue with your incident without it."
)
_SEND_AGAIN = N_("Choose it below and send it again.")


class Sent(NamedTuple):
    """A file that the store says has been sent, and what became of it.

    key: of the file in the store. fate: None if the register knows nothing of it. number: what the
    list calls it. unchecked: whether it could not be checked just now. looks: how often the page
    has looked again.
    """

    key: str
    fate: State | Refusal | None
    number: int | None = None
    unchecked: bool = False
    looks: int = 0

    @property
    def is_checked(self) -> bool:
        """Whether nothing more will become of it."""
        return not self.unchecked and self.fate is not State.QUARANTINED

    @property
    def is_missing(self) -> bool:
        """Whether it has not arrived."""
        return not self.unchecked and self.fate is None

    @property
    def not_kept(self) -> "Told | None":
        """Why the incident does not have it, and what to do."""
        if not self.is_checked or self.fate in {State.CLEAN, State.UNSCANNED, State.REMOVED}:
            return None
        if self.fate is None:
            return Told(NOT_ARRIVED, _SEND_AGAIN)
        if self.fate is State.UNSCANNABLE:
            return Told(FILE_STATES[self.fate], ADVICE[Refusal.WRONG_TYPE])
        reason = Refusal(self.fate)  # an erased file's state is called like the reason
        return Told(REFUSALS[reason], ADVICE[reason])


class Told(NamedTuple):
    """What could not be done, in the shape of a problem."""

    title: Message
    detail: Message
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FilesPage(Page):
    """The files of the incident and, while it takes more, the form that adds one.

    view: the incident as its citizen sees it. places: how many more files the incident takes.
    upload: the form, if it takes any. sent: what has just been sent. done: what was just done.
    trouble: what could not be done. most_files: how many it may have. largest_file: in bytes.
    """

    name: ClassVar[str] = "files"
    template: ClassVar[str] = "files.html"
    connects: ClassVar[bool] = True  # to send one file after the other, and to look again
    view: CitizenView
    places: int
    upload: "UploadForm | None" = None
    sent: Sent | None = None
    done: str = ""
    trouble: Problem | None = None
    most_files: int = MOST_FILES
    largest_file: int = LARGEST_FILE_STATED

    @property
    def openable(self) -> list[State]:
        """The states in which the citizen may open a file."""
        return list(filter(may_be_opened, State))

    @property
    def removable(self) -> list[State]:
        """The states in which there is something to remove."""
        return [each for each in State if each not in ERASED]

    @property
    def here(self) -> str:
        """The address, which still names what was sent: another language says it again."""
        return address(self.name, {"key": self.sent.key if self.sent else ""})

    @property
    def not_kept(self) -> Told | None:
        """Why the incident does not have what was sent, and what to do."""
        return self.sent.not_kept if self.sent else None

    @property
    def told(self) -> list[Message]:
        """What became of what was sent, in a sentence or two; nothing if nothing was."""
        if self.not_kept:
            return [self.not_kept.title, self.not_kept.detail]
        if self.sent and self.sent.unchecked:
            return [CANNOT_CHECK]
        if self.sent and not self.sent.is_checked:
            return [N_("We have received the file and are checking it.")]
        if self.sent and self.sent.number:
            number = self.sent.number
            return [N_("The file has been added. It is file {number}.", number=number)]
        return []

    @property
    def look_again(self) -> tuple[int, str] | None:
        """After how many seconds the page looks again what became of the file, and where."""
        if self.sent is None or self.sent.is_checked or self.sent.looks >= len(LOOKS):
            return None
        next_look = {"key": self.sent.key, "look": str(self.sent.looks + 1)}
        return LOOKS[self.sent.looks], address("files", next_look)


@dataclass(frozen=True, kw_only=True)
class RemovalPage(FormPage):
    """The question whether to remove a file.

    view: the incident as its citizen sees it. file: what the view says of the file.
    """

    own: ClassVar = {"id", "reference"}
    name: ClassVar[str] = "files"
    template: ClassVar[str] = "remove_file.html"
    view: CitizenView
    file: dict[str, Any]

    @property
    def here(self) -> str:
        """The address, which names the file."""
        return address("remove-file", {"id": self.file["file"]})


@dataclass(frozen=True, kw_only=True)
class UploadedPage(Page):
    """The page that the store leads back to, if the browser does not bring the session along.

    From here the browser does: this page leads on to the files, which say what became of this one.
    key: of the file in the store.
    """

    name: ClassVar[str] = "files"
    template: ClassVar[str] = "uploaded.html"
    key: str

    @property
    def here(self) -> str:
        """The address of the files, which names this one, and is where the page leads."""
        return address(self.name, {"key": self.key})

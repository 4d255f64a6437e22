"""The files of an incident: a list, and the two steps that add one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from suport.domain.attachment import LARGEST_FILE_STATED, MOST_FILES, MediaType
from suport.views.citizen_view import CitizenView
from suport.web.rendering import FormPage, Page

if TYPE_CHECKING:
    from suport.files.file_store import UploadForm


@dataclass(frozen=True, kw_only=True)
class FilesPage(FormPage):
    """The files of the incident, and the question what kind of file to add.

    view: the incident as its citizen sees it. places: how many more files the incident takes.
    arrived: whether one has just come. most_files: how many it may have. largest_file: in bytes.
    """

    name: ClassVar[str] = "files"
    template: ClassVar[str] = "files.html"
    own: ClassVar = {"type", "reference"}
    view: CitizenView
    places: int
    arrived: bool = False
    most_files: int = MOST_FILES
    largest_file: int = LARGEST_FILE_STATED


@dataclass(frozen=True, kw_only=True)
class UploadPage(Page):
    """The form that brings a file straight into the store.

    upload: where the form goes, with which fields. type: the only kind of file that it takes.
    largest_file: in bytes.
    """

    name: ClassVar[str] = "files"
    template: ClassVar[str] = "upload.html"
    upload: "UploadForm"
    type: MediaType
    largest_file: int = LARGEST_FILE_STATED


@dataclass(frozen=True, kw_only=True)
class UploadedPage(Page):
    """The page that the store leads back to, if the browser does not bring the session along."""

    name: ClassVar[str] = "files"
    template: ClassVar[str] = "uploaded.html"

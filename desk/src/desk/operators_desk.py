"""The desk at which every command works: the settings, the service, the drafts, the output.

Each part is made when a command first needs it: help and completion answer at once.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desk.drafts.delivery import deliver
from desk.drafts.kept_files import NO_INCIDENT, Draft, Drafts
from desk.errors import Misused, Refused, Trouble
from desk.listed_incidents import ListedIncidents
from desk.queue.message import Received
from desk.reference import as_written
from desk.saved_files import SavedFiles
from desk.seen_incidents import SeenIncidents
from desk.service_vocabulary import Category, Problem
from desk.settings import Settings, load, load_for_data_protection, state_folder

if TYPE_CHECKING:
    from desk.queue.team_queue import TeamQueue
    from desk.service.api import Api
    from desk.service.aws import Aws
    from desk.terminal.output import Output


@dataclass
class Desk:
    """The desk of one run of the program: for which team, and where the service is."""

    team: Category | None = None
    local: bool = False
    as_json: bool = False

    @cached_property
    def settings(self) -> Settings:
        return load(self.team, local=self.local)

    @cached_property
    def aws(self) -> "Aws":
        from desk.service.aws import Aws

        return Aws(self.settings)

    @cached_property
    def operator(self) -> str:
        return self.aws.operator()

    @cached_property
    def api(self) -> "Api":
        from desk.service.api import Api

        return Api(self.settings.api_url, self.aws, self.forget)

    @cached_property
    def data_protection_api(self) -> "Api":
        """The service for a data-protection officer, in the role of data protection."""
        from desk.service.api import Api
        from desk.service.aws import Aws

        access = load_for_data_protection(local=self.local)
        return Api(access.api_url, Aws(access), self.forget)

    @cached_property
    def queue(self) -> "TeamQueue":
        return self._queue_at(self.settings.queue_url)

    @cached_property
    def dead_letter_queue(self) -> "TeamQueue":
        url = self.settings.dead_letter_queue_url
        if url is None:
            raise Misused(
                f"The setting dead_letter_queue_url of {self.settings.team} is missing:"
                " write it into the settings file, or set DESK_DEAD_LETTER_QUEUE_URL."
            )
        return self._queue_at(url)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(state_folder() / "drafts")

    @cached_property
    def seen(self) -> SeenIncidents:
        return SeenIncidents(state_folder())

    @cached_property
    def listed(self) -> ListedIncidents:
        return ListedIncidents(state_folder())

    @cached_property
    def saved(self) -> SavedFiles:
        return SavedFiles(state_folder())

    @cached_property
    def output(self) -> "Output":
        from desk.terminal.output import Output

        return Output(as_json=self.as_json)

    def show(
        self, incident: dict[str, Any], message: Received | None = None, result: Any = None
    ) -> None:
        """Shows the incident, and remembers that the operator has read it.

        message: the pulled message. result: what programs get, if not just the incident.
        """
        from desk.terminal.incident import print_incident

        if not self.output.result(result or incident):
            print_incident(self.output.result_console, incident, message)
        self.seen.remember(
            incident["reference"],
            language=incident["language"],
            etag=incident.get("etag"),
            expires_on=incident.get("expires_on"),
        )
        self.settle(incident)

    def settle(self, incident: dict[str, Any]) -> None:
        """Removes the drafts of what the incident, as the service shows it, has already."""
        for kind in self.drafts.settle(incident):
            self.output.say(f"Your {kind} is recorded, as the history shows: its draft is removed.")

    def send(self, draft: Draft, request: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Makes the request that the draft is for, and returns the answer.

        If the citizen has written meanwhile, the desk shows it: the operator has then read it.
        Raises Trouble of any kind, whose text also says what became of the draft.
        """
        try:
            return deliver(draft, request)
        except Refused as refused:
            if refused.name == Problem.CHANGED_MEANWHILE:
                from desk.terminal.history import print_written_meanwhile

                if not self.as_json:
                    written = refused.facts.get("written") or []
                    print_written_meanwhile(self.output.result_console, written)
                self.seen.remember(draft.reference, etag=refused.facts.get("etag"))
            raise

    def done(self, answer: Any, sentence: str) -> None:
        """Gives the answer to programs, and the sentence to people."""
        if not self.output.result(answer):
            self.output.say(sentence)

    def look_after_drafts(self) -> None:
        """Asks which incidents of drafts were erased, if there are any, and erases these drafts.

        Only after a command that has used the service: then it is one request more, and commands
        without it stay as quick as they are. If it fails, the next such command asks again.
        """
        if "api" not in vars(self):
            return
        about = sorted({each.reference for each in self.drafts.all()} - {NO_INCIDENT})
        with suppress(Trouble):
            for reference in self.api.erased(about):
                told = f"{reference}: its citizen had it erased."
                self.output.say(" ".join([told, *self.forget_erased(reference)]))

    def forget(self, refused: Refused) -> None:
        """Erases what this computer has about the incident that a refusal says was erased.

        The refusal then says so, and names what the operator saved of it and has to delete.
        """
        reference = str(refused.facts.get("reference"))
        refused.args = (" ".join([str(refused), *self.forget_erased(reference)]),)

    def forget_erased(self, reference: str) -> Iterator[str]:
        """Erases what this computer has about an erased incident; says so, and what it cannot."""
        reference = as_written(reference)
        if self.drafts.discard_all(reference):
            yield "Your drafts about it are erased."
        self.seen.forget(reference)
        self.listed.forget(reference)
        saved = self.saved.there(datetime.now(UTC))
        if of_it := [str(each.path) for each in saved if as_written(each.reference) == reference]:
            yield f"Delete what you saved of it: {', '.join(of_it)}."

    def read_up_to(self, reference: str) -> str | None:
        """The etag of the latest of the citizen's entries that this desk has shown; None if none.

        Raises Trouble if it has shown none, and the citizen wrote something that nobody has read.
        """
        etag = self.seen.etag(reference)
        if etag is None:
            for each in self.api.open_incidents():
                if as_written(each["reference"]) == as_written(reference) and each.get("unread"):
                    raise Trouble(
                        f"{reference}: the citizen wrote something that you have not seen here."
                        f" Nothing is sent. Read it first: desk show {reference}."
                    )
        return etag

    def _queue_at(self, url: str) -> "TeamQueue":
        from desk.queue.team_queue import TeamQueue

        return TeamQueue(self.aws.sqs(), url)

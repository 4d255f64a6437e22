"""Every promise can be broken: a planted defect of each kind is found within some schedules.

The order of a set is part of a schedule: `make acceptance` sets PYTHONHASHSEED to 0. With another
one, a defect that few schedules find may be found by none.
"""

import secrets
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from suport.desk.drafts import Drafts
from suport.desk.group_answers import GroupAnswers
from suport.desk.team_queue import Received, TeamQueue
from suport.domain import (
    deadlines,
    erasure,
    group_acts,
    group_answer,
    operator_acts,
    owed_mail,
    remote_acts,
    remote_session,
    retention,
)
from suport.domain.change import Change, Decision
from suport.domain.group_answer import GroupAnswer
from suport.domain.incident import Incident
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.domain.remote_acts import Step
from suport.domain.remote_session import State
from suport.files import arrivals
from suport.http import request as requests
from suport.register import register as registers
from suport.register.register import Register
from suport.register.remote_sessions import RemoteSessions
from suport.register.remote_support import RemoteSupport
from suport.register.search_index import SearchIndex
from suport.register.table import Table
from suport.runtime.joint_calls import Message
from suport.web.desk.pages.known_problems import KnownProblemPage
from suport.web.desk.site import DeskSite
from tests.chaos.functions import loaded
from tests.chaos.schedule import Schedule, focused, in_order, run
from tests.chaos.town import ACTS
from tests.chaos.world import DEEPEST

WITHIN = 80  # schedules

FILES = ("adds_a_file", "sends_a_file_once_more", "looks_at_the_files", "removes_a_file", "nights")
TAKES = ("takes_the_next", "takes_the_next")
DESK = ("takes_the_next_in_a_browser", "works_in_a_browser", "breaks_down")
QUEUES = ("submits_again", *["takes_the_next_in_a_browser", "delivers_all"] * 4, "breaks_down")
BATCHES = (*["submits", "submits_again"] * 4, "delivers_all", "transfers")
REMOTE = (*TAKES, *["consents", "invites", "joins", "shows_the_screen"] * 3, "releases")
RIGHTS = ("asks_to_be_erased", "confirms_the_erasure", "looks_for_what_is_gone")
CODES = ("replaces_the_code", "looks_for_what_is_gone")
ADDRESSES = (
    *(*TAKES, *["replies"] * 4),
    *["asks_for_another_address", "confirms_the_address", "reads_the_mail"] * 3,
)
PROBLEMS = ("submits", *["opens_a_problem", "links", "answers_all"] * 4, "watches")
"""The kinds of steps of one room: at their usual weights among all others, they would be rare."""
LINKED = ("submits", "submits", *["delivers_all"] * 3, "opens_a_problem", "links", "links", "links")
ANSWERED = (*LINKED, *["delivers_all", "answers_all"] * 3, "delivers_all")
INVITED_AND_ERASED = (
    *["delivers_all"] * 3,
    *["takes_the_next", "invites"] * 3,
    *["is_erased_at_the_desk"] * 6,
)
UNLINKED = (*LINKED, *["takes_the_next_in_a_browser"] * 6, *["links"] * 4)
FOLLOWED = (
    *(*["submits"] * 5, *["delivers_all"] * 4, *["takes_the_next"] * 8),
    *(*["follows"] * 12, *["closes"] * 3),
)
SENT_AGAIN = ("submits", *["adds_a_file", "sends_a_file_once_more", "delivers", "delivers"] * 6)
"""What happens, one after the other."""

type Plant = Callable[[pytest.MonkeyPatch], None]
type Instead = Callable[..., Any]


def in_function(name: str, attribute: str, instead: Instead) -> Plant:
    """A defect in a function's own file; `instead` gets what it replaces, then its arguments."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for process in range(1, DEEPEST + 1):
            module = loaded(name, process)
            original = getattr(module, attribute)
            patch.setattr(module, attribute, _with(original, instead))

    return plant


def in_package(where: Any, attribute: str, instead: Instead) -> Plant:
    """A defect in the package, as above."""
    original = getattr(where, attribute)
    return lambda patch: patch.setattr(where, attribute, _with(original, instead))


def both(one: Plant, other: Plant) -> Plant:
    """Two defects at once, where the service has a second defence."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        one(patch)
        other(patch)

    return plant


def _with(original: Any, instead: Instead) -> Any:
    return lambda *given, **named: instead(original, *given, **named)


def _forgets_now_and_then(write: Any, *given: Any, **named: Any) -> Any:
    return True if next(_FORGOTTEN) % 12 == 11 else write(*given, **named)


def _shows_to_any_team(view: Any, register: Register, *given: Any, **named: Any) -> Any:
    reference, operator, _, now = given
    own = register.incident(reference, now).category
    return view(register, reference, operator, own, now, **named)


def _logs(submit: Any, *given: Any, **named: Any) -> Any:
    sys.stdout.write(given[1].description)
    return submit(*given, **named)


def _does_nothing(*_: Any, **__: Any) -> None:
    return None


def _decides_nothing(_: Any, incident: Incident, now: datetime, __: Any) -> Decision[None]:
    return Decision(Change(incident, now), None)


def _fails(*_: Any, **__: Any) -> None:
    raise ValueError


def _names_nobody(advanced: Any, job: GroupAnswer, *given: Any) -> GroupAnswer:
    after: GroupAnswer = advanced(job, *given)
    return replace(after, left=job.left)


def _follows_whatever_became_of_it(_: Any, __: Register, incident: Incident, ___: Any) -> bool:
    return incident.answered_with is not None


def _takes_any_code(
    opens: Any, secret: bytes, reference: Reference, typed: str, latest: int
) -> bool:
    return any(opens(secret, reference, typed, number) for number in range(1, latest + 1))


def _admits_again(join: Any, session: Any, *given: Any) -> Step:
    done: Step = join(replace(session, state=State.INVITED), *given)
    return done


def _forgets_no_code(delete: Any, sessions: RemoteSessions, owner: str, item: str) -> Any:
    return delete(sessions, owner, "another" if owner == "codes" else item)


def _forgets_nothing(
    writes: Any, sessions: RemoteSessions, before: Any, step: Step, now: Any
) -> Any:
    return writes(sessions, before, replace(step, forgets=False), now)


def _deletes_nothing(write: Any, index: SearchIndex, put: Any, _: Any) -> None:
    write(index, put, ())


def _deletes_at_once(receive: Any, queue: TeamQueue) -> Received | None:
    message: Received | None = receive(queue)
    if message:
        queue.delete(message)
    return message


def _sends_the_code_to_the_former(
    owe: Any, change: Change, kind: MailKind, *given: Any, **named: Any
) -> None:
    former = {"to": change.seen.contact.get("email")} if kind is MailKind.ACCESS_CODE else {}
    owe(change, kind, *given, **named | former)


def _erases_whatever_is_there(_: Any, store: Any, bucket: str, key: str, __: str) -> None:
    store.delete_object(Bucket=bucket, Key=key)


@dataclass(frozen=True)
class Defect:
    """A defect, what is said of it once it is found, and the kinds of steps that lead to it.

    course: if it is not found by chance, the steps, one after the other.
    """

    plant: Plant
    said: str
    kinds: Collection[str] = tuple(ACTS)
    course: Sequence[str] = ()

    def schedule(self, seed: int) -> Schedule:
        """The schedule of that number in which it may be found."""
        return in_order(seed, self.course) if self.course else focused(seed, self.kinds)


_FORGOTTEN = count()
DEFECTS: dict[str, Defect] = {
    "writes are forgotten": Defect(
        in_package(Table, "write", _forgets_now_and_then), "was accepted, and is lost"
    ),
    "another team's queue": Defect(
        in_function("route_incident", "queue_of", lambda of, _: of("payment")),
        "not in the queue of",
    ),
    "nobody is woken": Defect(
        in_package(Register, "overdue", lambda *_: []), "nothing has happened since"
    ),
    "a retry makes another incident": Defect(
        in_package(
            registers, "reference_for", lambda of, secret, *_: of(secret, secrets.token_hex())
        ),
        "one submission made",
    ),
    "attempts at a mail are forgotten": Defect(
        in_package(owed_mail, "attempted", lambda _, mail, *__: replace(mail, attempts=())),
        "may have gone out",
    ),
    "whatever is done prolongs": Defect(
        in_package(retention, "prolongs", lambda *_: True), "kept longer"
    ),
    "a queue has the text": Defect(
        in_function(
            "route_incident",
            "queue_message",
            lambda of, incident, now: of(incident, now) | {"said": incident.description},
        ),
        "in a message",
    ),
    "a log has the text": Defect(in_package(Register, "submit", _logs), "the log has"),
    "any team looks": Defect(
        in_package(Register, "view", _shows_to_any_team), "which is not its own"
    ),
    "any operator writes": Defect(
        in_package(operator_acts, "must_have_claimed", _does_nothing),
        "writes, and",
        ("takes_the_next", "releases", "replies"),
    ),
    "nothing ends by itself": Defect(
        in_package(retention, "is_visible", lambda *_: True),
        "is past its time",
        ("a_season_passes", "expires", "writes"),
    ),
    "what is refused stays": Defect(
        in_package(arrivals, "erase", _does_nothing), "does not fit, and lies in the store", FILES
    ),
    "what is infected stays": Defect(
        in_package(arrivals, "erase", _does_nothing), "is infected or removed, and", FILES
    ),
    "another file is erased with one": Defect(
        in_package(arrivals, "erase_version", _erases_whatever_is_there),
        "is in the register, and not in the store",
        course=SENT_AGAIN,
    ),
    "entries outlive an erasure": Defect(
        in_package(Register, "delete_erased", lambda *_: True), "and Register still has", RIGHTS
    ),
    "the search index outlives an erasure": Defect(
        in_package(SearchIndex, "write", _deletes_nothing), "and SearchIndex still has", RIGHTS
    ),
    "a tombstone of another": Defect(
        in_package(erasure, "digest_of", lambda *_: 64 * "0"), "has no tombstone", RIGHTS
    ),
    "an erasure is answered once": Defect(
        in_function("erase_incident", "erased_before", _does_nothing), "the same once more", RIGHTS
    ),
    "former codes open": Defect(
        in_package(requests, "opens", _takes_any_code),
        "a replaced access code still opens it",
        CODES,
    ),
    "former addresses get mail": Defect(
        in_package(Change, "owe_mail", _sends_the_code_to_the_former),
        "its former address gets more",
        ADDRESSES,
    ),
    "consents do not end": Defect(
        in_package(Change, "end_consent", _does_nothing),
        "in force",
        ("takes_the_next", "consents", "resolves"),
    ),
    "a session needs nobody": Defect(
        in_package(remote_session, "_of_incident", _does_nothing),
        "of a session that is over",
        REMOTE,
    ),
    "a session needs no consent": Defect(
        in_package(remote_session, "_is_standing", lambda *_: True), "may view", REMOTE
    ),
    "a code admits anybody": Defect(
        both(
            in_package(RemoteSessions, "_delete", _forgets_no_code),
            in_package(remote_acts, "join", _admits_again),
        ),
        "admits two browsers",
        REMOTE,
    ),
    "descriptions are kept": Defect(
        in_package(RemoteSessions, "writes", _forgets_nothing), "outlives its session", REMOTE
    ),
    "nobody ends a session": Defect(
        in_package(RemoteSupport, "sessions_to_end", lambda *_: []), "never ended", REMOTE
    ),
    "ends are not recorded": Defect(
        in_package(remote_acts, "_record_end", _does_nothing), "never ended", REMOTE
    ),
    "a session outlives its erased incident": Defect(
        in_package(RemoteSupport, "forget", _does_nothing),
        "erased, and RemoteSessions still has",
        course=INVITED_AND_ERASED,
    ),
    "what an erasure has ended stays": Defect(
        in_package(RemoteSupport, "sessions_to_forget", lambda *_: []),
        "erased, and RemoteSessions still has",
        course=INVITED_AND_ERASED,
    ),
    "drafts are not kept": Defect(
        in_package(Drafts, "of", lambda *_: {}), "a draft was kept, and", DESK
    ),
    "a failure takes the text": Defect(
        in_package(DeskSite, "_form_again", _does_nothing), "without the text", DESK
    ),
    "a message goes before the claim": Defect(
        in_package(TeamQueue, "receive", _deletes_at_once), "not in the queue of", QUEUES
    ),
    "an answer reaches anybody": Defect(
        in_package(group_acts, "_skipped", _does_nothing), "and was not linked", PROBLEMS
    ),
    "an answer is repeated": Defect(
        in_package(group_acts, "digest", lambda *_: secrets.token_hex()), " times", course=ANSWERED
    ),
    "an answer reaches nobody": Defect(
        in_package(group_acts, "answer_for_all", _decides_nothing), "and 0 got it", course=ANSWERED
    ),
    "nobody resumes an answer": Defect(
        in_package(GroupAnswers, "resume", lambda *_: []), "the job", PROBLEMS
    ),
    "nobody learns at whom an answer failed": Defect(
        both(
            in_package(group_acts, "answer_for_all", _fails),
            in_package(group_answer, "advanced", _names_nobody),
        ),
        "names [] as failed",
        course=ANSWERED,
    ),
    "what a batch left out is forgotten": Defect(
        in_package(Message, "made_for", lambda made, *given: [None for _ in made(*given)]),
        "not in the queue of",
        BATCHES,
    ),
    "followers wait for nobody": Defect(
        in_package(Register, "_is_led", _follows_whatever_became_of_it),
        "not in the queue of",
        course=FOLLOWED,
    ),
    "nothing goes back to its team": Defect(
        both(
            in_package(group_acts, "_back_to_team", _does_nothing),
            lambda patch: patch.setattr(deadlines, "COMES_BACK_WITHIN", timedelta(days=13)),
        ),
        "not in the queue of",
        course=UNLINKED,
    ),
    "a message to nobody is lost": Defect(
        lambda patch: patch.setattr(KnownProblemPage, "has_words", False),
        "without the text",
        PROBLEMS,
    ),
}
"""At least one defect for each promise."""


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    defect = DEFECTS[name]
    defect.plant(monkeypatch)
    found = (each for seed in range(WITHIN) for each in run(defect.schedule(seed)).broken)
    assert next((each for each in found if defect.said in each), None)

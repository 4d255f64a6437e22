"""No read shows an entry after its midnight, and none loses one before, whatever anybody does.

Everything that somebody writes has a word of its own in it. The model notes when the register took
each word and each entry, and computes with another calendar when their six months are over. After
every step it compares all reads with that: nothing else is in them, and nothing is missing.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from suport.domain.attachment import File, FileId, MediaType, State
from suport.domain.category import Category
from suport.domain.citizen_acts import NotResolved, ReopeningOver, TooManyMessages
from suport.domain.consent import ControlNeedsView, NothingToWithdraw, Scope
from suport.domain.file_acts import NoSuchFile
from suport.domain.history import Entry, HistoryPart
from suport.domain.incident import Incident, MailTrouble
from suport.domain.language import Language
from suport.domain.legal_time import MADRID
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, NotClaimed, OtherTeam
from suport.domain.operator_identity import Operator
from suport.domain.owed_mail import BeingSent, Exhausted
from suport.domain.reference import Reference
from suport.files.file_store import new_file_id
from suport.register import contention, deployed
from suport.register.errors import NoSuchIncident
from suport.register.marshalling import unmarshalled
from suport.register.register import COUNTED_FOR
from suport.runtime import aws
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.citizen_view import is_shown, page_view
from suport.views.export import export
from suport.views.operator_view import listed, operator_view
from suport.views.queue_message import queue_message
from tests.support.register import submission_of
from tests.support.silent_functions import SECRET
from tests.support.six_months import six_months_on
from tests.support.table import Table

MOST_INCIDENTS = 2
AINA, BIEL = "aina", "biel"  # one of each team, whatever team that is
REFUSALS = (
    *(NoSuchIncident, ReopeningOver, NotResolved, OtherTeam, NotClaimed, ClaimedByAnother),
    *(AlreadyResolved, NothingToWithdraw, TooManyMessages, ControlNeedsView, BeingSent, Exhausted),
    NoSuchFile,
)
WORD = re.compile(r"word\d+x")

START = st.sampled_from(
    [
        datetime(2026, 8, 31, 10, tzinfo=UTC),  # ends with February
        datetime(2027, 8, 30, 22, 30, tzinfo=UTC),  # on the 31st in Madrid; a leap year follows
        datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC),  # the last second of a year in Madrid
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 2:30 in Madrid, for the first time
        datetime(2027, 3, 28, 1, tzinfo=UTC),  # 3:00 in Madrid, right after 1:59
        datetime(2027, 9, 28, 9, tzinfo=UTC),  # ends on the day after the clocks go forward
    ]
) | st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
WAITS = st.sampled_from(
    [
        *(timedelta(seconds=1), timedelta(minutes=3), timedelta(hours=1), timedelta(hours=25)),
        *(timedelta(days=3), timedelta(days=14), timedelta(days=29), timedelta(days=31)),
        *(timedelta(days=62), timedelta(days=92), timedelta(days=180)),
    ]
)
AROUND = st.sampled_from([timedelta(milliseconds=each) for each in (-1000, -1, 0, 1, 999)])


@dataclass
class Case:
    """What the model knows of one incident; all moments are those at which its clock stood."""

    reference: Reference
    category: Category
    key: str
    submitted: datetime
    end: datetime
    """The midnight on which all of it is gone."""
    entries: dict[str, datetime] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    """When each word was written that its citizen may read."""
    internal: dict[str, datetime] = field(default_factory=dict)
    """The same for those that only operators may read."""
    contact: str = ""
    """The word in the citizen's name."""
    files: dict[str, datetime] = field(default_factory=dict)
    """When each file was added; without those that were removed."""


class Everybody(RuleBasedStateMachine):
    """Citizens, operators and the service, through half years and over their ends."""

    @initialize(now=START)
    def begin(self, now: datetime) -> None:
        self.now = now
        self.table = Table()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("REGISTER_TABLE", "register")
            patch.setenv("TOMBSTONES_TABLE", "tombstones")
            patch.setattr(aws, "client", lambda _: self.table)
            self.register = deployed.register()
        self.cases: list[Case] = []
        self.numbers = count(1)

    # Time, and what erases

    @rule(span=WAITS)
    def wait(self, span: timedelta) -> None:
        self.now += span

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 20), around=AROUND)
    def wait_for_an_end(self, which: int, around: timedelta) -> None:
        """To the moment when something ends, or to right before or after it."""
        ends = {
            six_months_on(moment) + around
            for case in self.cases
            for moment in (case.submitted, *case.entries.values())
        }
        later = sorted(end for end in ends if end > self.now)
        if later:
            self.now = later[which % len(later)].astimezone(UTC)

    @rule(around=AROUND)
    def wait_for_midnight(self, around: timedelta) -> None:
        tomorrow = (self.now.astimezone(MADRID) + timedelta(days=1)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        self.now = max(self.now, (tomorrow + around).astimezone(UTC))

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        """TTL erases some of what has expired; it takes its time, and knows no order."""
        expired = [
            item
            for item in self.table.scan(TableName="register")["Items"]
            if int(item["expires_at"]["N"]) <= self.now.timestamp()
        ]
        for item in expired:
            if data.draw(st.booleans()):
                self.table.delete_item(
                    TableName="register",
                    Key={"reference": item["reference"], "entry": item["entry"]},
                )

    # Citizens

    @precondition(lambda self: len(self.cases) < MOST_INCIDENTS)
    @rule(by_phone=st.booleans(), payment=st.booleans())
    def submit(self, by_phone: bool, payment: bool) -> None:
        category = Category.PAYMENT if payment else Category.FUNCTIONAL
        self.submit_with(f"{next(self.numbers):016}", category, by_phone=by_phone)

    def submit_with(
        self,
        key: str,
        category: Category,
        leftover: Collection[str] = (),
        *,
        by_phone: bool,
    ) -> None:
        described, seen, name = self.word(), self.word(), self.word()
        submission = submission_of(
            {
                "category": category,
                "description": f"I cannot go on from here: {described}.",
                "error": {"code": "190", "message": seen},
                "procedure": {"code": "1", "name": self.word()},
                "context": {"step": self.word()},
                "contact": {"name": name, "email": "anna@example.org"},
            }
        )
        arguments = (key, SECRET, self.now)
        made = (
            self.register.take_phone_call(submission, Operator(AINA, (category,)), *arguments)
            if by_phone
            else self.register.submit(submission, *arguments)
        )
        case = Case(made.reference, category, key, self.now, six_months_on(self.now), contact=name)
        first = json.dumps([submission.description, submission.error, submission.procedure])
        first += json.dumps(submission.context)
        case.written = dict.fromkeys(WORD.findall(first), self.now)
        assert len(case.written) == 4
        case.entries = dict.fromkeys(self.stored(case).keys() - {*leftover}, self.now)
        self.cases.append(case)

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), what=st.sampled_from(["write", "reopen", "finish", "rate"]))
    def citizen_acts(self, which: int, what: str) -> None:
        case, word = self.case(which), self.word()
        match what:
            case "write":
                if self.act(case, self.register.add_citizen_message, f"It still says {word}."):
                    case.written[word] = self.now
            case "rate":
                if self.act(case, self.register.rate, next(self.numbers) % 5 + 1, word):
                    case.written[word] = self.now
            case "reopen":
                self.act(case, self.register.reopen)
            case "finish":
                self.act(case, self.register.resolve_by_citizen)

    @precondition(lambda self: any(self.now >= case.end for case in self.cases))
    @rule(which=st.integers(0, 1))
    def citizen_submits_again_after_the_end(self, which: int) -> None:
        """A page that was left open for half a year sends its key again.

        The new incident has the same reference. What the service did with the old one after the
        last person's act is stored until its own date, and no read of the new one shows it.
        """
        over = [case for case in self.cases if self.now >= case.end]
        self.cases.remove(case := over[which % len(over)])
        self.submit_with(case.key, Category.FUNCTIONAL, self.stored(case).keys(), by_phone=False)

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), after=WAITS)
    def citizen_rates_what_was_resolved(self, which: int, after: timedelta) -> None:
        case, word = self.case(which), self.word()
        self.act(case, self.register.claim, who=AINA)
        self.act(case, self.register.resolve, None, who=AINA)
        self.now += after
        if self.act(case, self.register.rate, 5, word):
            case.written[word] = self.now

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), after=WAITS)
    def citizen_agrees_to_control_later(self, which: int, after: timedelta) -> None:
        self.citizen_agrees(which, Scope.VIEW, True)
        self.now += after
        self.citizen_agrees(which, Scope.CONTROL, True)

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1))
    def citizen_corrects_the_name(self, which: int) -> None:
        case, word = self.case(which), self.word()
        if self.act(
            case, self.register.correct_contact, lambda old: {**old, "name": word}, at_once=True
        ):
            case.contact = word

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), scope=st.sampled_from(Scope), grants=st.booleans())
    def citizen_agrees(self, which: int, scope: Scope, grants: bool) -> None:
        shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
        if grants:
            self.act(self.case(which), self.register.grant_consent, scope, shown.identity)
        else:
            self.act(self.case(which), self.register.withdraw_consent, scope)

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), state=st.sampled_from([State.CLEAN, State.QUARANTINED]))
    def citizen_adds_a_file(self, which: int, state: State) -> None:
        case = self.case(which)
        file = File(new_file_id(), MediaType.PNG, 1000, "version", self.now)
        if self.act(case, self.register.add_file, file, state):
            kinds = [item["kind"] for item in self.stored(case).values()]
            if kinds[-1] == "attachment":
                case.files[file.id] = self.now

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), file=st.integers(0, 4))
    def citizen_removes_a_file(self, which: int, file: int) -> None:
        case = self.case(which)
        if case.files:
            removed = list(case.files)[file % len(case.files)]
            there = removed in self.kept(case.files) and self.now < case.end
            assert there == self.act(case, self.register.remove_file, FileId(removed))
            if there:
                del case.files[removed]

    # Operators

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), who=st.sampled_from([AINA, AINA, AINA, BIEL]))
    def operator_claims(self, which: int, who: str) -> None:
        case = self.case(which)
        self.act(case, self.register.claim, who=who)

    @precondition(lambda self: self.cases)
    @rule(
        which=st.integers(0, 1),
        who=st.sampled_from([AINA, AINA, AINA, BIEL]),
        what=st.sampled_from(["note", "reply", "ask", "resolve"]),
    )
    def operator_writes(self, which: int, who: str, what: str) -> None:
        case, word = self.case(which), self.word()
        match what:
            case "note":
                if self.act(case, self.register.note, f"Seen: {word}", who=who):
                    case.internal[word] = self.now
            case "reply" | "ask":
                if self.act(case, self.register.reply, f"Try {word}", who=who, ask=what == "ask"):
                    case.written[word] = self.now
            case "resolve":
                if self.act(case, self.register.resolve, f"Done: {word}", who=who):
                    case.written[word] = self.now

    @precondition(lambda self: self.cases)
    @rule(
        which=st.integers(0, 1),
        who=st.sampled_from([AINA, AINA, AINA, BIEL]),
        what=st.sampled_from(["view", "transfer", "release"]),
    )
    def operator_looks_or_passes_on(self, which: int, who: str, what: str) -> None:
        case, word = self.case(which), self.word()
        match what:
            case "view":
                self.act(case, self.register.view, who=who)
            case "release":
                self.act(case, self.register.release, who=who)
            case "transfer":
                others = [each for each in Category if each is not case.category]
                if self.act(case, self.register.transfer, others[0], word, who=who):
                    case.internal[word] = self.now
                    case.category = others[0]

    # The service

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 1), mail=st.sampled_from(["sent", "bounced", "nothing"]))
    def service_works(self, which: int, mail: str) -> None:
        """Router, watcher, mailer and scanner do what is to do; nothing of it keeps anything."""
        case = self.case(which)
        if self.now < case.end:
            routed = self.register.incident(case.reference, self.now)
            self.act(case, self.mark_queued, routed, by_person=False)
            for entry, owed in self.register.incident(case.reference, self.now).mails.items():
                if mail == "sent":
                    self.act(case, self.attempt_mail, entry, by_person=False)
                    self.act(
                        case, self.register.record_mail, entry, owed.kind, "id", by_person=False
                    )
        if mail == "bounced":
            self.act(case, self.register.mark_undeliverable, MailTrouble.BOUNCED, by_person=False)
        self.act(case, self.register.wake, by_person=False)
        self.act(case, self.register.follow_up, by_person=False)

    def attempt_mail(self, reference: Reference, entry: str, now: datetime) -> None:
        seen = self.register.incident(reference, now)
        self.register.attempt_mail(seen, entry, "an attempt", now)

    def mark_queued(self, _reference: Reference, routed: Incident, now: datetime) -> None:
        self.register.mark_queued(routed, now)

    # How an act is done, and noted

    def case(self, which: int) -> Case:
        return self.cases[which % len(self.cases)]

    def word(self) -> str:
        return f"word{next(self.numbers)}x"

    def act(
        self,
        case: Case,
        do: Callable[..., object],
        *asked: Any,
        who: str | None = None,
        by_person: bool = True,
        **options: Any,
    ) -> bool:
        """Whether the register did it. After an incident's end, and only then, it knows no such."""
        before, refused = self.stored(case), None
        gone = self.now >= case.end
        if who:
            own = who == AINA
            asked = (who, case.category if own else Category("functional"), *asked)
        try:
            do(case.reference, *asked, self.now, **options)
        except REFUSALS as refusal:
            refused = refusal
        assert isinstance(refused, NoSuchIncident) == gone
        added = [item for entry, item in self.stored(case).items() if entry not in before]
        case.entries |= {item["entry"]: self.now for item in added}
        if by_person and any(
            item["content"].get("action") not in {"viewed", "refused", "file_refused"}
            for item in added
        ):
            case.end = six_months_on(self.now)
        return refused is None

    def stored(self, case: Case) -> dict[str, Any]:
        """The entries in the table, whether or not anybody may still see them."""
        items = self.table.items.get(case.reference, {})
        return {entry: unmarshalled(items[entry]) for entry in sorted(items) if entry[0] == "0"}

    def state(self, case: Case) -> dict[str, Any]:
        """The incident's own item in the table."""
        return unmarshalled(self.table.items[case.reference]["incident"])

    def kept(self, moments: dict[str, datetime]) -> set[str]:
        return {each for each, moment in moments.items() if self.now < six_months_on(moment)}

    # What there is to read

    @invariant()
    def every_read_shows_what_is_kept_and_nothing_else(self) -> None:
        if not hasattr(self, "cases"):
            return
        for case in self.cases:
            if self.now < case.end:
                self.read_entries(case)
                self.read_incident(case)
            else:
                for read in (self.register.incident, self.register.history, self.register.kept_of):
                    with pytest.raises(NoSuchIncident):
                        read(case.reference, self.now)
        self.read_lists()

    def read_entries(self, case: Case) -> None:
        kept = self.kept(case.entries)
        assert [each.id for each in self.register.entries(case.reference, self.now)] == sorted(
            kept, reverse=True
        )
        assert kept == {
            entry
            for entry in case.entries
            if self.register.entry(case.reference, entry, self.now) is not None
        }

    def read_incident(self, case: Case) -> None:
        incident, entries = self.whole_history(case)
        kept, stored, state = self.kept(case.entries), self.stored(case), self.state(case)
        assert {each.id for each in entries} == kept
        part = HistoryPart(tuple(entries))
        for_citizen = page_view(incident, part, self.now)
        copy = export(incident, part, self.now)
        for_operators = operator_view(incident, part, "carla")
        for_claimer = operator_view(incident, part, incident.claimed_by or "carla")
        written, internal = self.kept(case.written), self.kept(case.internal)
        assert words_in(for_citizen) == written
        assert written <= words_in(copy) <= written | internal
        assert words_in(for_operators) == written | internal
        contact = {case.contact} if incident.claimed_by else set()
        assert words_in(for_claimer) == written | internal | contact
        visible = {each.id for each in entries if is_shown(each)}
        assert {each["entry"] for each in for_citizen["history"]} == visible
        assert {each["entry"] for each in for_operators["history"]} == kept

        last_day = (case.end - timedelta(days=1)).date().isoformat()
        files = self.kept(case.files)
        scopes = {
            scope for scope, given in state.get("consents", {}).items() if given["record"] in kept
        }
        rated = [entry for entry, item in stored.items() if item["kind"] == "rating"]
        rating = state.get("rating") if rated and rated[-1] in kept else None
        for view in (for_citizen, copy["incident"], for_operators, for_claimer):
            assert view["expires_on"] == last_day
            assert {each["file"] for each in view["files"]} == files
            assert set(view["consents"]) == (scopes if Scope.VIEW in scopes else set())
            assert view["rating"] == rating
        assert {proof["record_id"] for proof in copy["consents"]} == {
            stored[entry]["content"].get("record") or entry
            for entry in kept
            if stored[entry]["kind"] == "consent"
        }
        if incident.route_reason:
            message = queue_message(incident, self.now)
            known = "190" if self.now < six_months_on(case.submitted) else None
            assert message["error_code"] == known
            assert {each["file"] for each in message["attachments"]} == files

    def whole_history(self, case: Case) -> tuple[Incident, list[Entry]]:
        """All parts of the history, as one page after the other shows them."""
        incident, part = self.register.history(case.reference, self.now)
        entries = list(part.entries)
        while part.earlier:
            _, part = self.register.history(case.reference, self.now, before=part.earlier)
            entries += part.entries
        return incident, entries

    def read_lists(self) -> None:
        there = [case for case in self.cases if self.now < case.end]
        states = {case.reference: self.state(case) for case in there}
        now = self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for moment, read in (
            ("due_at", self.register.overdue),
            ("follow_up_at", self.register.to_follow_up),
        ):
            assert set(read(self.now)) == {
                reference
                for reference, state in states.items()
                if moment in state and state[moment] <= now
            }
        for category in Category:
            its = [case for case in there if states[case.reference]["category"] == category]
            listing = [
                listed(each, Language.ENGLISH)
                for each in self.register.open_incidents(category, self.now)
            ]
            assert {each["reference"]: each["expires_on"] for each in listing} == {
                case.reference: (case.end - timedelta(days=1)).date().isoformat()
                for case in its
                if states[case.reference]["status"] != "resolved"
            }
        facts = sorted(each.submitted_at for each in self.register.facts(self.now))
        year = self.now - COUNTED_FOR  # of its first month all are counted
        counted = [case.submitted for case in there if case.submitted >= year]
        assert sorted(counted) == [each for each in facts if each >= year]
        assert set(facts) <= {case.submitted for case in there}


def words_in(view: Any) -> set[str]:
    return set(WORD.findall(json.dumps(view, default=asdict)))


@pytest.fixture(scope="module", autouse=True)
def nobody_waits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contention, "pause", lambda _: None)
        patch.setattr(aws, "service_secret", lambda: SECRET)
        yield


def test_no_read_shows_an_entry_after_its_midnight_and_none_loses_one_before() -> None:
    long = settings.get_current_profile_name() == "acceptance"
    runs = settings(max_examples=2_000 if long else 30, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Everybody, settings=runs)

"""The register: one table that holds every incident and every entry of its history.

Each question that the service asks the register is a method here, and so is each act. For an act,
the register loads the incident, lets the domain decide, and writes all of the decision or nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from heapq import merge
from itertools import batched, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Concatenate

from suport.domain import (
    citizen_acts,
    contact_acts,
    crockford,
    deadlines,
    erasure,
    file_acts,
    group_acts,
    looks,
    mail_acts,
    operator_acts,
    service_acts,
)
from suport.domain.attachment import AddedFile, File, FileId, Refusal, State
from suport.domain.category import Category
from suport.domain.change import Change, Decision, Refused, request_digest
from suport.domain.consent import NothingToWithdraw, NoticeIdentity, Scope
from suport.domain.contact_acts import Correction
from suport.domain.deadlines import Wake
from suport.domain.desk_list import (
    PAGE,
    ListedIncident,
    ListPage,
    Place,
    Tally,
    Wanted,
    from_place,
    page_of,
    place_at,
    tally,
)
from suport.domain.desk_list import (
    Part as ListPart,
)
from suport.domain.erasure import Erasure, Remains
from suport.domain.group_answer import Act, GroupAnswer, Skipped
from suport.domain.history import (
    LONGEST_HISTORY_PART,
    Consent,
    Entry,
    HistoryPart,
    Kind,
    LookPurpose,
    Rating,
    first_part,
    is_since,
    part_down_to,
)
from suport.domain.incident import Incident, MailTrouble, Status
from suport.domain.legal_time import utc_text
from suport.domain.operator_acts import ChangedMeanwhile, Holder, Work
from suport.domain.operator_identity import Operator
from suport.domain.overdue import Part
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.reference import Reference, key_digest, reference_for
from suport.domain.service_acts import FollowedUp
from suport.domain.submission import Submission, fingerprint
from suport.domain.working_hours import ALWAYS, TeamHours
from suport.register.contention import attempts
from suport.register.errors import Contended, Erased, KeyReused, NoSuchIncident
from suport.register.items import (
    COUNTED,
    FINDABLE,
    INCIDENT,
    LISTED,
    LOADED,
    SHARDS,
    counted_incident_of,
    desk_list,
    entry_item,
    entry_of,
    figures_month,
    findable_of,
    incident_item,
    incident_of,
    is_erased,
    listed_incident_of,
    open_incident_of,
    remains_in,
    set_aside_list,
    set_aside_mail_of,
    whole_incident_of,
)
from suport.register.list_condition import condition_of
from suport.register.marshalling import Item
from suport.register.table import Table
from suport.register.tombstones import Tombstones

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from suport.domain.figures import Facts
    from suport.domain.search_terms import Findable
    from suport.domain.team_load import SetAsideMails, TeamLoad

COUNTED_FOR = timedelta(days=365)
"""How long after its submission an incident counts in the figures."""
MOST_ROWS = 100
"""Incidents of which DynamoDB gives the items in one request."""
MOST_AT_ONCE = 1_000
"""Incidents of a list that DynamoDB looks at in one request."""
_LONGER = 4
"""How many times as many incidents each further request for the same page looks at."""
_OPEN = Place(ListPart.OPEN, "")
"""The start of what is open in a list."""


class Register:
    """The register in one DynamoDB table. All moments are aware.

    Every method that names an incident raises `NoSuchIncident`. Every act raises `Contended`, and
    whatever its function in the domain raises.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        tombstones: Tombstones | None = None,
        hours: TeamHours = ALWAYS,
    ) -> None:
        """The register in that table, reached with this client.

        tombstones: where acts leave theirs; without it, acts that leave one fail. hours: in which
        the teams work.
        """
        self._table = Table(client, table, tombstones)
        self._hours = hours

    # Questions

    def incident(self, reference: Reference, now: datetime) -> Incident:
        """The incident as it is now."""
        return self._incident(self._table.item(reference, INCIDENT, now), reference, now)

    def incidents(self, references: Iterable[Reference], now: datetime) -> "Incidents":
        """These incidents as they are now, with one request for 100 of them."""
        found: dict[str, Item] = {}
        unread: set[str] = set()
        for some in batched(dict.fromkeys(references), MOST_ROWS, strict=False):
            items, left = self._table.whole_items_of(some, INCIDENT, now)
            found |= items
            unread |= left
        return Incidents(found, unread, partial(self._incident, now=now))

    def history(
        self,
        reference: Reference,
        now: datetime,
        *,
        before: str | None = None,
        shown: Callable[[Entry], bool] = lambda _: True,
    ) -> tuple[Incident, HistoryPart]:
        """The incident as it is now and the latest entries of its history, the newest first.

        before: an entry's id; only older entries are returned. shown: which entries to return.
        """
        if before is None:
            incident, entries = self._whole(reference, now)
        else:
            incident = self.incident(reference, now)
            entries = _entries_of(incident, self._items(reference, now, before))
        return incident, first_part(filter(shown, entries))

    def entries(self, reference: Reference, now: datetime) -> Iterator[Entry]:
        """The entries of an incident's history, the newest first, read only as far as needed."""
        yield from self._whole(reference, now)[1]

    def entry(self, reference: Reference, entry: str, now: datetime) -> Entry | None:
        """The entry with that id, while it is kept."""
        item = self._table.item(reference, entry, now)
        return entry_of(item) if item else None

    def open_incidents(
        self, category: Category, now: datetime, changed_since: datetime | None = None
    ) -> list[ListedIncident]:
        """The incidents of a team that are not resolved, the oldest first.

        changed_since: only those that changed after that moment.
        """
        wanted = Wanted(changed_since=changed_since)
        found = filter(wanted.admits, self._all_open([category], now, wanted))
        return sorted(found, key=lambda each: (each.submitted_at, each.reference))

    def open_count(self, category: Category, now: datetime, *states: Status) -> int:
        """How many incidents of a team are open; of these only those in one of the states, if any.

        No incident is read for it.
        """
        return self._table.count(
            now, **_in_desk_list(category, _OPEN, Wanted(states=frozenset(states)), now)
        )

    def team_list(
        self,
        teams: Collection[Category],
        now: datetime,
        wanted: Wanted,
        page: str | None = None,
        *,
        size: int = PAGE,
    ) -> ListPage:
        """A page of the list of these teams together; no other team's incidents are read.

        page: the cursor that the page before gave as `next`. One that is none is as good as none,
        and one of another list shows what these teams have from there on. The index may lag a
        moment behind.
        """
        found = (
            each
            for place in from_place(wanted.parts, place_at(page))
            for each in self._listed(teams, place, now, wanted, size)
        )
        return page_of(found, wanted, size)

    def held_by(
        self, operator: str, teams: Collection[Category], now: datetime
    ) -> list[ListedIncident]:
        """The incidents of these teams that the operator has, snoozed or not, in a list's order.

        The index may lag a moment behind.
        """
        found = self._all_open(teams, now, Wanted(mine=operator))
        return [each for each in found if each.claimed_by == operator]

    def team_tally(self, teams: Collection[Category], now: datetime, operator: str) -> Tally:
        """How many incidents of these teams are open, and how many of them this operator has."""
        items = (
            item
            for team in dict.fromkeys(teams)
            for item in self._table.query(
                now, ProjectionExpression=COUNTED, **_in_desk_list(team, _OPEN)
            )
        )
        return tally((counted_incident_of(item, now) for item in items), operator)

    def rows(self, references: Iterable[Reference], now: datetime) -> list[ListedIncident]:
        """What a list shows of these incidents, in this order, with one request for 100 of them.

        One that has expired, was erased or never was is not among them.
        """
        references = tuple(dict.fromkeys(references))
        found: dict[str, Item] = {}
        for some in batched(references, MOST_ROWS, strict=False):
            found |= self._table.items_of(some, INCIDENT, LISTED, now)
        return [
            listed_incident_of(item, now)
            for item in (found[each] for each in references if each in found)
            if not is_erased(item)
        ]

    def findables(
        self, references: Iterable[Reference], now: datetime
    ) -> "dict[Reference, Findable]":
        """What the search index should know of these incidents, likewise."""
        found: dict[Reference, Findable] = {}
        for some in batched(dict.fromkeys(references), MOST_ROWS, strict=False):
            for item in self._table.items_of(some, INCIDENT, FINDABLE, now).values():
                if each := findable_of(item, now):
                    found[each.reference] = each
        return found

    def team_load(self, team: Category, now: datetime) -> "TeamLoad":
        """How much a team has to do; it reads a bounded part of the index, see `TeamLoad`."""
        from suport.domain.team_load import load_of  # noqa: PLC0415  only the desk asks

        asked = _in_desk_list(team, _OPEN) | {"names": {"#status": "status"}}
        items = self._table.query(now, ProjectionExpression=LOADED, **asked)
        return load_of(team, (open_incident_of(item, now) for item in items))

    def mails_set_aside(self, team: Category, since: datetime, now: datetime) -> "SetAsideMails":
        """The mails about a team's incidents that were set aside since then, the latest first."""
        from suport.domain.team_load import (  # noqa: PLC0415  as above
            SET_ASIDE_AT_MOST,
            latest_set_aside,
        )

        at_once = SET_ASIDE_AT_MOST + 1  # one more says that there are more
        items = self._table.query(
            now,
            IndexName="desk",
            ScanIndexForward=False,
            PaginationConfig={"PageSize": at_once},
            KeyConditionExpression="desk_list = :list AND desk_order > :since",
            values={"list": set_aside_list(team), "since": utc_text(since)},
        )
        return latest_set_aside(map(set_aside_mail_of, items))

    def overdue(self, now: datetime) -> list[Reference]:
        """The incidents to which something should have happened by now, the longest overdue first.

        The index may lag a moment behind; `wake` looks at the incident itself.
        """
        return self._due("open", "due", now)

    def to_follow_up(self, now: datetime) -> list[Reference]:
        """The incidents that the service itself has to look at again by now, the first due first.

        See `deadlines.follow_up_at`. The index may lag behind; `follow_up` looks for itself.
        """
        return self._due("follow_ups", "follow_up", now)

    def facts(self, now: datetime) -> "list[Facts]":
        """What the figures need of every incident that was submitted in the last twelve months.

        An incident that lives longer than that counts no more in the figures.
        """
        from suport.register.facts import facts_of  # noqa: PLC0415  only where asked for

        return [
            facts_of(item, category)
            for category in Category
            for month in _months(now - COUNTED_FOR, now)
            for item in self._table.query(
                now,
                IndexName="figures",
                KeyConditionExpression="figures_month = :month",
                values={"month": figures_month(category, month)},
            )
        ]

    # New incidents

    def submit(
        self,
        submission: Submission,
        idempotency_key: str,
        secret: bytes,
        now: datetime,
        *,
        closed_dates: Collection[date] = (),
    ) -> Incident:
        """Records a new incident with one conditional write, or finds the one that this key made.

        closed_dates: see `citizen_acts.submit`.

        Raises
        ------
        KeyReused
            If the key made an incident with other content.
        Erased
            If the key made an incident that was erased. A repetition does not bring it back.
        """
        return self._submit(submission, idempotency_key, secret, now, closed_dates=closed_dates)

    def take_phone_call(
        self,
        submission: Submission,
        operator: Operator,
        idempotency_key: str,
        secret: bytes,
        now: datetime,
        *,
        closed_dates: Collection[date] = (),
    ) -> Incident:
        """Records what a citizen reported by phone, as `submit` does, and who wrote it down.

        Raises
        ------
        KeyReused, Erased
        """
        return self._submit(
            submission, idempotency_key, secret, now, operator, closed_dates=closed_dates
        )

    def _submit(
        self,
        submission: Submission,
        idempotency_key: str,
        secret: bytes,
        now: datetime,
        operator: Operator | None = None,
        *,
        closed_dates: Collection[date] = (),
    ) -> Incident:
        key, content = key_digest(secret, idempotency_key), fingerprint(submission)
        for attempt in attempts():
            reference = reference_for(secret, idempotency_key, attempt)
            incident, call = citizen_acts.submit(
                submission, reference, now, operator, closed_dates=closed_dates
            )
            item = incident_item(incident) | {"key": key, "content": content}
            entries = [entry_item(reference, call)] if call else []
            there = self._table.put_unless_there(item, entries, now)
            if there is None:
                return incident
            if is_erased(there):  # of this key: no other has this reference but by rare chance
                raise _erased(there)
            if there["key"] == key:
                if there.get("content") != content:
                    raise KeyReused(Reference(there["reference"]))
                return incident_of(there, now)
        raise Contended

    # What citizens do

    def add_citizen_message(
        self, reference: Reference, body: str, now: datetime, key: str | None = None
    ) -> Entry:
        """Adds the citizen's message, see `citizen_acts.write`.

        If one of the latest messages with a key had the same key and text, nothing is added, and
        the entry of that message is returned.
        """
        digest = request_digest(key, body) if key else None

        def write(incident: Incident, now: datetime) -> Decision[Entry]:
            if said := self._repeated(incident, incident.keyed_messages, digest, now):
                return said
            return citizen_acts.write(incident, now, body, digest)

        return self._act(reference, now, write).answer

    def resolve_by_citizen(self, reference: Reference, now: datetime) -> None:
        """Ends the help because the citizen needs no more, see `citizen_acts.close`."""
        self._act(reference, now, citizen_acts.close)

    def reopen(self, reference: Reference, now: datetime) -> None:
        """Puts a resolved incident back into its team's queue, see `citizen_acts.reopen`."""
        self._act(reference, now, citizen_acts.reopen)

    def rate(self, reference: Reference, score: int, comment: str | None, now: datetime) -> None:
        """Records how the citizen rates the help, from 1 to 5, see `citizen_acts.rate`."""
        rating = Rating(score=score, comment=comment)

        def rate(incident: Incident, now: datetime) -> Decision[None]:
            latest = self._latest_rating(reference, now) if incident.rating == score else None
            return citizen_acts.rate(incident, now, rating, latest)

        self._act(reference, now, rate)

    def grant_consent(
        self, reference: Reference, scope: Scope, notice: NoticeIdentity, now: datetime
    ) -> Entry:
        """Records that the citizen agrees, having read that notice, see `citizen_acts.grant`.

        Returns the entry of the consent.
        """
        return self._act(reference, now, citizen_acts.grant, scope, notice).answer

    def withdraw_consent(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        """Records that the citizen takes a consent back; returns the withdrawal's entry.

        Raises
        ------
        NothingToWithdraw
        """
        withdrawn = self._act(reference, now, citizen_acts.withdraw, scope).answer
        return withdrawn or self._last_withdrawal(reference, scope, now)

    # How a citizen is reached, and the way back

    def replace_code(
        self, reference: Reference, now: datetime, request: str, *, counts: bool = True
    ) -> Incident:
        """Replaces the access code because its citizen asked, see `contact_acts.replace_code`.

        request: a key of this very request; the same again replaces nothing. Returns the incident
        afterwards.
        """
        digest = contact_acts.replacement_digest(request)

        def replace(incident: Incident, now: datetime) -> Decision[Entry]:
            if said := self._repeated(incident, incident.keyed_messages, digest, now):
                return said
            return contact_acts.replace_code(incident, now, request, counts=counts)

        return self._act(reference, now, replace).change.result

    def correct_contact(
        self,
        reference: Reference,
        correct: Callable[[Mapping[str, str]], Mapping[str, str]],
        now: datetime,
        *,
        at_once: bool,
    ) -> tuple[Incident, Correction]:
        """Corrects how the citizen is reached, see `contact_acts.correct`.

        correct: the data as they are to be, from the data as they are. Returns the incident
        afterwards, and what became of the correction.
        """

        def decide(incident: Incident, now: datetime) -> Decision[Correction]:
            contact = correct(incident.contact)
            return contact_acts.correct(incident, now, contact, at_once=at_once)

        decided = self._act(reference, now, decide)
        return decided.change.result, decided.answer

    def confirm_address(self, reference: Reference, entry: str, now: datetime) -> Incident:
        """Lets the address that this entry asks for take effect, see `contact_acts.confirm`."""
        return self._act(reference, now, contact_acts.confirm, entry).change.result

    def replace_code_at_desk(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        *,
        key: str | None = None,
    ) -> Entry:
        """Replaces the access code, see `contact_acts.replace_code_at_desk`.

        It handles a repetition as `reply` does.
        """
        work = Work(operator, category, _digest(key, operator, "replace code"))
        return self._once(reference, now, work, contact_acts.replace_code_at_desk).answer

    def correct_contact_at_desk(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        correct: Callable[[Mapping[str, str]], Mapping[str, str]],
        now: datetime,
    ) -> Correction:
        """Corrects how the citizen is reached, see `contact_acts.correct_at_desk`."""

        def decide(incident: Incident, now: datetime, work: Work) -> Decision[Correction]:
            return contact_acts.correct_at_desk(incident, now, work, correct(incident.contact))

        work = Work(operator, category)
        return self._by_operator(reference, now, work, decide).answer

    # A person's rights: a copy, and the erasure

    def export(
        self,
        reference: Reference,
        now: datetime,
        *,
        shown: Callable[[Entry], bool],
        before: str | None = None,
    ) -> tuple[Incident, HistoryPart]:
        """The incident and all entries of its history, for its citizen; each copy is recorded.

        before: see `history`. shown: which entries the page shows. The copy of a long history has
        the same part as the page, and all that is between.
        """
        copied = self._act(reference, now, citizen_acts.export).change.seen
        return copied, self._copied(copied, now, before, shown)

    def export_at_desk(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        *,
        shown: Callable[[Entry], bool],
        before: str | None = None,
    ) -> tuple[Incident, HistoryPart]:
        """The same, for a citizen who asks this operator; see `operator_acts.export`."""
        work = Work(operator, category)
        copied = self._by_operator(reference, now, work, operator_acts.export).change.seen
        return copied, self._copied(copied, now, before, shown)

    def ask_for_erasure(self, reference: Reference, now: datetime) -> Incident:
        """Asks for the erasure, see `erasure.ask`; returns the incident afterwards."""
        return self._act(reference, now, erasure.ask).change.result

    def erase(self, reference: Reference, entry: str, now: datetime) -> Erasure:
        """Erases the incident, because the request of that entry is confirmed.

        From then on nobody sees it; `delete_erased` deletes what is still stored. See
        `erasure.confirm`.
        """
        return self._erase(reference, now, partial(erasure.confirm, entry=entry))

    def prepare_erasure(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> None:
        """Whether this operator may erase the incident, see `erasure.prepare_at_desk`."""
        self._by_operator(reference, now, Work(operator, category), erasure.prepare_at_desk)

    def erase_at_desk(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> Erasure:
        """Erases the incident as `erase` does, for a citizen whom this operator has identified."""
        self.prepare_erasure(reference, operator, category, now)
        work = Work(operator, category)
        return self._erase(reference, now, partial(erasure.erase_at_desk, work=work))

    def kept_of(self, reference: Reference, now: datetime) -> tuple[Entry, ...]:
        """What an erasure of the incident would leave, the oldest first."""
        return erasure.kept(self.entries(reference, now))

    def remains(self, reference: Reference, now: datetime) -> Remains | None:
        """What is left of the incident, if it was erased."""
        items = self._items(reference, now, None)
        own = next(items, None)
        return remains_in(own, items) if own and is_erased(own) else None

    def is_erased(self, reference: Reference) -> bool:
        """Whether the incident was erased, as long as the register knows it."""
        return self._table.remains(reference) is not None

    def delete_erased(self, reference: Reference) -> bool:
        """Deletes the entries of an erased incident but those that are kept.

        It may be repeated. Returns whether the incident was erased; of another one nothing goes.
        """
        left = self._table.remains(reference)
        if left:
            self._table.delete_entries(reference, {INCIDENT, *left["kept"]})
        return left is not None

    # What operators do. `category` is always the operator's own team. If the incident is with
    # another team, the attempt is recorded and `OtherTeam` raised.

    def claim(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> Incident:
        """Gives the incident to this operator, see `operator_acts.claim`."""
        work = Work(operator, category)
        return self._by_operator(reference, now, work, operator_acts.claim).change.result

    def take_over(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        why: str,
        now: datetime,
        *,
        key: str | None = None,
    ) -> Incident:
        """Gives an incident that a colleague has to this operator, see `operator_acts.take_over`.

        A repetition with the same key takes nothing over again, and is recorded as a look.
        """
        work = Work(operator, category, _digest(key, operator, "take over", why))

        def take_over(incident: Incident, now: datetime, work: Work) -> Decision[Entry | None]:
            if self._repeated(incident, incident.keyed_work, work.digest, now):
                return operator_acts.view(incident, now, work, LookPurpose.HANDOVER)
            return operator_acts.take_over(incident, now, work, why)

        return self._by_operator(reference, now, work, take_over).change.result

    def hand_over(  # noqa: PLR0917  they are what it takes to hand over
        self,
        reference: Reference,
        operator: str,
        category: Category,
        colleague: str,
        why: str,
        now: datetime,
        *,
        key: str | None = None,
        seen: frozenset[str] | None = None,
    ) -> None:
        """Gives the incident to a colleague of the team, see `operator_acts.hand_over`.

        It handles a repetition as `reply` does, although the colleague then has the incident.
        seen: see `operator_acts.Work`.

        Raises
        ------
        ChangedMeanwhile
        """
        work = Work(operator, category, _digest(key, operator, f"hand over {colleague}", why), seen)
        self._once(reference, now, work, operator_acts.hand_over, colleague, why)

    def view(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        *,
        purpose: LookPurpose = LookPurpose.WORK,
        before: str | None = None,
    ) -> tuple[Incident, HistoryPart]:
        """The incident and its history, notes included, as it was when the look was recorded.

        The caller masks how to reach the citizen, unless the operator has claimed the incident.
        before: see `history`.
        """
        work, newest = Work(operator, category), before is None
        act = operator_acts.view
        look = self._by_operator(reference, now, work, act, purpose, latest_part=newest)
        viewed = look.change.result

        def was_there(entry: Entry) -> bool:
            return entry.id <= viewed.last_entry

        return viewed, self.history(reference, now, before=before, shown=was_there)[1]

    def find(self, reference: Reference, operator: str, category: Category, now: datetime) -> None:
        """Records that a search by its citizen's data found it, see `operator_acts.find`."""
        self._by_operator(reference, now, Work(operator, category), operator_acts.find)

    def audit_looks(
        self, reference: Reference, officer: str, now: datetime, *, before: str | None = None
    ) -> tuple[Incident, HistoryPart]:
        """Who looked at the incident, for a data-protection officer whose look is recorded, too.

        See `looks.concerns_access`. before: see `history`.
        """
        viewed = self._act(reference, now, looks.audit, officer).change.result

        def is_told(entry: Entry) -> bool:
            return entry.id <= viewed.last_entry and looks.concerns_access(entry)

        return viewed, self.history(reference, now, before=before, shown=is_told)[1]

    def must_be_held_by(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> None:
        """Refuses unless this operator has the incident, see `operator_acts.hold`.

        A request of another team is recorded.

        Raises
        ------
        NoSuchIncident, OtherTeam, AlreadyResolved, NotClaimed, ClaimedByAnother
        """
        self._by_operator(reference, now, Work(operator, category), operator_acts.hold)

    def view_file(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        file_id: FileId,
        now: datetime,
    ) -> AddedFile:
        """The file as the incident has it, see `operator_acts.view_file`."""
        work = Work(operator, category)
        return self._by_operator(reference, now, work, operator_acts.view_file, file_id).answer

    def reply(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        body: str,
        now: datetime,
        *,
        ask: bool = False,
        key: str | None = None,
        seen: frozenset[str] | None = None,
    ) -> Entry:
        """Adds a message to the citizen, or asks them something, see `operator_acts.reply`.

        If one of the latest requests of operators with a key was the same with the same key,
        nothing is added, and the entry of that request is returned. seen: see `operator_acts.Work`.

        Raises
        ------
        ChangedMeanwhile
        """
        work = Work(operator, category, _digest(key, operator, f"reply {ask}", body), seen)
        return self._once(reference, now, work, operator_acts.reply, body, ask=ask).answer

    def note(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        body: str,
        now: datetime,
        *,
        key: str | None = None,
    ) -> Entry:
        """Adds a note that only operators see; handles a repetition as `reply` does."""
        work = Work(operator, category, _digest(key, operator, "note", body))
        return self._once(reference, now, work, operator_acts.note, body).answer

    def snooze(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        until: date,
        now: datetime,
        *,
        key: str | None = None,
        seen: frozenset[str] | None = None,
    ) -> Incident:
        """Puts the incident aside until that day, see `operator_acts.snooze`.

        It handles a repetition as `reply` does. Returns the incident afterwards. seen: see
        `operator_acts.Work`.

        Raises
        ------
        ChangedMeanwhile
        """
        work = Work(operator, category, _digest(key, operator, "snooze", until.isoformat()), seen)
        return self._once(reference, now, work, operator_acts.snooze, until).change.result

    def resume(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> Incident:
        """Ends a snooze, see `operator_acts.resume`; returns the incident afterwards."""
        work = Work(operator, category)
        return self._by_operator(reference, now, work, operator_acts.resume).change.result

    def release(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        *,
        why: str | None = None,
        key: str | None = None,
    ) -> None:
        """Gives the incident back to the team; handles a repetition as `reply` does."""
        work = Work(operator, category, _digest(key, operator, "release", why or ""))
        self._once(reference, now, work, operator_acts.release, why)

    def transfer(  # noqa: PLR0917  they are what a transfer is
        self,
        reference: Reference,
        operator: str,
        category: Category,
        to: Category,
        why: str,
        now: datetime,
        *,
        key: str | None = None,
        seen: frozenset[str] | None = None,
    ) -> None:
        """Passes the incident on to another team, see `operator_acts.transfer`.

        It handles a repetition as `reply` does, although the incident is then with another team.
        seen: see `operator_acts.Work`.

        Raises
        ------
        ChangedMeanwhile
        """
        work = Work(operator, category, _digest(key, operator, f"transfer {to}", why), seen)
        self._once(reference, now, work, operator_acts.transfer, to, why)

    def reassign(  # noqa: PLR0917  they are what a reassignment is
        self,
        reference: Reference,
        supervisor: Operator,
        seen: Holder,
        to: Holder,
        why: str,
        now: datetime,
        *,
        key: str | None = None,
    ) -> None:
        """Gives the incident to somebody else, see `operator_acts.reassign`.

        A repetition with the same key does nothing more, even if another has it by then.
        """
        asked = f"reassign {to.team} {to.operator or ''}"
        digest = _digest(key, supervisor.name, asked, why)

        def reassign(incident: Incident, now: datetime) -> Decision[Entry]:
            if said := self._repeated(incident, incident.keyed_work, digest, now):
                return said
            hours = self._hours[to.team]
            return operator_acts.reassign(incident, now, supervisor, seen, to, why, digest, hours)

        self._act(reference, now, reassign)

    def resolve(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        body: str | None,
        now: datetime,
        *,
        key: str | None = None,
        seen: frozenset[str] | None = None,
    ) -> Incident:
        """Ends the help, with a last message if there is one, see `operator_acts.resolve`.

        It handles a repetition as `reply` does. seen: see `operator_acts.Work`.

        Raises
        ------
        ChangedMeanwhile
        """
        work = Work(operator, category, _digest(key, operator, "resolve", body or ""), seen)
        return self._once(reference, now, work, operator_acts.resolve, body).change.result

    def withdraw_for_citizen(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        scope: Scope,
        now: datetime,
    ) -> Entry:
        """Records that the citizen took a consent back by asking this operator.

        Anybody in the team may record it, in any state. Returns the withdrawal's entry.

        Raises
        ------
        NothingToWithdraw
        """
        work = Work(operator, category)
        withdrawn = self._by_operator(reference, now, work, operator_acts.withdraw, scope).answer
        return withdrawn or self._last_withdrawal(reference, scope, now)

    # Many incidents at once

    def link_problem(
        self,
        reference: Reference,
        operator: str,
        category: Category | None,
        problem: str,
        now: datetime,
    ) -> None:
        """Links the incident to that known problem, see `group_acts.link_problem`.

        category: the operator's own team; None for an editor, who links those of every team.
        """
        self._grouped(reference, operator, category, now, group_acts.link_problem, problem)

    def unlink_problem(
        self,
        reference: Reference,
        operator: str,
        category: Category | None,
        problem: str,
        now: datetime,
    ) -> None:
        """Undoes that link, see `group_acts.unlink_problem`; category: see `link_problem`."""
        self._grouped(reference, operator, category, now, group_acts.unlink_problem, problem)

    def follow(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        leader: Reference,
        now: datetime,
    ) -> None:
        """Has the incident answered together with another one, see `group_acts.follow`."""
        leads = self.incident(leader, now)
        self._grouped(reference, operator, category, now, group_acts.follow, leads)

    def unfollow(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> None:
        """Has it answered by itself again, see `group_acts.unfollow`."""
        self._grouped(reference, operator, category, now, group_acts.unfollow)

    def answer_for_all(
        self, reference: Reference, job: GroupAnswer, now: datetime
    ) -> Skipped | None:
        """Does with the incident what the job says, once, see `group_acts.answer_for_all`.

        What is sent to the citizen of one incident goes to no other person: where a correction has
        left two incidents without anything in common, one follows the other no longer. Returns why
        nothing was done, if so.
        """
        if job.leader and job.act is not Act.GIVE_BACK:
            follows = self.incident(reference, now)
            if follows.answered_with == job.leader and not self._of_one_person(
                follows, job.leader, now
            ):
                self._grouped(reference, job.by, None, now, group_acts.unfollow)
        return self._act(reference, now, group_acts.answer_for_all, job).answer

    def _of_one_person(self, incident: Incident, leader: Reference, now: datetime) -> bool:
        """Whether the two can be of one person; one that is gone is of nobody."""
        from suport.domain.search_terms import share_a_fact  # noqa: PLC0415  only the desk asks

        try:
            return share_a_fact(incident.contact, self.incident(leader, now).contact)
        except NoSuchIncident:
            return False

    # Files

    def add_file(
        self, reference: Reference, file: File, state: State, now: datetime
    ) -> Refusal | None:
        """Adds a file that arrived in the store, or records why it is refused.

        The caller erases what was refused. See `file_acts.add`.
        """
        history = partial(self.entries, reference, now)
        return self._act(reference, now, file_acts.add, file, state, history).answer

    def remove_file(self, reference: Reference, file_id: FileId, now: datetime) -> None:
        """Removes a file for its citizen, see `file_acts.remove`."""
        self._act(reference, now, file_acts.remove, file_id)

    def fate_of_file(
        self, incident: Incident, file_id: FileId, now: datetime
    ) -> State | Refusal | None:
        """What became of a file that arrived; None if nothing is known of it."""
        return file_acts.fate(incident, file_id, self.entries(incident.reference, now))

    def record_scan(
        self, reference: Reference, file_id: FileId, version: str, state: State, now: datetime
    ) -> None:
        """Records what the scan of that content found, see `file_acts.record_scan`."""
        self._act(reference, now, file_acts.record_scan, file_id, version, state)

    # Mails, each named by the entry that it is about

    def attempt_mail(
        self, seen: Incident, entry: str, attempt: str, now: datetime
    ) -> Incident | None:
        """Claims an attempt to send a mail that the incident owes, if it is still as it was seen.

        attempt: a name that no other attempt has; two mailers may attempt it at the same moment.
        Returns the incident with the claim; None if it has changed.

        Raises
        ------
        BeingSent, Exhausted
        """
        change = mail_acts.attempt(seen, now, entry, attempt).change
        return change.result if change.is_empty or self._table.write(change) else None

    def refuse_mail(self, reference: Reference, entry: str, attempt: str, now: datetime) -> None:
        """Records that the provider did not take this attempt, see `mail_acts.refuse`."""
        self._act(reference, now, mail_acts.refuse, entry, attempt)

    def postpone_mail(
        self, reference: Reference, entry: str, until: datetime, now: datetime
    ) -> None:
        """Has the watcher ask for the mail again at that moment."""
        self._act(reference, now, mail_acts.postpone, entry, until)

    def set_mail_aside(
        self, reference: Reference, entry: str, reason: SetAside, now: datetime
    ) -> None:
        """Gives up sending the mail, for everybody to see."""
        self._act(reference, now, mail_acts.set_aside, entry, reason)

    def record_mail(
        self,
        reference: Reference,
        entry: str,
        kind: MailKind,
        message_id: str,
        now: datetime,
        *,
        address: int | None = None,
        seen: Incident | None = None,
    ) -> Entry:
        """Records that a mail was sent, by its id at the provider, see `mail_acts.record`.

        seen: the incident as it was just now, which saves reading it.
        """
        incident = seen or self.incident(reference, now)
        about = (entry, kind, message_id)
        return self._act_on(incident, now, mail_acts.record, *about, address=address).answer

    def mark_undeliverable(
        self, reference: Reference, kind: MailTrouble, now: datetime, address: int | None = None
    ) -> None:
        """Records that mail does not reach the citizen, see `mail_acts.mark_undeliverable`."""
        self._act(reference, now, mail_acts.mark_undeliverable, kind, address)

    # What the service does by itself

    def mark_queued(self, routed: Incident, now: datetime) -> None:
        """Records that the incident was put into its team's queue, see `service_acts`."""
        self._act_on(routed, now, service_acts.mark_queued, routed)

    def wake(self, reference: Reference, now: datetime) -> Wake | None:
        """Does what is due to the incident now and returns what that was; None if nothing is due.

        If several callers do this at once, one acts and the others find nothing due.
        """

        def wake(incident: Incident, now: datetime) -> Decision[Wake | None]:
            is_due = deadlines.due(incident, now) is not None
            return service_acts.wake(incident, now, is_led=is_due and self._is_led(incident, now))

        return self._act(reference, now, wake).answer

    def follow_up(self, reference: Reference, now: datetime) -> FollowedUp:
        """Does what is due to an incident besides its team's work, see `service_acts.follow_up`."""

        def follow_up(incident: Incident, now: datetime) -> Decision[FollowedUp]:
            return service_acts.follow_up(incident, now, self._hours[incident.category])

        return self._act(reference, now, follow_up).answer

    # What the retention audit erases of an incident that lives on

    def erase_expired_parts(self, reference: Reference, now: datetime) -> list[Part]:
        """Erases what is past its time in an incident's item; returns what that was.

        See `service_acts.erase_expired_parts`.
        """
        for _ in attempts():
            item = self._table.item(reference, INCIDENT, now)
            if item is None:
                raise NoSuchIncident(reference)
            decided = service_acts.erase_expired_parts(whole_incident_of(item), now)
            if decided.change.is_empty or self._table.write(decided.change):
                return decided.answer
        raise Contended

    def record_lost_file(
        self, reference: Reference, file_id: FileId, version: str, now: datetime
    ) -> bool:
        """Records that the store does not have a file any more, see `file_acts.record_loss`."""
        return self._act(reference, now, file_acts.record_loss, file_id, version).answer

    # How it is done

    def _incident(self, item: Item | None, reference: Reference, now: datetime) -> Incident:
        """The incident that this item holds, if it holds one.

        Raises
        ------
        NoSuchIncident, Erased
        """
        if item is None or item["entry"] != INCIDENT:  # the other names begin with a digit
            raise NoSuchIncident(reference)
        if is_erased(item):
            raise _erased(item)
        return incident_of(item, now)

    def _copied(
        self,
        incident: Incident,
        now: datetime,
        before: str | None,
        shown: Callable[[Entry], bool],
    ) -> HistoryPart:
        reference = incident.reference
        older = _entries_of(incident, self._items(reference, now, before or INCIDENT))
        known = [entry for entry in older if entry.id <= incident.last_entry]
        return part_down_to(known, first_part(filter(shown, known)).earlier)

    def attempt(self, change: Change | None, beside: Sequence[Any]) -> bool:
        """Writes a change of an incident and those writes to other tables, all or nothing.

        change: None if the incident is gone. beside: as DynamoDB takes them (`TransactWriteItem`).
        Returns whether it did: whether the incident, and what the writes ask for, are as they were
        seen.
        """
        return self._table.write(change, beside)

    def _act[**Asked, Answer](
        self,
        reference: Reference,
        now: datetime,
        decide: Callable[Concatenate[Incident, datetime, Asked], Decision[Answer] | Refused],
        *asked: Asked.args,
        **options: Asked.kwargs,
    ) -> Decision[Answer]:
        """Reads the incident, lets the domain decide, and writes all of the decision or nothing.

        If somebody else changes the incident in between, it reads and decides again. A decision
        that changes nothing is not written.
        """
        incident = self.incident(reference, now)
        return self._act_on(incident, now, decide, *asked, **options)

    def _act_on[**Asked, Answer](
        self,
        incident: Incident,
        now: datetime,
        decide: Callable[Concatenate[Incident, datetime, Asked], Decision[Answer] | Refused],
        *asked: Asked.args,
        **options: Asked.kwargs,
    ) -> Decision[Answer]:
        """Does the same with an incident that was just read, which is not read once more."""
        for attempt in attempts():
            if attempt:
                incident = self.incident(incident.reference, now)
            decided = decide(incident, now, *asked, **options)
            if decided.change.is_empty or self._table.write(decided.change):
                if isinstance(decided, Refused):
                    raise decided.reason
                return decided
        raise Contended

    def _erase(
        self,
        reference: Reference,
        now: datetime,
        decide: Callable[[Incident, datetime, Iterator[Entry]], Erasure],
    ) -> Erasure:
        for _ in attempts():
            incident = self.incident(reference, now)
            decided = decide(incident, now, self.entries(reference, now))
            if self._table.erase(decided):
                return decided
        raise Contended

    def _is_led(self, incident: Incident, now: datetime) -> bool:
        """Whether the incident follows another one that is open and may lead it."""
        if incident.answered_with is None:
            return False
        try:
            leader = self.incident(incident.answered_with, now)
        except NoSuchIncident:
            return False
        return group_acts.may_lead(leader, incident)

    def _by_operator[**Asked, Answer](
        self,
        reference: Reference,
        now: datetime,
        work: Work,
        act: Callable[Concatenate[Incident, datetime, Work, Asked], Decision[Answer] | Refused],
        *asked: Asked.args,
        **options: Asked.kwargs,
    ) -> Decision[Answer]:
        """Does what an operator asks for with an incident of their team."""
        work = replace(work, hours=self._hours[work.team])

        def decide(incident: Incident, now: datetime) -> Decision[Answer] | Refused:
            return operator_acts.in_team(incident, now, work, act, *asked, **options)

        return self._act(reference, now, decide)

    def _grouped[**Asked](
        self,
        reference: Reference,
        operator: str,
        category: Category | None,
        now: datetime,
        act: Callable[Concatenate[Incident, datetime, Work, Asked], Decision[None]],
        *asked: Asked.args,
        **options: Asked.kwargs,
    ) -> None:
        """Does what an operator of the team or an editor (`category` is None) asks for."""

        def decide(incident: Incident, now: datetime) -> Decision[None] | Refused:
            work = Work(operator, category or incident.category)
            return operator_acts.in_team(incident, now, work, act, *asked, **options)

        self._act(reference, now, decide)

    def _once[**Asked](
        self,
        reference: Reference,
        now: datetime,
        work: Work,
        act: Callable[Concatenate[Incident, datetime, Work, Asked], Decision[Entry]],
        *asked: Asked.args,
        **options: Asked.kwargs,
    ) -> Decision[Entry]:
        """Does the same once; a repetition gets the same answer, no matter who has the incident."""
        work = replace(work, hours=self._hours[work.team])

        def done(incident: Incident, now: datetime, work: Work) -> Decision[Entry] | Refused:
            return operator_acts.having_read(incident, now, work, act, *asked, **options)

        def decide(incident: Incident, now: datetime) -> Decision[Entry] | Refused:
            if said := self._repeated(incident, incident.keyed_work, work.digest, now):
                return said
            return operator_acts.in_team(incident, now, work, done)

        try:
            return self._act(reference, now, decide)
        except ChangedMeanwhile as refusal:
            written = self._written_since(reference, work.seen or frozenset(), now)
            raise ChangedMeanwhile(refusal.citizen_wrote, written) from None

    def _repeated(
        self, incident: Incident, keyed: dict[str, str], digest: str | None, now: datetime
    ) -> Decision[Entry] | None:
        """The answer that this request got before, if it is one of the latest and still kept."""
        if digest is None or digest not in keyed:
            return None
        entry = self.entry(incident.reference, keyed[digest], now)
        return Decision(Change(incident, now), entry) if entry else None

    def _written_since(
        self, reference: Reference, seen: frozenset[str], now: datetime
    ) -> tuple[Entry, ...]:
        """The latest that the citizen wrote and the operator has not seen, the oldest first."""
        since = max(filter(crockford.is_id, seen), default="")
        newer = takewhile(lambda entry: entry.id > since, self.entries(reference, now))
        written = filter(operator_acts.is_from_citizen, newer)
        return first_part(written).entries[::-1]

    def _last_withdrawal(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        for entry in self.entries(reference, now):
            if isinstance(entry.content, Consent) and entry.content.scope is scope:
                return entry
        raise NothingToWithdraw

    def _latest_rating(self, reference: Reference, now: datetime) -> Rating | None:
        ratings = (
            each.content for each in self.entries(reference, now) if each.kind is Kind.RATING
        )
        return next((each for each in ratings if isinstance(each, Rating)), None)

    def _whole(self, reference: Reference, now: datetime) -> tuple[Incident, Iterator[Entry]]:
        """The incident as it is now, and its entries, the newest first, read as far as needed."""
        items = self._items(reference, now, None)
        incident = self._incident(next(items, None), reference, now)
        return incident, _entries_of(incident, items)

    def _items(self, reference: Reference, now: datetime, before: str | None) -> Iterator[Item]:
        """The items of an incident, from the end: its own, then its entries; or only older ones."""
        condition = "#reference = :reference"
        values: Item = {"reference": reference}
        names = {"#reference": "reference"}
        if before is not None:
            condition += " AND #entry < :before"
            values["before"] = before
            names["#entry"] = "entry"
        return self._table.query(
            now,
            names=names,
            ConsistentRead=True,
            ScanIndexForward=False,
            PaginationConfig={"PageSize": 2 * LONGEST_HISTORY_PART},
            KeyConditionExpression=condition,
            values=values,
        )

    def _listed(
        self, teams: Collection[Category], after: Place, now: datetime, wanted: Wanted, size: int
    ) -> Iterator[tuple[Place, ListedIncident | int]]:
        """A part of these teams' lists, merged in order, from there on, read as far as needed.

        Most of what is not wanted is left out. A number says how many incidents of a team were
        looked at up to that place, see `page_of`.
        """
        own = dict.fromkeys(teams)
        # more than the share of each in a page, for they are never mixed evenly
        limit = 2 * size // (len(own) + 1) + 1
        lists = [self._team_listed(team, after, now, wanted, limit) for team in own]
        for order, item in merge(*lists, key=itemgetter(0)):
            told = item if isinstance(item, int) else listed_incident_of(item, now)
            yield Place(after.part, order), told

    def _team_listed(
        self, team: Category, after: Place, now: datetime, wanted: Wanted, limit: int
    ) -> Iterator[tuple[str, Item | int]]:
        """The same of one team, by `Place.order`.

        limit: how many incidents the first request looks at; for a team alone a page and one more,
        which says that there are more. Each further request looks at more: too few were wanted.
        """
        while True:
            asked = _in_desk_list(team, after, wanted, now)
            items, looked_at, ended_at = self._table.stretch(now, limit, **asked)
            yield from ((item["desk_order"], item) for item in items)
            if ended_at is None:
                return
            yield ended_at["desk_order"], looked_at
            after = Place(after.part, ended_at["desk_order"])
            limit = min(_LONGER * limit, MOST_AT_ONCE)

    def _all_open(
        self, teams: Collection[Category], now: datetime, wanted: Wanted
    ) -> Iterator[ListedIncident]:
        """All open incidents of these teams that DynamoDB finds for the list, in its order."""
        lists = [
            self._table.query(now, **_in_desk_list(team, _OPEN, wanted, now))
            for team in dict.fromkeys(teams)
        ]
        for item in merge(*lists, key=itemgetter("desk_order")):
            yield listed_incident_of(item, now)

    def _due(self, index: str, what: str, now: datetime) -> list[Reference]:
        """The incidents that are due by now in that index, the first due first."""
        items = [
            item
            for shard in range(SHARDS)
            for item in self._table.query(
                now,
                IndexName=index,
                KeyConditionExpression=f"{what}_shard = :shard AND {what}_at <= :until",
                values={"shard": shard, "until": utc_text(now)},
            )
        ]
        items.sort(key=itemgetter(f"{what}_at"))
        return [Reference(item["reference"]) for item in items]


class Incidents:
    """Incidents that were read together."""

    def __init__(
        self,
        items: Mapping[str, Item],
        unread: Collection[str],
        incident: Callable[[Item | None, Reference], Incident],
    ) -> None:
        """items: by their references. unread: what could not be read. incident: that of an item."""
        self._items = items
        self._unread = unread
        self._incident = incident

    def of(self, reference: Reference) -> Incident:
        """One of them, as `Register.incident` gives it.

        Raises
        ------
        Contended
            If it could not be read.
        """
        if reference in self._unread:
            raise Contended
        return self._incident(self._items.get(reference), reference)


def _in_desk_list(
    team: Category, after: Place, wanted: Wanted | None = None, now: datetime | None = None
) -> Item:
    """The query for a part of a team's list from that place on, without most of what is unwanted.

    now: it is needed where something is wanted.
    """
    condition, values = "desk_list = :list", {"list": desk_list(team, after.part)}
    if after.order:  # no key is empty, not even one to compare with
        condition += " AND desk_order > :after"
        values["after"] = after.order
    asked: Item = {"IndexName": "desk", "KeyConditionExpression": condition, "values": values}
    if wanted and now:
        more = condition_of(wanted, now)
        asked |= {"values": values | more.values, "names": more.names, "more": more.text}
    return asked


def _erased(left: Item) -> Erased:
    """What to raise of an incident of which this item is left."""
    who: dict[str, str] = {name: left[name] for name in ("by", "operator", "team") if name in left}
    return Erased(Reference(left["reference"]), left["erased_at"], who)


def _entries_of(incident: Incident, items: Iterator[Item]) -> Iterator[Entry]:
    """The entries among these items, the newest first, that are of this incident.

    Under the same reference there may still be entries of one that has ended: of one that the same
    idempotency key made.
    """
    own = takewhile(lambda item: is_since(incident.begun_at, item["entry"]), items)
    return map(entry_of, own)


def _digest(key: str | None, *request: str) -> str | None:
    return request_digest(key, *request) if key else None


def _months(since: datetime, now: datetime) -> Iterator[datetime]:
    """The start of each month, in UTC, from that of `since` to that of `now`."""
    month = datetime.fromisoformat(utc_text(since)[:7] + "-01T00:00:00Z")
    while month <= now:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)

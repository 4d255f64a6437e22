"""The register as the support teams change it. `category` is always the operator's own team."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice, takewhile
from typing import Any

from suport.domain import attachment, crockford, desk_rules
from suport.domain.attachment import FileId, State
from suport.domain.consent import Scope
from suport.domain.desk_rules import OtherTeam, claiming_changes, must_have_claimed
from suport.domain.history import LONGEST_HISTORY_PART, Entry, HistoryPart, Kind
from suport.domain.incident import Category, Incident, Reason, Status
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.register.items import remembered, request_digest, written
from suport.register.store import Draft, Store


class NoSuchFile(LookupError):
    """The incident has no such file, or none that may be opened."""


class ChangedMeanwhile(Exception):
    """The citizen wrote what the operator had not seen; nothing was done.

    citizen_wrote: names the latest of it. written: its entries, the oldest first.
    """

    def __init__(self, citizen_wrote: str, written: list[Entry]) -> None:
        super().__init__(citizen_wrote)
        self.citizen_wrote = citizen_wrote
        self.written = written


class DeskRegister(Store):
    """What operators do with the incidents of their team; each look at one is recorded.

    Every method raises `NoSuchIncident`, `Contended`, and `OtherTeam` where the incident is not
    with the operator's team: this attempt is recorded too.
    """

    def claim(
        self, reference: Reference, operator: str, category: Category, now: datetime
    ) -> Incident:
        """Makes the incident this operator's, who then sees how to reach the citizen.

        Where it is theirs already, only the look is recorded.

        Raises
        ------
        AlreadyResolved, ClaimedByAnother
        """

        def claim(current: Incident, draft: Draft) -> None:
            if claiming_changes(current, operator):
                _act(draft, "claimed", operator)
                draft.set(
                    status=Status.CLAIMED,
                    claimed_by=operator,
                    claimed_at=now,
                    route_reason=None,
                    route_request=None,
                    due_at=desk_rules.due_at(Status.CLAIMED, now),
                )
            _act(draft, "viewed", operator, contact=True)
            draft.operator_sees(operator)

        return self._by_operator(reference, operator, category, now, claim).result

    def view(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        *,
        before: str | None = None,
    ) -> tuple[Incident, HistoryPart]:
        """The incident and its history, notes included, as it was when the look was recorded.

        Of who has not claimed it, it is recorded that they were not shown how to reach the
        citizen: whoever shows it to them masks that. before: see `history`.
        """

        def view(current: Incident, draft: Draft) -> None:
            contact = desk_rules.sees_contact(current, operator)
            _act(draft, "viewed", operator, contact=contact)
            if before is None:  # an earlier part does not show what is new
                draft.operator_sees(operator)

        viewed = self._by_operator(reference, operator, category, now, view).result

        def was_there(entry: Entry) -> bool:
            return entry.id <= viewed.last_entry

        return viewed, self.history(reference, now, before=before, shown=was_there)[1]

    def view_file(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        file_id: FileId,
        now: datetime,
    ) -> dict[str, Any]:
        """The file as the incident names it, for the operator who has claimed the incident.

        Raises
        ------
        AlreadyResolved, NotClaimed, ClaimedByAnother, NoSuchFile
        """
        file: dict[str, Any] = {}

        def view(current: Incident, draft: Draft) -> None:
            must_have_claimed(current, operator)
            file.update(current.files.get(file_id, {}))
            if not file or not attachment.may_be_opened(State(file["state"])):
                raise NoSuchFile(file_id)
            _act(draft, "viewed", operator, contact=False, file=file_id)

        self._by_operator(reference, operator, category, now, view)
        return file

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
        """Adds a message to the citizen; one that asks something makes the incident wait.

        While it waits already, it goes on waiting, from this message on. The same message with
        the same key as one of the team's latest with a key adds nothing: the entry that stands is
        returned. seen: see `_once`.

        Raises
        ------
        AlreadyResolved, NotClaimed, ClaimedByAnother, ChangedMeanwhile
        """

        def reply(current: Incident, draft: Draft) -> Entry:
            must_have_claimed(current, operator)
            status = Status.WAITING if ask else current.status
            message = _answer(current, draft, operator, body)
            draft.owe_mail(MailKind.QUESTION if ask else MailKind.REPLY, message.id, message)
            if ask:
                _act(draft, "asked", operator)
            draft.set(status=status, due_at=desk_rules.due_at(status, now))
            return message

        digest = _digest(key, operator, f"reply {ask}", body)
        return self._once(reference, operator, category, now, reply, digest=digest, seen=seen)[1]

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
        """Adds a note that only operators see; any of the team may, in any state.

        It counts as work of the operator who has claimed the incident. A repetition is treated
        as that of a reply.
        """

        def note(current: Incident, draft: Draft) -> Entry:
            if current.status is Status.CLAIMED and current.claimed_by == operator:
                draft.set(due_at=desk_rules.due_at(Status.CLAIMED, now))
            return draft.add(Kind.NOTE, by="operator", operator=operator, body=body)

        digest = _digest(key, operator, "note", body)
        return self._once(reference, operator, category, now, note, digest=digest)[1]

    def release(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        *,
        key: str | None = None,
    ) -> None:
        """Gives the incident back to the team, into its queue.

        A repetition is treated as that of a reply.

        Raises
        ------
        AlreadyResolved, NotClaimed, ClaimedByAnother
        """

        def release(current: Incident, draft: Draft) -> Entry:
            must_have_claimed(current, operator)
            draft.queue(Reason.REQUEUED)
            return _act(draft, "released", operator)

        digest = _digest(key, operator, "release")
        self._once(reference, operator, category, now, release, digest=digest)

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
        """Passes the incident on to another team, into its queue; `why` is for operators only.

        A repetition is treated as that of a reply, although the incident is with another team by
        then. seen: see `_once`.

        Raises
        ------
        AlreadyResolved, NotClaimed, ClaimedByAnother, ChangedMeanwhile
        ValueError
            If it is with that team already.
        """
        if to is category:
            raise ValueError(f"the incident is with the team {to} already")

        def transfer(current: Incident, draft: Draft) -> Entry:
            must_have_claimed(current, operator)
            draft.queue(Reason.TRANSFERRED)
            teams = dict.fromkeys([*current.former_teams, str(category)])
            draft.set(category=to, former_teams=list(teams))
            about = {"from": category, "to": to, "why": why}
            return _act(draft, "transferred", operator, **about)

        digest = _digest(key, operator, f"transfer {to}", why)
        self._once(reference, operator, category, now, transfer, digest=digest, seen=seen)

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
        """Resolves the incident, with a last message to the citizen if there is one.

        What the citizen agreed to for it ends. A repetition is treated as that of a reply. seen:
        see `_once`.

        Raises
        ------
        AlreadyResolved, NotClaimed, ClaimedByAnother, ChangedMeanwhile
        """

        def resolve(current: Incident, draft: Draft) -> Entry:
            must_have_claimed(current, operator)
            words = None
            if body is not None:
                words = _answer(current, draft, operator, body)
            elif current.first_answered_at is None:  # to be told of a solution is an answer
                draft.set(first_answered_at=now)
            return draft.resolve("operator", words, operator=operator)

        digest = _digest(key, operator, "resolve", body or "")
        return self._once(reference, operator, category, now, resolve, digest=digest, seen=seen)[0]

    def withdraw_for_citizen(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        scope: Scope,
        now: datetime,
    ) -> Entry:
        """Records that the citizen took a consent back by telling this operator.

        Any of the team may be told it, in any state. Returns the withdrawal's entry, as
        `withdraw_consent` does.

        Raises
        ------
        NothingToWithdraw
        """

        def withdraw(_: Incident, draft: Draft) -> None:
            draft.end_consent(scope, by="operator", operator=operator)

        entries = self._by_operator(reference, operator, category, now, withdraw).entries
        return entries[-1] if entries else self._last_withdrawal(reference, scope, now)

    def _once(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        work: Callable[[Incident, Draft], Entry],
        *,
        digest: str | None,
        seen: frozenset[str] | None = None,
    ) -> tuple[Incident, Entry]:
        """The incident and the entry after this work, which is done unless it was just done.

        seen: names what the operator had read of the citizen's writing (`Incident.citizen_wrote`);
        where the citizen has written since, nothing is done but to record that the operator is
        shown it now.

        Raises
        ------
        ChangedMeanwhile
        """
        done: list[Entry] = []
        changed_meanwhile = False

        def repeated(current: Incident) -> bool:
            nonlocal changed_meanwhile
            changed_meanwhile = False
            done[:] = filter(None, [self._keyed(reference, current.keyed_work, digest, now)])
            return bool(done)

        def do(current: Incident, draft: Draft) -> None:
            nonlocal changed_meanwhile
            changed_meanwhile = seen is not None and current.citizen_wrote not in seen
            if changed_meanwhile:
                must_have_claimed(current, operator)
                _act(draft, "viewed", operator, contact=False)
                draft.operator_sees(operator)
                return
            done[:] = [work(current, draft)]
            if digest:
                draft.set(keyed_work=remembered(current.keyed_work, digest, done[0]))

        draft = self._by_operator(reference, operator, category, now, do, repeated)
        if changed_meanwhile:
            raise ChangedMeanwhile(
                draft.seen.citizen_wrote, self._written_since(reference, seen or frozenset(), now)
            )
        return draft.result, done[0]

    def _written_since(
        self, reference: Reference, seen: frozenset[str], now: datetime
    ) -> list[Entry]:
        """The latest messages and files of the citizen that the operator has not seen."""
        since = max(filter(crockford.is_id, seen), default="")
        newer = takewhile(lambda entry: entry.id > since, self.entries(reference, now))
        written = (
            entry
            for entry in newer
            if entry.kind is Kind.ATTACHMENT
            or (entry.kind is Kind.MESSAGE and entry.content["by"] == "citizen")
            or entry.content.get("action") == "reopened"
        )
        return list(islice(written, LONGEST_HISTORY_PART))[::-1]

    def _by_operator(  # noqa: PLR0917  who acts on what, and how
        self,
        reference: Reference,
        operator: str,
        category: Category,
        now: datetime,
        decide: Callable[[Incident, Draft], None],
        repeated: Callable[[Incident], bool] = lambda _: False,
    ) -> Draft:
        """Changes an incident of the operator's team, or records that they asked for another's.

        Whoever finds an old message in the queue of a team that passed the incident on asks in
        good faith: the entry tells by `former` that it was that team's. repeated: whether this was
        done already, after which it makes no difference with whom the incident is.
        """
        refused = False

        def checked(current: Incident, draft: Draft) -> None:
            nonlocal refused
            refused = False
            if repeated(current):
                return
            if current.category is category:
                decide(current, draft)
            else:
                refused = True
                former = category in current.former_teams
                _act(draft, "refused", operator, team=category, former=former)

        draft = self._change(reference, now, checked)
        if refused:
            raise OtherTeam
        return draft


def _act(draft: Draft, action: str, operator: str, **about: Any) -> Entry:
    return draft.add(Kind.ACTION, action=action, by="operator", operator=operator, **about)


def _answer(current: Incident, draft: Draft, operator: str, body: str) -> Entry:
    """Adds a message to the citizen; the first one is when the team first answered."""
    if current.first_answered_at is None:
        draft.set(first_answered_at=draft.now)
    draft.set(last_written=written(draft.now, "operator"))
    return draft.add(Kind.MESSAGE, by="operator", operator=operator, body=body)


def _digest(key: str | None, *request: str) -> str | None:
    """Of a request and its key, to tell its repetition by."""
    return key and request_digest(key, *request)

"""Erases every night whatever is past its time or has none, and records that it did.

Reads hide what has expired from its midnight on, and DynamoDB erases it within days. The audit
looks at everything that is stored, in the register, in the parts of each incident, and in the store
of files, and erases at once what should be gone. Its record has counts and dates only: see `desk
proof`. A start that runs out of time leaves the rest of the day's run to the next one.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from suport.domain.attachment import ERASED
from suport.domain.legal_time import to_madrid
from suport.domain.overdue import (
    Finding,
    Overdue,
    expired_parts,
    is_lost,
    latest_expiry,
    left_of_erased,
    may_still_join,
    overdue_count,
    overdue_entry,
    overdue_file,
    overdue_incident,
    overdue_search_item,
)
from suport.domain.retention import is_visible
from suport.domain.retention_run import (
    INDEX_SEGMENTS,
    SECTIONS,
    Checked,
    IndexSegment,
    KeyRange,
    Run,
    Tally,
)
from suport.domain.search_terms import IndexItem
from suport.files import arrivals, file_store
from suport.files.file_store import StoredFile, parse_key
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.register.items import findable_of, list_attributes, whole_incident_of
from suport.register.other_tables import retention_runs, search_index
from suport.register.whole_table import Pace, Stored, WholeTable
from suport.runtime import aws, clock
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

TIME_TO_RECORD = timedelta(seconds=30)  # before the function's time is over
UNITS_OF_INDEXED = 1.5
"""What it takes to read an item of the search index, and the incident to which it leads."""

logger = Logger()


class Audit:
    """One start: it reads at a pace, and counts what it erases."""

    def __init__(self, in_time: Callable[[], bool]) -> None:
        """in_time: whether there is time left to look at one more thing."""
        self._in_time = in_time
        self._pace = Pace()
        self._table = WholeTable(aws.client("dynamodb"), os.environ["REGISTER_TABLE"], self._pace)
        self._index = search_index()
        self._store, self._bucket = aws.client("s3"), os.environ["ATTACHMENTS_BUCKET"]

    def look_at(self, number: int, tally: Tally) -> bool:
        """Looks at all of a section; returns whether it did, and nothing in it failed.

        A failure stops nothing else. The section stays to do, and a later start repeats it.
        """
        failed = False
        try:
            for look in self._looks(number, tally):
                if not self._in_time():
                    return False
                try:
                    look()
                except NoSuchIncident:  # it expired, or was erased, in the meantime
                    continue
                except Exception as failure:  # noqa: BLE001  the others must be erased, too
                    failed = True
                    # `exception` would log the message, which may quote what a citizen wrote. No
                    # reference: a log may outlive the incident.
                    logger.error("not audited", section=number, **facts(failure))  # noqa: TRY400
        except Exception as failure:  # noqa: BLE001  the next section may be in order
            failed = True
            logger.error("section not read", section=number, **facts(failure))  # noqa: TRY400
        return not failed

    def _looks(self, number: int, tally: Tally) -> Iterator[Callable[[], None]]:
        """Yields what to look at, each thing by itself: a failure stops none of the others."""
        section = SECTIONS[number]
        if isinstance(section, KeyRange):
            for file in file_store.stored_files(self._store, self._bucket, section):
                yield partial(self._stored_file, file, tally)
            return
        if isinstance(section, IndexSegment):
            for page in self._index.pages(section.number, INDEX_SEGMENTS):
                yield partial(self._indexed, page, tally)
            return
        for stored in self._table.incidents(section.number):
            own, now = stored.incident, clock.now()
            in_time = own and in_its_time(own, stored.kept_from, now)
            for entry in stored.entries:  # before their incident: without it they would look alone
                yield partial(self._entry, entry, in_time, tally)
            if own and in_time:
                yield partial(self._incident, own, in_time, tally)

    def _stored_file(self, file: StoredFile, tally: Tally) -> None:
        """Erases a file that no incident has any more; one that was never checked joins its own."""
        tally.checked[Checked.FILES] += 1
        if file.key in file_store.NOT_OF_CITIZENS:
            return
        named = parse_key(file.key)
        now = clock.now()
        if overdue_file(file.arrived_at, None, now) is None:  # it has just arrived
            return
        state = self._table.files(named[0]).get(named[1]) if named else None
        finding = overdue_file(file.arrived_at, state, now)
        unchecked = finding and state is None and may_still_join(file.arrived_at, now)
        if unchecked and named and arrivals.join(*named, now):
            # what should have checked it has failed for hours, or its message is set aside
            logger.warning("file joined late")
            return
        if finding and file_store.erase_version(self._store, self._bucket, file.key, file.version):
            tally.add(finding, now)

    def _entry(self, entry: Stored, own: Stored | None, tally: Tally) -> None:
        """Erases an entry that is past its time, or whose incident is.

        own: its incident's item, with the expiry that it should have.
        """
        tally.checked[Checked.ENTRIES] += 1
        now = clock.now()
        in_time = in_its_time(entry, entry.recorded_at, now)
        self._bring_about(entry, in_time, wrong_with(in_time, own, now), tally)

    def _incident(self, own: Stored, in_time: Stored, tally: Tally) -> None:
        """Erases an incident that is past its time, or the parts of it that are.

        in_time: its item, with the expiry that it should have.
        """
        tally.checked[Checked.INCIDENTS] += 1
        finding = overdue_incident(in_time.expires_at, clock.now())
        self._bring_about(own, in_time, finding, tally)
        if finding is None and not own.erased_at:
            self._parts(own, tally)
            self._searched(own, tally)

    def _bring_about(
        self, stored: Stored, in_time: Stored, finding: Finding | None, tally: Tally
    ) -> None:
        """Erases the item if there is a finding; else sees to it that it does not stay too long.

        in_time: the item with the expiry that it should have.
        """
        if finding:
            if self._table.erase(stored):
                tally.add(finding, clock.now())
        elif in_time is not stored and self._table.correct_expiry(stored, in_time):
            tally.add(Finding(Overdue.TOO_LATE), clock.now())

    def _parts(self, own: Stored, tally: Tally) -> None:
        """Erases the expired parts of an incident, and marks the files that the store has lost.

        One that the team's list lacks, or has in a wrong place, gets to its place.
        """
        incident, now = whole_incident_of(own.item), clock.now()
        if expired_parts(incident, now):
            for part in register().erase_expired_parts(own.reference, now):
                tally.add(part.finding, now)
        else:
            self._table.correct_list(own, list_attributes(incident))
        for file_id, file in incident.files.items():
            if file.state in ERASED or not is_visible(file.expires_at, now):
                continue
            there = file_store.stored_file(self._store, self._bucket, own.reference, file_id)
            version, arrived_at = (there.version, there.arrived_at) if there else (None, None)
            if not is_lost(file, version, arrived_at, now):
                continue
            if register().record_lost_file(own.reference, file_id, file.version, now):
                tally.add(Finding(Overdue.FILE_LOST), now)

    def _searched(self, own: Stored, tally: Tally) -> None:
        """Gives the search index what it lacks of an incident."""
        now = clock.now()
        seen = findable_of(own.item, now)
        if seen is None or not self._index.lacking(seen):
            return
        # As it is now: what the scan saw may have changed, and the index with it.
        for incident in register().findables([own.reference], now).values():
            if lacking := self._index.lacking(incident):
                self._index.write(lacking, ())
                tally.indexed += 1

    def _indexed(self, page: list[IndexItem], tally: Tally) -> None:
        """Erases what the search index has of incidents that are over, or are not so any more."""
        now = clock.now()
        self._pace.spend(UNITS_OF_INDEXED * len(page))
        known = register().findables({each.reference for each in page}, now)
        right = {each.key for incident in known.values() for each in self._index.items_of(incident)}
        wrong = [each for each in page if each.key not in right]
        self._index.write((), [each.key for each in wrong])
        for each in wrong:
            tally.add(overdue_search_item(each.expires_at, now), now)


def in_its_time(stored: Stored, kept_from: datetime | None, now: datetime) -> Stored:
    """The item with the expiry that it should have, if it has one that is too late."""
    latest = latest_expiry(kept_from, now)
    is_late = stored.expires_at is not None and stored.expires_at > latest
    return replace(stored, expires_at=latest) if is_late else stored


def wrong_with(entry: Stored, own: Stored | None, now: datetime) -> Finding | None:
    """What is wrong with an entry of that incident; None if it is kept."""
    if entry.is_count:
        return overdue_count(entry.expires_at, now)
    if own and own.erased_at and not own.keeps(entry.entry):
        return left_of_erased(own.erased_at, now)
    ends = own.expires_at if own else None
    by_person = ends is None and entry.by_person
    return overdue_entry(entry.expires_at, ends, now, by_person=by_person)


def go_on(run: Run, in_time: Callable[[], bool]) -> Run | None:
    """Goes on with the run, section by section; None if another start has taken it over."""
    audit = Audit(in_time)
    held: Run | None = run
    for number in run.to_do:
        if held is None or not in_time():
            break
        tally = Tally(run.day)
        complete = audit.look_at(number, tally)
        report(tally)
        held = retention_runs().write(held.after(number, tally, complete=complete))
    return held and retention_runs().write(held.released(clock.now()))


def report(tally: Tally) -> None:
    """Reports what a section brought."""
    for kind, number in tally.erased.items():
        count(Metric.RETENTION_ERASED, number, kind=kind)
    if tally.indexed:
        count(Metric.SEARCH_INDEX_MENDED, tally.indexed)
    if tally.breaches:
        count(Metric.RETENTION_BREACHES, tally.breaches)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001  only the time
    """Handles the schedule: begins the day's run, goes on with it, or finds it finished."""
    now, day = clock.now(), to_madrid(clock.now()).date()

    def time_left() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    run = retention_runs().run(day) or Run(day=day, begun_at=now)
    if not run.finished_at:
        held = replace(run, held_until=now + time_left())
        taken = None if run.is_held(now) else retention_runs().write(held)
        done = go_on(taken, lambda: time_left() > TIME_TO_RECORD) if taken else None
        if done is None:
            logger.info("another start is at work", day=day.isoformat())
            return
        run = done
        logger.info(
            "retention audited",
            day=day.isoformat(),
            left=len(run.to_do),
            erased=sum(run.erased.values()),
            breaches=run.breaches,
        )
        if run.finished_at:
            oldest = max(run.oldest_s.values(), default=0)
            count(Metric.RETENTION_OLDEST_AGE, round(oldest / 3600))
    count(Metric.RETENTION_AUDITED, int(run.finished_at is not None))

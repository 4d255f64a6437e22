"""One answer to many incidents: each gets it once, wherever the work is interrupted."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st

from suport.desk.group_answers import GroupAnswers, work
from suport.domain import group_answer
from suport.domain.category import Category
from suport.domain.group_answer import LEASE, MOST_STUMBLES, Act, GroupAnswer, Skipped
from suport.domain.history import Message, SentMail
from suport.domain.incident import Actor, Status
from suport.domain.language import Language
from suport.domain.owed_mail import OF_THE_INCIDENT, MailKind
from suport.domain.reference import Reference
from suport.register.errors import NoSuchIncident, NotBackYet
from suport.register.incomplete import IncompleteRegister
from suport.register.items import INCIDENT, entry_of
from suport.register.known_problems import KnownProblems, new_id
from suport.register.marshalling import unmarshalled
from suport.register.register import Register
from suport.register.tombstones import Tombstones
from tests.support.register import a_submission
from tests.support.table import PlainTable, Table

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
BODIES = {each: f"Solved ({each})." for each in Language}
TEAM = Category.PAYMENT


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Fault(StrEnum):
    """What happens to a request to a table."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    REFUSED = "refused"  # nothing was written
    ANSWER_LOST = "answer lost"  # it was written, and nobody knows


class Faulty(Table):
    """Tables whose requests fail as planned, while a worker works: `faults` by their number.

    meanwhile_at: what somebody else does before a request is answered, by its number.
    """

    def __init__(self) -> None:
        super().__init__(known_problems=PlainTable(("problem", "item")))
        self.faults: dict[int, Fault] = {}
        self.meanwhile_at: dict[int, Callable[[], None]] = {}
        self.is_faulty = False
        self.requests = 0

    def _answer(self, name: str, asked: dict[str, Any]) -> Any:
        if not self.is_faulty:
            return super()._answer(name, asked)
        self.requests += 1
        if act := self.meanwhile_at.pop(self.requests, None):
            act()
        fault = self.faults.pop(self.requests, None)
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        if fault is Fault.REFUSED:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        answer = super()._answer(name, asked)
        if fault is Fault.KILLED_AFTER:
            raise Killed
        if fault is Fault.ANSWER_LOST:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return answer


class Index:
    """The search index as far as a job asks it: what is linked to any problem by now."""

    def __init__(self) -> None:
        self.late: tuple[Reference, ...] = ()

    def linked(self, problem: str, now: datetime) -> tuple[Reference, ...]:  # noqa: ARG002  as it is
        return self.late


class Outage:
    """A known problem with incidents that are linked to it, and the time, which tests move."""

    def __init__(self, many: int) -> None:
        self.now = NOW
        self.table = Faulty()
        client = cast("Any", self.table)
        self.register = Register(client, "register", Tombstones(client, "tombstones", lambda: b"s"))
        self.jobs = KnownProblems(client, "known_problems")
        self.index = Index()
        self.left_out: Callable[[Reference], None] = lambda _: None
        self.problem = new_id(NOW)
        self.sent = 0
        self.languages = {self.linked(number): _language(number) for number in range(many)}

    def linked(self, number: int, at: datetime = NOW) -> Reference:
        submission = a_submission(
            category=TEAM, language=_language(number), error={"message": "Error 190"}
        )
        key = f"{number:016}"
        reference = self.register.submit(submission, key, b"secret", at).reference
        self.register.link_problem(reference, "eva", None, self.problem, at)
        return reference

    def begun(self, act: Act = Act.TELL, *more: Reference) -> GroupAnswer:
        return self.jobs.begin(
            group_answer.begun(
                id=new_id(self.now),
                problem=self.problem,
                act=act,
                bodies=BODIES,
                references=(*self.languages, *more),
                by="eva",
                now=self.now,
            )
        )

    def work(self, job: GroupAnswer, in_time: Callable[[], bool] = lambda: True) -> Any:
        self.table.is_faulty = True
        try:
            return work(
                *(job.id, job.owner, self.jobs, self.register, cast("Any", self.index)),
                clock=lambda: self.now,
                in_time=in_time,
                left_out=self.left_out,
            )
        finally:
            self.table.is_faulty = False

    def work_until_done(self, job: GroupAnswer) -> GroupAnswer:
        """Takes the job up again and again, as the watcher does, and sends what is owed."""
        for _ in range(50):
            try:
                self.work(job)
            except (Killed, ReadTimeoutError):
                self.now += LEASE  # who was killed holds the job until then
            left = self.jobs.job(job.owner, job.id, self.now)
            assert left
            self.send_mails()
            self.sent = max(left.done - 1, 0)  # the last one may be answered again
            if left.finished_at:
                return left
        raise AssertionError("the job never ends")

    def send_mails(self) -> None:
        for reference in list(self.languages)[self.sent :]:
            for entry, mail in self.register.incident(reference, self.now).mails.items():
                if entry != OF_THE_INCIDENT:
                    self.register.record_mail(reference, entry, mail.kind, "id", self.now)

    def told(self, reference: Reference) -> tuple[list[str], list[MailKind]]:
        """What operators have written to the citizen, and the mails about it."""
        items = self.table.items[reference].items()
        entries = [entry_of(unmarshalled(item)) for name, item in items if name != INCIDENT]
        contents = [entry.content for entry in entries]
        bodies = [
            each.body
            for each in contents
            if isinstance(each, Message) and each.by is Actor.OPERATOR
        ]
        return bodies, [each.mail for each in contents if isinstance(each, SentMail)]

    def each_was_told_once(self, kind: MailKind = MailKind.REPLY) -> None:
        for reference, language in self.languages.items():
            assert self.told(reference) == ([BODIES[language]], [kind]), reference


def _language(number: int) -> Language:
    return list(Language)[number % len(Language)]


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(1, 40), st.sampled_from(Fault), min_size=1, max_size=4),
    st.sampled_from([Act.TELL, Act.RESOLVE]),
)
def test_wherever_it_is_interrupted_each_citizen_gets_one_message_and_one_mail(
    faults: dict[int, Fault], act: Act
) -> None:
    outage = Outage(6)
    job = outage.begun(act)
    outage.table.faults = dict(faults)
    done = outage.work_until_done(job)
    assert (done.done, done.answered, dict(done.skipped)) == (6, 6, {})
    outage.each_was_told_once(MailKind.SOLUTION if act is Act.RESOLVE else MailKind.REPLY)
    assert outage.jobs.unfinished(outage.now) == []


def test_three_hundred_are_answered_in_four_languages_with_failures_on_the_way() -> None:
    outage = Outage(300)
    job = outage.begun()
    outage.table.faults = {
        number: fault
        for start in (40, 300, 555, 800)
        for number, fault in zip(range(start, start + 40, 13), Fault, strict=False)
    }
    done = outage.work_until_done(job)
    assert (done.answered, done.total) == (300, 300)
    outage.each_was_told_once()
    assert Counter(outage.languages.values()) == dict.fromkeys(Language, 75)


@settings(max_examples=40)
@given(request=st.integers(1, 24), too_late=st.booleans(), act=st.sampled_from([Act.TELL, Act.ASK]))
def test_two_workers_at_once_answer_each_citizen_once(
    request: int,
    too_late: bool,
    act: Act,
) -> None:
    """One that was too slow meets what another has done in the meantime."""
    outage = Outage(6)
    job = outage.begun(act)
    others: list[GroupAnswer | None] = []

    def another_works() -> None:
        if too_late:
            outage.now += LEASE
        others.append(outage.work(job))

    outage.table.meanwhile_at = {request: another_works}
    outage.work(job)
    done = outage.work_until_done(job)
    assert (done.answered, done.done) == (6, 6)
    outage.each_was_told_once(MailKind.QUESTION if act is Act.ASK else MailKind.REPLY)
    has_taken = request > 2  # it reads the job, and writes that it has it
    if has_taken and not too_late:
        assert others in ([], [None])


def test_what_a_job_cannot_be_done_with_is_left_alone_and_counted() -> None:
    outage = Outage(0)
    register, now = outage.register, outage.now
    kept, resolved, erased, passed_on, wrote = (outage.linked(number) for number in range(5))
    expired = outage.linked(5, NOW - timedelta(days=200))
    outage.languages = {kept: _language(0)}
    register.claim(resolved, "marta", TEAM, now)
    register.resolve(resolved, "marta", TEAM, "By hand.", now)
    asked = register.ask_for_erasure(erased, now).erasure_asked
    assert asked
    register.erase(erased, asked.entry, now)
    register.claim(passed_on, "marta", TEAM, now)
    register.transfer(passed_on, "marta", TEAM, Category.SIGNATURE, "why", now)
    register.add_citizen_message(wrote, "Wait!", now)
    others = (resolved, erased, passed_on, wrote, expired)
    done = outage.work_until_done(outage.begun(Act.RESOLVE, *others))
    assert dict(done.skipped) == {
        Skipped.RESOLVED: 1,
        Skipped.GONE: 2,
        Skipped.UNLINKED: 1,
        Skipped.UNREAD: 1,
    }
    assert (done.answered, done.total) == (1, 6)
    outage.each_was_told_once(MailKind.SOLUTION)
    for reference in (resolved, passed_on, wrote):
        assert BODIES[_language(0)] not in outage.told(reference)[0]
    assert register.incident(wrote, now).status is not Status.RESOLVED


def test_a_worker_stops_in_time_and_the_next_goes_on_at_once() -> None:
    outage = Outage(5)
    job = outage.begun()
    times = iter([True, True, False])
    left = outage.work(job, lambda: next(times))
    assert (left.done, left.finished_at, left.is_held(outage.now)) == (2, None, False)
    assert outage.work(job).finished_at == outage.now
    outage.send_mails()
    outage.each_was_told_once()


def test_an_incident_that_always_fails_is_left_out_and_named() -> None:
    outage = Outage(4)
    job = outage.begun()
    bad = list(outage.languages)[1]
    answer = outage.register.answer_for_all

    def fails_for_one(reference: Reference, job: GroupAnswer, now: datetime) -> Skipped | None:
        if reference == bad:
            raise ValueError("a fault of ours")
        return answer(reference, job, now)

    outage.register.answer_for_all = fails_for_one  # type: ignore[method-assign]
    for _ in range(MOST_STUMBLES - 1):
        with pytest.raises(ValueError, match="ours"):
            outage.work(job)
        left = outage.jobs.job(job.owner, job.id, outage.now)
        assert left
        assert (left.done, left.is_held(outage.now)) == (1, False)
    done = outage.work(job)
    assert (done.answered, done.left, dict(done.skipped)) == (3, (bad,), {Skipped.FAILED: 1})
    del outage.languages[bad]
    outage.send_mails()
    outage.each_was_told_once()


def test_one_that_is_left_out_is_told_of_even_if_the_next_one_fails_in_the_same_run() -> None:
    outage = Outage(3)
    job = outage.begun()
    first, second, _ = outage.languages
    told: list[Reference] = []
    outage.left_out = told.append
    answer = outage.register.answer_for_all

    def fails_for_two(reference: Reference, job: GroupAnswer, now: datetime) -> Skipped | None:
        if reference in {first, second}:
            raise KeyError("a fault of ours")
        return answer(reference, job, now)

    outage.register.answer_for_all = fails_for_two  # type: ignore[method-assign]
    for _ in range(MOST_STUMBLES):
        assert told == []
        with pytest.raises(KeyError):
            outage.work(job)
    assert told == [first]
    left = outage.jobs.job(job.owner, job.id, outage.now)
    assert left
    assert (left.left, left.stumbles) == ((first,), 1)


THROTTLED = [{"Code": "None"}, {"Code": "ProvisionedThroughputExceeded"}]


@pytest.mark.parametrize(
    "answer",
    [
        {"Error": {"Code": "ThrottlingException"}},
        {"Error": {"Code": "InternalServerError"}},
        {"Error": {"Code": "AccessDeniedException"}},
        {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": THROTTLED},
        None,
    ],
)
def test_no_incident_is_left_out_because_the_table_does_not_answer(answer: Any) -> None:
    outage = Outage(2)
    job = outage.begun()
    answered = outage.register.answer_for_all
    refusal: Exception = (
        ClientError(answer, "TransactWriteItems")
        if answer
        else ReadTimeoutError(endpoint_url="https://dynamodb")
    )

    def away(*_: Any) -> Skipped | None:
        raise refusal

    outage.register.answer_for_all = away  # type: ignore[assignment, method-assign]
    for _ in range(MOST_STUMBLES + 2):
        with pytest.raises(type(refusal)):
            outage.work(job)
    left = outage.jobs.job(job.owner, job.id, outage.now)
    assert left
    assert (left.done, left.stumbles, left.is_held(outage.now)) == (0, 0, False)
    outage.register.answer_for_all = answered  # type: ignore[method-assign]
    assert outage.work(job).answered == 2


def test_an_item_that_is_too_large_is_the_incidents_own_fault() -> None:
    outage = Outage(2)
    job = outage.begun()

    def too_large(*_: Any) -> Skipped | None:
        raise ClientError({"Error": {"Code": "ValidationException"}}, "TransactWriteItems")

    outage.register.answer_for_all = too_large  # type: ignore[assignment, method-assign]
    with pytest.raises(ClientError):
        outage.work(job)
    left = outage.jobs.job(job.owner, job.id, outage.now)
    assert left
    assert left.stumbles == 1


@pytest.mark.parametrize(("act", "answered"), [(Act.RESOLVE, 4), (Act.GIVE_BACK, 4), (Act.TELL, 2)])
def test_what_is_linked_while_the_problem_is_solved_is_answered_too(
    act: Act, answered: int
) -> None:
    """A message that ends nothing waits for the next one."""
    outage = Outage(2)
    job = outage.begun(act)
    late = [outage.linked(number) for number in (7, 8)]
    outage.index.late = (*outage.languages, *late)
    done = outage.work(job)
    assert (done.answered, done.total) == (answered, answered)
    for each in late:
        assert len(outage.told(each)[0]) == (answered == 4)


def test_a_register_that_awaits_its_copy_loses_no_incident() -> None:
    outage = Outage(0)
    incomplete = IncompleteRegister(cast("Any", outage.table), "register")
    outage.languages = {Reference("7K3M-9QXA-2BTC"): Language.CATALAN}
    job, outage.register = outage.begun(), incomplete
    for _ in range(MOST_STUMBLES + 1):
        with pytest.raises(NotBackYet):
            outage.work(job)
    left = outage.jobs.job(job.owner, job.id, outage.now)
    assert left
    assert (left.done, left.stumbles, left.is_held(outage.now)) == (0, 0, False)


def test_a_job_that_is_not_there_is_no_work() -> None:
    outage = Outage(1)
    job = outage.begun()
    assert outage.work(job).finished_at
    assert outage.work(job) is None
    with pytest.raises(NoSuchIncident):
        outage.register.incident(Reference("7K3M-9QXA-2BTC"), outage.now)
    unknown = work(
        *(
            "01M8A9GS32SWC3AYT3M5FPN97G",
            job.owner,
            outage.jobs,
            outage.register,
            cast("Any", Index()),
        ),
        clock=lambda: outage.now,
        in_time=lambda: True,
    )
    assert unknown is None


# ------------------------------------------------------------------- beginning and resuming


class Lambda:
    """Starts functions, or fails to."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.is_away = False

    def invoke(self, **asked: Any) -> dict[str, Any]:
        if self.is_away:
            raise ReadTimeoutError(endpoint_url="https://lambda")
        assert asked["InvocationType"] == "Event"
        self.started.append(json.loads(asked["Payload"]))
        return {"StatusCode": 202}


def test_a_job_begins_once_and_is_started_without_waiting_for_it() -> None:
    outage, client = Outage(2), Lambda()
    answers = GroupAnswers(outage.jobs, cast("Any", client), "answer_linked")
    job = outage.begun()
    assert answers.begin(job).id == job.id
    assert client.started == [{"owner": job.owner, "job": job.id}]
    assert outage.work(job).finished_at
    again = answers.begin(job)  # the form is sent once more
    assert again.finished_at
    outage.send_mails()
    outage.each_was_told_once()


def test_a_job_that_could_not_be_started_or_was_interrupted_is_resumed() -> None:
    outage, client = Outage(2), Lambda()
    answers = GroupAnswers(outage.jobs, cast("Any", client), "answer_linked")
    client.is_away = True
    job = answers.begin(
        group_answer.begun(
            id=new_id(NOW),
            problem=outage.problem,
            act=Act.TELL,
            bodies=BODIES,
            references=tuple(outage.languages),
            by="eva",
            now=NOW,
        )
    )
    client.is_away = False
    assert [each.id for each in answers.resume(outage.now)] == [job.id]
    assert client.started == [{"owner": job.owner, "job": job.id}]
    outage.table.faults = {5: Fault.KILLED_AFTER}
    with pytest.raises(Killed):
        outage.work(job)
    assert answers.resume(outage.now) == []  # perhaps somebody works on it
    outage.now += LEASE
    assert len(answers.resume(outage.now)) == 1
    assert outage.work(job).finished_at
    assert answers.resume(outage.now) == []


def test_a_job_that_cannot_be_started_stops_no_other() -> None:
    outage, client = Outage(1), Lambda()
    jobs = [outage.begun() for _ in range(3)]
    refused = min(job.id for job in jobs)

    class RefusesOne(Lambda):
        def invoke(self, **asked: Any) -> dict[str, Any]:
            if json.loads(asked["Payload"])["job"] == refused:
                raise ReadTimeoutError(endpoint_url="https://lambda")
            return client.invoke(**asked)

    answers = GroupAnswers(outage.jobs, cast("Any", RefusesOne()), "answer_linked")
    with pytest.raises(ExceptionGroup):
        answers.resume(outage.now)
    assert {each["job"] for each in client.started} == {job.id for job in jobs} - {refused}

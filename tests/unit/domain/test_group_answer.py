"""How far an answer to many has got, who holds it, and what cannot be one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.group_answer import (
    LEASE,
    LONGEST_BODY,
    MOST_AT_ONCE,
    MOST_STUMBLES,
    Act,
    GroupAnswer,
    OutOfOrder,
    Skipped,
    advanced,
    begun,
    digest,
    job_id,
    released,
    stumbled,
    taken,
)
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.domain.retention import expires_at

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
BODIES = dict.fromkeys(Language, "Solved.")
REFERENCES = tuple(Reference(f"7K3M-9QXA-{number:04}") for number in range(3))


def a_job(**changes: Any) -> GroupAnswer:
    stated: dict[str, Any] = {
        "id": "01M8A9GS32SWC3AYT3M5FPN97G",
        "act": Act.TELL,
        "by": "eva",
        "references": REFERENCES,
        "now": NOW,
        "bodies": BODIES,
        "problem": "01M8A9GS32SWC3AYT3M5FPN97H",
    }
    return begun(**stated | changes)


def test_each_incident_is_in_a_job_once_and_it_expires_after_six_months() -> None:
    job = a_job(references=(*REFERENCES, *REFERENCES))
    assert (job.references, job.total) == (REFERENCES, 3)
    assert (job.done, job.answered, job.next) == (0, 0, REFERENCES[0])
    assert job.expires_at == expires_at(NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"references": ()},
        {"references": tuple(map(Reference, map(str, range(MOST_AT_ONCE + 1))))},
        {"problem": None},
        {"leader": REFERENCES[0]},
        {"bodies": None},
        {"bodies": None, "act": Act.ASK},
        {"bodies": {Language.CATALAN: "Fet"}},
        {"bodies": BODIES | {Language.GERMAN: " "}},
        {"bodies": BODIES | {Language.GERMAN: "ä" * (LONGEST_BODY + 1)}},
    ],
)
def test_what_nobody_can_do_is_no_job(changes: dict[str, Any]) -> None:
    with pytest.raises(OutOfOrder):
        a_job(**changes)


def test_the_followers_of_an_incident_are_answered_the_same_way() -> None:
    job = a_job(problem=None, leader=REFERENCES[0])
    assert job.owner == f"incident/{REFERENCES[0]}"


@given(st.lists(st.sampled_from(Skipped) | st.none(), min_size=1, max_size=30))
def test_every_incident_is_counted_once_as_answered_or_by_why_it_was_not(
    outcomes: list[Skipped | None],
) -> None:
    references = tuple(map(Reference, map(str, range(len(outcomes)))))
    job = a_job(references=references)
    for reference, outcome in zip(references, outcomes, strict=True):
        assert job.next == reference
        assert job.finished_at is None
        job = advanced(job, NOW, outcome)
    assert job.finished_at == NOW
    assert job.next is None
    assert job.answered == outcomes.count(None)
    assert dict(job.skipped) == {why: outcomes.count(why) for why in set(outcomes) if why}
    failed = [each for each, why in zip(references, outcomes, strict=True) if why == "failed"]
    assert (job.references, job.left) == ((), tuple(failed))  # it forgets all others


def test_a_worker_holds_a_job_as_long_as_it_goes_on_and_nobody_else_has_it() -> None:
    held = taken(a_job(), NOW)
    assert held
    assert taken(held, NOW + LEASE - timedelta(milliseconds=1)) is None
    assert taken(held, NOW + LEASE)
    later = NOW + timedelta(seconds=50)
    further = advanced(held, later)
    assert taken(further, later + LEASE - timedelta(milliseconds=1)) is None
    assert taken(released(further), later)


def test_a_finished_job_is_not_taken_up_again() -> None:
    finished = a_job(references=REFERENCES[:1])
    assert taken(advanced(finished, NOW), NOW + timedelta(days=1)) is None


def test_an_incident_that_always_fails_holds_the_others_up_for_a_while_only() -> None:
    job = a_job()
    for number in range(1, MOST_STUMBLES):
        job = stumbled(replace(job, held_until=NOW + LEASE), NOW)
        assert (job.stumbles, job.done, job.held_until) == (number, 0, None)
    job = stumbled(replace(job, held_until=NOW + LEASE), NOW)
    assert (job.done, job.stumbles, job.left) == (1, 0, REFERENCES[:1])
    assert job.is_held(NOW)  # its worker goes on
    assert stumbled(advanced(job, NOW), NOW).stumbles == 1  # counted from the start


def test_a_form_begins_another_job_if_it_asks_for_another_act_or_has_other_words() -> None:
    words = dict.fromkeys(Language, "Ja va bé.\nGràcies.")
    mended = words | {Language.GERMAN: "Es geht wieder."}
    ids = [
        job_id("key", "owner", Act.LINK),
        job_id("key", "owner", Act.RESOLVE),
        job_id("key", "owner", Act.RESOLVE, words),
        job_id("key", "owner", Act.TELL, words),
        job_id("key", "owner", Act.TELL, mended),
        job_id("key", "others", Act.TELL, mended),
        job_id("another", "owner", Act.TELL, mended),
    ]
    assert len(set(ids)) == len(ids)
    assert job_id("key", "owner", Act.TELL, dict(reversed(mended.items()))) == ids[4]


def test_an_act_is_recognised_by_its_job_and_its_incident() -> None:
    digests = {digest(job, each) for job in ("A", "B") for each in REFERENCES}
    assert len(digests) == 2 * len(REFERENCES)
    assert digest("A", REFERENCES[0]) in digests

"""Whatever shows an operator personal data leaves one look, and a look changes nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import contact_acts, erasure, looks, operator_acts
from suport.domain.attachment import AddedFile, FileId, State
from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.history import Action, Done, LookPurpose, is_look
from suport.domain.incident import Actor, Incident, Status
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, NotClaimed, Work
from suport.domain.retention import expires_at, prolongs
from tests.support.incidents import NOW, an_incident

FILE = AddedFile(
    type="application/pdf",
    bytes=9,
    version="v",
    state=State.CLEAN,
    added_at=NOW,
    expires_at=expires_at(NOW),
)
UNREAD = frozenset({"an older entry"})

SHOWING: dict[str, Callable[[Incident, Work], Change]] = {
    "claim": lambda incident, work: operator_acts.claim(incident, NOW, work).change,
    "work": lambda incident, work: operator_acts.view(incident, NOW, work).change,
    "file": lambda incident, work: operator_acts.view_file(incident, NOW, work, FileId("A")).change,
    "erasure": lambda incident, work: erasure.prepare_at_desk(incident, NOW, work).change,
    "correction": lambda incident, work: (
        contact_acts.correct_at_desk(incident, NOW, work, {"email": "x@example.org"}).change
    ),
    "correction of nothing": lambda incident, work: (
        contact_acts.correct_at_desk(incident, NOW, work, incident.contact).change
    ),
    "work that the citizen overtook": lambda incident, work: (
        operator_acts.having_read(
            incident, NOW, replace(work, seen=UNREAD), operator_acts.release
        ).change
    ),
}
"""Every act that shows an operator personal data, or lets them learn some, by its purpose."""

incidents = st.builds(
    lambda status, claimed_by, team: an_incident(
        status=status,
        claimed_by=claimed_by if status in {Status.CLAIMED, Status.WAITING} else None,
        category=team,
        files={FileId("A"): FILE},
        citizen_wrote="a newer entry",
    ),
    st.sampled_from(Status),
    st.sampled_from(["aina", "biel"]),
    st.sampled_from(Category),
)


def looks_in(change: Change) -> list[Action]:
    return [
        each.content
        for each in change.entries
        if is_look(each) and isinstance(each.content, Action)
    ]


@given(incidents, st.sampled_from(sorted(SHOWING)), st.sampled_from(["aina", "biel"]))
def test_each_act_that_shows_personal_data_leaves_one_look_with_team_and_purpose(
    incident: Incident, act: str, operator: str
) -> None:
    work = Work(operator, incident.category)
    try:
        change = SHOWING[act](incident, work)
    except (AlreadyResolved, ClaimedByAnother, NotClaimed):
        return  # and nothing was shown
    if refused := [each for each in change.entries if each.facts.get("action") == "refused"]:
        assert (refused[0].facts["operator"], refused[0].facts["purpose"]) == (operator, act)
        return
    (look,) = looks_in(change)
    purpose = LookPurpose(act.partition(" ")[0])
    assert (look.operator, look.team, look.purpose) == (operator, incident.category, purpose)
    assert (look.file == "A") is (purpose is LookPurpose.FILE)
    if act == "work":
        assert look.contact is operator_acts.sees_contact(incident, operator)
    else:
        assert look.contact is (purpose in {LookPurpose.CLAIM, LookPurpose.CORRECTION})


@given(incidents, st.sampled_from(looks.STATED), st.integers(2, 9))
def test_every_look_is_an_entry_however_many_there_are(
    incident: Incident, purpose: LookPurpose, times: int
) -> None:
    recorded: list[Action] = []
    for _ in range(times):
        change = operator_acts.view(incident, NOW, Work("aina", incident.category), purpose).change
        recorded += looks_in(change)
        incident = change.result
    assert [each.purpose for each in recorded] == [purpose] * times


@given(incidents)
def test_data_protection_leaves_a_look_of_its_own_and_changes_nothing_else(
    incident: Incident,
) -> None:
    change = looks.audit(incident, NOW, "olga").change
    (look,) = looks_in(change)
    assert (look.by, look.operator, look.team) == (Actor.DATA_PROTECTION, "olga", None)
    assert (look.purpose, look.contact) == (LookPurpose.AUDIT, False)
    assert change.fields == {}
    assert not prolongs(change.entries[0])


@pytest.mark.parametrize("done", Done)
def test_data_protection_is_shown_looks_copies_and_refused_attempts_only(done: Done) -> None:
    about: dict[str, Any] = {"operator": "aina", "team": Category.PAYMENT}
    entry = Change(an_incident(), NOW).act(done, Actor.OPERATOR, **about)
    shown = {Done.VIEWED, Done.PHONED, Done.EXPORTED, Done.REFUSED}
    assert looks.concerns_access(entry) is (done in shown)

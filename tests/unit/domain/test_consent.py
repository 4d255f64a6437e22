import json
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from suport.domain.consent import ConsentAction, ControlNeedsView, Scope, changes
from suport.domain.history import Entry, Kind
from suport.domain.language import Language
from suport.domain.reference import reference_for
from suport.texts.published_notices import CONTROLLERS
from suport.views.consent_receipt import receipt
from tests.support.register import an_entry

REFERENCE = reference_for(b"secret", "a key of the test")
NOTICE = {"version": "2026-11-23", "language": Language.ENGLISH, "sha256": "5c" * 32}
GIVEN_AT = "2026-08-31T08:00:00.000Z"
WITHDRAWN_AT = "2026-09-01T09:30:00.125Z"
GRANT_ID, WITHDRAWAL_ID = "01K3ZB2E40AAAAAAAAAAAAAAAA", "01K427Q5RXBBBBBBBBBBBBBBBB"

YEARS = [datetime.fromisoformat(day) for day in ("2026-01-01", "2200-01-01")]
NOTHING: frozenset[Scope] = frozenset()
VIEW_ONLY = frozenset({Scope.VIEW})
BOTH = frozenset({Scope.VIEW, Scope.CONTROL})


class Session(RuleBasedStateMachine):
    """A citizen who grants and withdraws consent in any order, and a model of two switches."""

    @initialize()
    def begin(self) -> None:
        self.standing = NOTHING
        self.may_view = self.may_control = False

    def act(self, scope: Scope, action: ConsentAction) -> tuple[Scope, ...]:
        changed = changes(self.standing, scope, action)
        for each in changed:  # one entry after the other, as they are recorded
            if action is ConsentAction.GRANT:
                self.standing |= {each}
            else:
                self.standing -= {each}
            self.control_never_stands_without_view()
        return changed

    @rule()
    def grant_view(self) -> None:
        assert self.act(Scope.VIEW, ConsentAction.GRANT) == (() if self.may_view else (Scope.VIEW,))
        self.may_view = True

    @rule()
    def grant_control(self) -> None:
        if not self.may_view:
            with pytest.raises(ControlNeedsView):
                self.act(Scope.CONTROL, ConsentAction.GRANT)
            return
        expected = () if self.may_control else (Scope.CONTROL,)
        assert self.act(Scope.CONTROL, ConsentAction.GRANT) == expected
        self.may_control = True

    @rule()
    def withdraw_control(self) -> None:
        expected = (Scope.CONTROL,) if self.may_control else ()
        assert self.act(Scope.CONTROL, ConsentAction.WITHDRAW) == expected
        self.may_control = False

    @rule()
    def withdraw_view(self) -> None:
        expected: tuple[Scope, ...] = (Scope.CONTROL,) if self.may_control else ()
        expected += (Scope.VIEW,) if self.may_view else ()
        assert self.act(Scope.VIEW, ConsentAction.WITHDRAW) == expected
        self.may_view = self.may_control = False

    @rule(scope=st.sampled_from(Scope))
    def withdraw_twice(self, scope: Scope) -> None:
        self.act(scope, ConsentAction.WITHDRAW)
        assert self.act(scope, ConsentAction.WITHDRAW) == ()
        self.may_control = False
        self.may_view = self.may_view and scope is not Scope.VIEW

    @invariant()
    def control_never_stands_without_view(self) -> None:
        assert Scope.CONTROL not in self.standing or Scope.VIEW in self.standing

    @invariant()
    def the_model_agrees(self) -> None:
        model = {Scope.VIEW: self.may_view, Scope.CONTROL: self.may_control}
        assert self.standing == {scope for scope, stands in model.items() if stands}


TestAnyOrderOfConsents = Session.TestCase


def granted(scope: Scope = Scope.VIEW) -> Entry:
    """The entry of a consent, with the content that the register records."""
    return entry(
        GRANT_ID,
        GIVEN_AT,
        {"scope": scope, "action": ConsentAction.GRANT, "notice": NOTICE, "given_at": GIVEN_AT},
    )


def withdrawn(scope: Scope = Scope.VIEW) -> Entry:
    """The entry of its withdrawal: the same content, the new action, and the consent it ends."""
    content = granted(scope).facts | {"action": ConsentAction.WITHDRAW, "record": GRANT_ID}
    return entry(WITHDRAWAL_ID, WITHDRAWN_AT, content)


def entry(entry_id: str, recorded_at: str, content: dict[str, Any]) -> Entry:
    at = datetime.fromisoformat(recorded_at)
    return an_entry(Kind.CONSENT, content, at, entry_id=entry_id, expiry=0)


def test_consent_to_act_needs_consent_to_view_first() -> None:
    with pytest.raises(ControlNeedsView):
        changes(NOTHING, Scope.CONTROL, ConsentAction.GRANT)
    assert changes(NOTHING, Scope.VIEW, ConsentAction.GRANT) == (Scope.VIEW,)
    assert changes(VIEW_ONLY, Scope.CONTROL, ConsentAction.GRANT) == (Scope.CONTROL,)


def test_consent_to_view_is_not_consent_to_act() -> None:
    assert Scope.CONTROL not in changes(NOTHING, Scope.VIEW, ConsentAction.GRANT)


def test_withdrawing_view_withdraws_control_first() -> None:
    assert changes(BOTH, Scope.VIEW, ConsentAction.WITHDRAW) == (Scope.CONTROL, Scope.VIEW)


def test_withdrawing_control_leaves_view_in_force() -> None:
    assert changes(BOTH, Scope.CONTROL, ConsentAction.WITHDRAW) == (Scope.CONTROL,)


@pytest.mark.parametrize("standing", [VIEW_ONLY, BOTH])
def test_a_repeated_grant_changes_nothing(standing: frozenset[Scope]) -> None:
    for scope in standing:
        assert changes(standing, scope, ConsentAction.GRANT) == ()


def test_a_repeated_withdrawal_changes_nothing() -> None:
    assert changes(NOTHING, Scope.VIEW, ConsentAction.WITHDRAW) == ()
    assert changes(NOTHING, Scope.CONTROL, ConsentAction.WITHDRAW) == ()
    assert changes(VIEW_ONLY, Scope.CONTROL, ConsentAction.WITHDRAW) == ()


def test_withdrawing_is_never_refused() -> None:
    for standing, scope in product((NOTHING, VIEW_ONLY, BOTH), Scope):
        after = standing - set(changes(standing, scope, ConsentAction.WITHDRAW))
        assert scope not in after


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("make", [granted, withdrawn])
def test_a_receipt_has_everything_that_the_standard_asks_for(scope: Scope, make: Any) -> None:
    proof = receipt(REFERENCE, make(scope))
    asked = {
        "record_id",
        "notice",
        "purpose",
        "lawful_basis",
        "controller",
        "data_categories",
        "scope",
        "withdrawal_method",
        "events",
    }
    assert asked <= proof.keys()
    assert all(proof[field] for field in asked)
    assert proof["notice"] == NOTICE
    assert proof["controller"] == CONTROLLERS[Language.ENGLISH]
    assert proof["scope"] == scope
    assert proof["pii_principal_id"] == REFERENCE
    for event in proof["events"]:
        assert event.keys() == {"time", "type", "state", "validity"}
        assert all(event.values())


@pytest.mark.parametrize("scope", Scope)
def test_the_receipt_of_a_consent_says_that_it_was_given_and_when(scope: Scope) -> None:
    proof = receipt(REFERENCE, granted(scope))
    assert proof["record_id"] == GRANT_ID
    assert [(event["state"], event["time"]) for event in proof["events"]] == [("given", GIVEN_AT)]


@pytest.mark.parametrize("scope", Scope)
def test_the_receipt_of_a_withdrawal_says_when_consent_was_given_and_when_it_ended(
    scope: Scope,
) -> None:
    proof = receipt(REFERENCE, withdrawn(scope))
    assert proof["record_id"] == GRANT_ID
    assert [(event["state"], event["time"]) for event in proof["events"]] == [
        ("given", GIVEN_AT),
        ("withdrawn", WITHDRAWN_AT),
    ]
    assert proof["events"][0]["validity"] != proof["events"][1]["validity"]


def test_a_receipt_says_that_withdrawing_is_as_easy_as_agreeing() -> None:
    assert "in the way in which you agreed" in receipt(REFERENCE, withdrawn())["withdrawal_method"]


def test_viewing_and_acting_have_purposes_of_their_own() -> None:
    look, act = (receipt(REFERENCE, withdrawn(scope))["purpose"] for scope in Scope)
    assert look != act
    assert "explicitly" in act


def test_a_receipt_names_consent_as_its_lawful_basis() -> None:
    assert "6.1.a" in receipt(REFERENCE, withdrawn())["lawful_basis"]


def test_a_receipt_says_how_long_its_entry_is_kept() -> None:
    assert receipt(REFERENCE, withdrawn())["kept_until"] == date(2027, 3, 1).isoformat()


@given(
    st.sampled_from(Scope),
    st.datetimes(YEARS[0], YEARS[1], timezones=st.just(UTC)),
)
def test_a_receipt_can_be_sent_as_json(scope: Scope, at: datetime) -> None:
    proof = receipt(REFERENCE, entry(WITHDRAWAL_ID, at.isoformat(), withdrawn(scope).facts))
    assert json.loads(json.dumps(proof)) == proof

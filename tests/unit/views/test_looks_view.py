"""What data protection sees of an incident, from new entries and from old ones."""

from suport.domain.history import HistoryPart, Kind
from suport.views.citizen_view import citizen_view
from suport.views.looks_view import looks_view
from tests.support.incidents import NOW, an_incident
from tests.support.register import an_entry

OLD = {"action": "viewed", "by": "operator", "operator": "anna", "contact": True}


def test_an_old_look_is_read_and_says_which_facts_it_lacks() -> None:
    part = HistoryPart((an_entry(Kind.ACTION, OLD, NOW),))
    (look,) = looks_view(an_incident(), part)["looks"]
    assert {name: look[name] for name in OLD} == OLD
    assert (look["team"], look["purpose"], look["file"]) == (None, None, None)
    (shown,) = citizen_view(an_incident(), part)["history"]
    assert (shown["action"], shown["contact"]) == ("viewed", True)
    assert not shown.keys() & {"operator", "team", "purpose"}


def test_no_other_fact_of_an_entry_is_shown() -> None:
    passed_on = {"action": "transferred", "by": "operator", "operator": "anna", "why": "secret"}
    part = HistoryPart(
        (an_entry(Kind.ACTION, passed_on | {"from": "payment", "to": "signature"}, NOW),)
    )
    (shown,) = looks_view(an_incident(), part)["looks"]
    assert shown.keys() == {"entry", "at", *OLD, "team", "purpose", "file"}
    assert "secret" not in shown.values()

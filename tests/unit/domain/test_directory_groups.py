"""Which operator a directory's name and groups make of somebody."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.directory_groups import WrongName, operator_in, read_groups, read_places
from suport.domain.operator_identity import NoTeam, Operator, Role

PLACES = [*Category, *Role]
# Cognito writes several values with a comma and a space between them, in brackets.
names = st.text(
    st.characters(categories=["L", "N"], include_characters="-_=,.\\ "), min_size=1
).filter(lambda name: name == name.strip() and ", " not in name)


@given(st.dictionaries(names.filter(lambda name: "," not in name), st.sampled_from(PLACES)))
def test_a_stage_says_what_each_group_stands_for(places: dict[str, Category | Role]) -> None:
    stated = ",".join(f"{group}={place}" for group, place in places.items())
    assert read_places(stated) == places


def test_a_distinguished_name_may_be_a_group() -> None:
    group = "CN=suport,OU=pagaments,DC=caib"
    assert read_places(f"{group}=payment,dpd=data-protection") == {
        group: Category.PAYMENT,
        "dpd": Role.DATA_PROTECTION,
    }


@pytest.mark.parametrize(
    "stated",
    ["suport", "suport=", "suport=payments", "=payment", "a=payment,=editor", "a=b,c=payment,d"],
)
def test_what_stands_for_nothing_is_a_mistake(stated: str) -> None:
    with pytest.raises(ValueError, match="not a group"):
        read_places(stated)


@given(st.lists(names.filter(lambda name: name[0] not in '["' and name[-1] not in ']"')))
def test_several_values_are_read_as_cognito_writes_them(groups: list[str]) -> None:
    assert read_groups(groups) == groups
    assert read_groups(f"[{', '.join(groups)}]") == groups or not groups
    assert read_groups(json.dumps(groups)) == groups


@pytest.mark.parametrize("claim", [None, 7, {}, "", "[]", "[ ]", {"suport": True}, [1, None]])
def test_what_names_no_group_is_none(claim: object) -> None:
    assert read_groups(claim) == []


@given(st.permutations(PLACES).flatmap(lambda all_: st.integers(1, 6).map(lambda n: all_[:n])))
def test_somebody_has_the_teams_and_roles_of_their_groups_in_the_stages_order(
    own: list[Category | Role],
) -> None:
    places = {f"suport-{each}": each for each in PLACES}
    found = operator_in([f"suport-{each}" for each in own], "marta", places)
    teams = tuple(each for each in Category if each in own)
    assert found == Operator("marta", teams, frozenset(each for each in Role if each in own))


@given(st.lists(st.text()))
def test_other_groups_give_nothing(groups: list[str]) -> None:
    with pytest.raises(NoTeam):
        operator_in(groups, "marta", {"suport-payment (the team)": Category.PAYMENT})


@pytest.mark.parametrize("name", ["ma", "m" * 64, "marta.vidal@caib.es", "m+a=r,t_a-1"])
def test_a_name_is_one_that_a_session_in_a_role_may_have(name: str) -> None:
    assert operator_in(["a"], name, {"a": Role.EDITOR}).name == name


@pytest.mark.parametrize(
    "name",
    ["", "m", "m" * 65, "marta vidal", "núria", "marta\n", "mar:ta", "٣٣", None, 7, ["marta"]],
)
def test_any_other_name_is_refused(name: object) -> None:
    with pytest.raises(WrongName):
        operator_in(["a"], name, {"a": Role.EDITOR})

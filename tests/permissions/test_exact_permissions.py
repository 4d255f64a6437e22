"""Every role may do what it does, and nothing else: judged after all of tests/e2e."""

import re
from collections.abc import Iterator

import pytest

from tests.support import permissions, template
from tests.support.permissions import Permissions

PEOPLE = {"FunctionalTeamRole", "PaymentTeamRole", "SignatureTeamRole", "DataProtectionRole"}
"""Their roles are refused much by the tests themselves."""

UNSEEN: dict[str, str] = {}
"""Why the embedded AWS asks for no such grant, by a pattern of `Role: action on resource`."""


@pytest.fixture(scope="module")
def roles() -> list[Permissions]:
    found = permissions.recorded()
    assert found, "nothing is recorded: run all of tests/e2e first, as make test does"
    return found


def test_every_role_of_the_template_is_known(roles: list[Permissions]) -> None:
    deployed = {
        name
        for name in template.resources("AWS::IAM::Role")
        if "Condition" not in template.RESOURCES[name]
    }
    assert {each.role for each in roles} == deployed


def test_no_function_asks_for_what_it_may_not_do(roles: list[Permissions]) -> None:
    assert not {
        each.role: each.refused for each in roles if each.refused and each.role not in PEOPLE
    }


def test_everything_that_a_role_may_do_it_does(roles: list[Permissions]) -> None:
    assert [each for each in unused(roles) if not exception(each)] == []


def test_no_exception_is_out_of_date(roles: list[Permissions]) -> None:
    excused = {exception(each) for each in unused(roles)}
    assert [pattern for pattern in UNSEEN if pattern not in excused] == []


def unused(roles: list[Permissions]) -> Iterator[str]:
    for each in roles:
        yield from (f"{each.role}: {grant}" for grant in each.unused)


def exception(grant: str) -> str | None:
    return next((pattern for pattern in UNSEEN if re.match(pattern, grant)), None)

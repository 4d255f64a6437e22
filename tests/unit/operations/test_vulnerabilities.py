"""Questions about packages leave none out, and an exception lasts no longer than it may."""

from datetime import date

import pytest

from operations import vulnerabilities
from operations.locks import Ecosystem, Package
from operations.stage import Unable
from operations.vulnerabilities import AT_ONCE, CANARIES

STATED = {
    "package": '"jinja2"',
    "vulnerability": '"CVE-2026-1"',
    "reason": '"It is not called."',
    "decided": "2026-11-01",
    "expires": "2027-01-30",
}


def written(**changed: str | None) -> str:
    stated = STATED | changed
    return "[[exception]]\n" + "\n".join(f"{k} = {v}" for k, v in stated.items() if v is not None)


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
def test_each_round_asks_about_the_canaries_and_all_rounds_about_each_package(count: int) -> None:
    packages = [Package(Ecosystem.PYTHON, f"package-{number}", "1") for number in range(count)]
    rounds = vulnerabilities.rounds(vulnerabilities.questions(packages))
    for asked in rounds:
        assert len(asked) <= 1000, "OSV takes no more"
        assert {each.package for each in asked} >= CANARIES.keys()
    about = [each.package for asked in rounds for each in asked if each.package not in CANARIES]
    assert sorted(about) == sorted(packages)


def test_the_canaries_are_of_both_ecosystems() -> None:
    assert {each.ecosystem for each in CANARIES} == set(Ecosystem)


def test_an_exception_says_what_why_and_until_when() -> None:
    (read,) = vulnerabilities.exemptions(written())
    assert (read.package, read.vulnerability) == ("jinja2", "CVE-2026-1")
    assert read.expires == date(2027, 1, 30)


@pytest.mark.parametrize(
    "changed",
    [
        *({name: None} for name in STATED),
        {"reason": '" "'},
        {"expires": "2027-01-31"},
        {"expires": "2026-11-01"},
        {"expires": '"2027-01-30"'},
        {"expires": "2027-01-30T00:00:00"},
        {"severity": '"low"'},
    ],
    ids=str,
)
def test_an_exception_that_says_less_or_lasts_longer_is_refused(
    changed: dict[str, str | None],
) -> None:
    with pytest.raises(Unable):
        vulnerabilities.exemptions(written(**changed))


def test_the_projects_own_exceptions_can_be_read() -> None:
    from operations.audit import EXCEPTIONS  # noqa: PLC0415  it brings the network

    vulnerabilities.exemptions(EXCEPTIONS.read_text())

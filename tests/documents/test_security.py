"""What docs/security.md and docs/threat-model.md claim: each requirement once, each test there.

A row of docs/security.md names requirements of OWASP ASVS 5.0, alone or as a range (`V10.4.1 –
V10.4.4`, which leaves out those of level 3), and says what becomes of them:

- *Met* leads to where, and to a test that shows it;
- *In part* leads to both, too, and also says what is missing;
- *By AWS* leads to where it is asked for; no test of this project can show it;
- *Not met* and *Does not apply* say why.
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from local import ROOT
from suport.domain.keyed_hash import Purpose
from tests.support import documents
from tests.support.template import RESOURCES

SECURITY = ROOT / "docs/security.md"
THREATS = ROOT / "docs/threat-model.md"
LEVELS: dict[str, str] = tomllib.loads(Path(__file__).with_name("asvs-5.0.0.toml").read_text())[
    "levels"
]

REQUIREMENT = r"V\d+\.\d+\.\d+"
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_RANGE = re.compile(rf"({REQUIREMENT}) – ({REQUIREMENT})")
_LEAST_WORDS = 3  # of a reason


class Row(NamedTuple):
    """A row about requirements: its five cells."""

    requirements: str
    asked: str
    status: str
    where: str
    shown_by: str


def of_level_2() -> list[str]:
    """The requirements of levels 1 and 2, in their order."""
    return [
        f"{section}.{number}"
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level in "12"
    ]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(document: str) -> list[Row]:
    """The rows of the document's tables that name a requirement."""
    found = [cells(line) for line in document.splitlines() if re.match(r"\| *V\d", line)]
    return [Row(*row) for row in found]


def named(requirements: str) -> Iterator[str]:
    """The requirements that the first cell of a row names, also those that do not exist."""
    known = of_level_2()
    for part in requirements.split(", "):
        if (ends := _RANGE.fullmatch(part)) and {*ends.groups()} <= {*known}:
            first, last = (known.index(end) for end in ends.groups())
            yield from known[first : last + 1]
        else:
            yield part


def link_faults(text: str) -> Iterator[str]:
    """Links to what is not there. The text of a link to a test is the test's name."""
    for label, target in _LINK.findall(text):
        if fault := link_fault(label, target):
            yield fault


@cache
def link_fault(label: str, target: str) -> str | None:
    """What is wrong with that link of a document in `docs`."""
    if target.startswith("https://"):
        return None
    name, _, anchor = target.partition("#")
    path = (SECURITY.parent / name).resolve() if name else SECURITY
    if not path.is_relative_to(ROOT) or not path.exists():
        return f"{name} does not exist"
    if path.is_relative_to(ROOT / "tests") and label not in names_of_tests(path):
        return f"{name} has no test {label}"
    if anchor and anchor not in map(documents.anchor, headings(path)):
        return f"{target} leads to no heading"
    return None


def headings(path: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """The names of the tests in that file, those of its classes among them."""
    module = ast.parse(path.read_text())
    classes = [node.body for node in module.body if isinstance(node, ast.ClassDef)]
    return frozenset(
        node.name
        for node in chain(module.body, *classes)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def leads_to_test(text: str) -> bool:
    return any(target.startswith("../tests/") for _, target in _LINK.findall(text))


def leads_elsewhere(text: str) -> bool:
    return any(not target.startswith("../tests/") for _, target in _LINK.findall(text))


def has_reason(text: str) -> bool:
    return len(re.findall(r"\w+", _LINK.sub("", text))) >= _LEAST_WORDS


def row_fault(row: Row) -> str | None:
    """What keeps the row from being a claim that can be checked."""
    has_place, has_test = leads_elsewhere(row.where), leads_to_test(row.shown_by)
    faults = {
        "Met": (not has_place and "where?") or (not has_test and "shown by which test?"),
        "In part": (not has_place and "where?")
        or (not has_test and "shown by which test?")
        or (not has_reason(row.where) and "what is missing?"),
        "By AWS": (not has_place and "where is it asked for?"),
        "Not met": not has_reason(row.where) and "why?",
        "Does not apply": not has_reason(row.where) and "why?",
    }
    return (faults[row.status] or None) if row.status in faults else f"status {row.status!r}"


def faults(document: str) -> list[str]:
    """All that the document claims and that is not so."""
    claims = rows(document)
    counted = Counter(each for row in claims for each in named(row.requirements))
    known = of_level_2()
    return [
        *(f"{each} is no requirement of level 1 or 2" for each in counted if each not in known),
        *(f"{each} is in {counted[each]} rows" for each in known if counted[each] != 1),
        *(f"{row.requirements}: {fault}" for row in claims if (fault := row_fault(row))),
        *link_faults(document),
    ]


# ------------------------------------------------------------------- the requirements


def test_the_list_has_the_requirements_of_asvs_5_0() -> None:
    assert Counter("".join(LEVELS.values())) == {"1": 70, "2": 183, "3": 92}


def test_each_requirement_of_level_2_has_one_row_that_can_be_checked() -> None:
    assert faults(SECURITY.read_text()) == []


@pytest.mark.parametrize(
    ("there", "instead", "fault"),
    [
        ("| V1.2.1 |", "| V1.2.12 |", "V1.2.12 is no requirement"),
        ("| V1.2.1 |", "| V1.2.12 |", "V1.2.1 is in 0 rows"),
        ("| V1.2.1 |", "| V1.2.2 |", "V1.2.2 is in 2 rows"),
        ("| V1.2.1 |", "| V1.2.10 |", "V1.2.10 is no requirement"),  # of level 3
        ("| Met |", "| |", "status ''"),
        ("| Met |", "| Nearly met |", "status 'Nearly met'"),
        ("/rendering.py)", "/drawing.py)", "drawing.py does not exist"),
        ("/test_injection.py)", "/test_injections.py)", "test_injections.py does not exist"),
        ("(#limits)", "(#boundaries)", "#boundaries leads to no heading"),
        ("[test_a_wrong_form_comes_back_as_text]", "[test_nothing]", "has no test test_nothing"),
    ],
)
def test_a_claim_that_is_wrong_is_found(there: str, instead: str, fault: str) -> None:
    document = SECURITY.read_text()
    assert there in document
    assert any(fault in each for each in faults(document.replace(there, instead, 1)))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("| V1.1.1 | x | Met | [a](security.md) | |", "shown by which test?"),
        ("| V1.1.1 | x | Met | somewhere | [test_a](../tests/a.py) |", "where?"),
        ("| V1.1.1 | x | In part | [a](security.md) | [test_a](../tests/a.py) |", "missing?"),
        ("| V1.1.1 | x | By AWS | AWS does it all | |", "asked for?"),
        ("| V1.1.1 | x | Not met | | |", "why?"),
        ("| V1.1.1 | x | Does not apply | no | |", "why?"),
    ],
)
def test_a_row_without_what_its_status_asks_for_is_found(row: str, fault: str) -> None:
    (only,) = rows(row)
    assert fault in (row_fault(only) or "")


# ------------------------------------------------------------------- the threats


def threats(document: str) -> list[list[str]]:
    """The rows of the table of threats: who does what, the defence, the tests, what is left."""
    table = document.partition("## Threats")[2].partition("\n## ")[0]
    return [cells(line) for line in table.splitlines() if line.startswith("|")][2:]


def threat_faults(document: str) -> list[str]:
    unshown = [row[0] for row in threats(document) if not leads_to_test(row[2]) or not row[3]]
    return [*(f"{who}: without a test, or what is left" for who in unshown), *link_faults(document)]


def test_each_threat_has_a_defence_that_a_test_shows_and_says_what_is_left() -> None:
    document = THREATS.read_text()
    assert threats(document)
    assert threat_faults(document) == []
    assert threat_faults(document.replace("[test_", "[text_")) != []


def test_the_threat_model_is_a_page() -> None:
    assert len(THREATS.read_text().splitlines()) <= 70


# ------------------------------------------------------------------- the inventories


def listed(heading: str) -> set[str]:
    """What the rows under that heading name between backticks in their first cell."""
    section = SECURITY.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    first = [cells(line)[0] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in first for name in re.findall(r"`([^`]+)`", cell)}


def test_every_secret_and_all_that_is_derived_is_in_the_list_of_keys() -> None:
    secrets = {
        name
        for name, resource in RESOURCES.items()
        if resource["Type"] in {"AWS::SecretsManager::Secret", "AWS::KMS::Key"}
    }
    stated = {"RelaySecret", "DeskOidcSecret"}  # parameters that name a secret from elsewhere
    assert listed("Keys") == secrets | stated | {str(purpose) for purpose in Purpose}


def test_the_functions_log_each_event_in_the_list_of_security_events() -> None:
    sources = [*ROOT.glob("functions/*/app.py"), *ROOT.glob("layers/suport/python/suport/**/*.py")]
    logged = "\n".join(path.read_text() for path in sources)
    events = listed("Security events in the logs")
    assert events
    assert [event for event in sorted(events) if f'"{event}"' not in logged] == []

"""The operations document has a section for each alarm, and each alarm leads to its section."""

import re
from dataclasses import dataclass

import pytest

from local import ROOT
from suport.domain.category import Category
from tests.support import documents
from tests.support.template import FUNCTIONS, RESOURCES, alarms

TEXT = (ROOT / "docs/operations.md").read_text()
PARTS = ("**It means:**", "**The citizen**", "**Look at**", "**On AWS:**")
OF_THE_API = [
    name
    for name, function in FUNCTIONS.items()
    if any(event["Type"] == "Api" for event in function["Events"].values())
]
STANDING_FOR = {
    "‹Function›": list(FUNCTIONS),
    "‹Api function›": OF_THE_API,
    "‹Other function›": FUNCTIONS.keys() - set(OF_THE_API),
    "‹Team›": [category.capitalize() for category in Category],
}
BY_LAMBDA = {"Init Duration", "REPORT", "Runtime.", "Task timed out"}
"""What Lambda itself writes into a log."""


@dataclass(frozen=True)
class Section:
    """A section about alarms: the alarms that it names, and where a link to it leads."""

    heading: str
    anchor: str
    alarms: frozenset[str]
    text: str


def sections() -> list[Section]:
    """Every section of the document that says of which alarms it is."""
    found = []
    for part in re.split(r"^#+ ", TEXT, flags=re.MULTILINE):
        heading, _, text = part.partition("\n")
        if line := re.search(r"^\*\*Alarms?\*\* (.+)$", text, re.MULTILINE):
            names = [each for name in re.findall(r"`(.+?)`", line[1]) for each in meant(name)]
            found.append(Section(heading, documents.anchor(heading), frozenset(names), text))
    return found


def meant(name: str) -> list[str]:
    """The alarms that the document means by `‹Team›Waiting`."""
    for short, names in STANDING_FOR.items():
        if short in name:
            return [each for full in names if (each := name.replace(short, full)) in alarms()]
    return [name]


def led_to() -> dict[str, set[str]]:
    """The alarms that lead to each anchor."""
    found: dict[str, set[str]] = {}
    for name, alarm in alarms().items():
        _, _, anchor = alarm["AlarmDescription"].rpartition("docs/operations.md#")
        found.setdefault(anchor, set()).add(name)
    return found


def test_each_alarm_leads_to_the_section_that_names_it_and_no_section_is_without_alarm() -> None:
    assert {section.anchor: section.alarms for section in sections()} == led_to()


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.anchor)
def test_a_section_says_what_it_means_what_citizens_feel_what_to_look_at_and_the_command(
    section: Section,
) -> None:
    _, *said = re.findall(r"^\*\*.+?\*\*", section.text, re.MULTILINE)
    assert tuple(said) == PARTS
    explained = re.split(r"^\*\*.+?\*\*", section.text, flags=re.MULTILINE)[2:]
    assert all(len(each.split()) > 4 for each in explained)
    (console,) = documents.read(section.text).blocks
    assert console.kind == documents.ON_AWS


def test_what_the_document_looks_for_in_a_log_is_what_the_functions_log() -> None:
    code = "".join(
        path.read_text()
        for folder in ("functions", "layers/suport/python/suport")
        for path in (ROOT / folder).rglob("*.py")
    )
    wanted = {
        (group, text)
        for group, pattern in re.findall(
            r"--log-group-name \"/suport/\$STACK/(\w+)\"\s+\\\s+--filter-pattern '(.+?)'", TEXT
        )
        for text in re.findall(r'"(.+?)"', pattern)
    }
    groups = {
        group["Properties"]["LogGroupName"]["Fn::Sub"].rpartition("/")[2]
        for group in RESOURCES.values()
        if group["Type"] == "AWS::Logs::LogGroup"
    }
    assert {group for group, _ in wanted} <= groups
    missing = {text for _, text in wanted if f'"{text}"' not in code}
    assert missing <= BY_LAMBDA
    assert missing

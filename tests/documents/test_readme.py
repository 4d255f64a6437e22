"""What the README names exists: parameters, outputs, resources, stages, files."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support import documents
from tests.support.documents import ON_AWS
from tests.support.template import TEMPLATE, refusals

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]


def test_the_table_has_exactly_the_parameters_of_a_stage() -> None:
    deployment = README.partition("## Deploy to AWS")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(\w+)(?:=(\w+))?` \|", deployment, re.MULTILINE)
    by_make = {"Stage", "Architecture", "RegisterGeneration", "RegisterAwaitsCopy"}
    parameters = TEMPLATE["Parameters"]
    assert {name for name, _ in named} == parameters.keys() - by_make
    assert [
        name for name, value in named if value and value not in parameters[name]["AllowedValues"]
    ] == []


@pytest.mark.parametrize("name", ["README.md", "docs/operations.md"])
def test_commands_for_aws_name_things_that_are_deployed(name: str) -> None:
    commands = [each.text for each in documents.of_the_project()[name].commands(ON_AWS)]
    text = "\n".join(commands)
    outputs = re.findall(r"OutputKey=='(\w+)'", text)
    resources = re.findall(r"--logical-resource-id (\w+)", text)
    stacks = re.findall(r"\bsuport-[a-z]+\b", text)
    assert [name for name in outputs if name not in TEMPLATE["Outputs"]] == []
    assert [name for name in resources if name not in TEMPLATE["Resources"]] == []
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())
    deployed = {
        stage["deploy"]["parameters"]["stack_name"]
        for stage in settings.values()
        if isinstance(stage, dict) and "deploy" in stage
    }
    assert outputs
    assert set(stacks) & deployed == set(stacks) != set()


def test_the_way_to_a_served_domain_states_parameters_that_the_template_takes() -> None:
    operations = (ROOT / "docs/operations.md").read_text()
    way = operations.partition("## From an empty account")[2].partition("\n## ")[0]
    stated = dict(re.findall(r"`([A-Z]\w+)=([^`]+)`", way))
    assert stated.keys() == {
        *("MailFrom", "AccountSettings", "DomainName", "AlarmsTo", "MonthlyBudget"),
        *("ReservedConcurrency", "DmarcRecord", "SenderIdentity", "Firewall"),
    }
    assert refusals("prod", **stated) == []
    named = set(re.findall(r"`([A-Z][a-z]\w+)`", way)) & TEMPLATE["Parameters"].keys()
    assert named >= {"MailZone", "DomainZone", "CloudFrontCertificate", "CloudFrontWebAcl"}


def test_the_readme_lists_what_the_template_retains_after_a_failed_first_deployment() -> None:
    """These resources, and no others, have to be removed by hand."""
    left = {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }
    failed = README.partition("**When a first deployment fails.**")[2]
    assert set(re.findall(r"--logical-resource-id (\w+)", failed)) == left


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(path: Path) -> None:
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
    assert [name for name in linked if not (path.parent / name).exists()] == []


def test_the_files_and_folders_that_the_readme_names_exist() -> None:
    places = README.partition("## Where things are")[2]
    named = re.findall(r"^\| `([^`]+)` \|", places, re.MULTILINE)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []

"""What a public list of weaknesses says about the template: nothing that has no reason."""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import ROOT, TOOLS
from tests.support.template import TEMPLATE
from tests.support.transformed import deployed

CONFIG = ROOT / ".checkov.yaml"


EVERYWHERE: list[str] = yaml.safe_load(CONFIG.read_text())["skip-check"]
"""The checks that the configuration skips."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as AWS gets it, with every switch on and everything stated."""
    switches = {
        name: "on"
        for name, parameter in TEMPLATE["Parameters"].items()
        if parameter.get("AllowedValues") == ["on", "off"] and name != "RegisterAwaitsCopy"
    }
    # together they are refused: a firewall of the API's region, and CloudFront with one of its own
    stated = {
        "DomainName": "suport.example.org",
        "DomainZone": "Z0123456789ABCDEFGHIJ",
        "CloudFrontCertificate": "arn:aws:acm:us-east-1:123456789012:certificate/a",
        "CloudFrontWebAcl": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b",
        "MailFrom": "suport@example.org",
        "MailZone": "Z0123456789ABCDEFGHIJ",
        "AlarmsTo": "guardia@example.org",
        "MonthlyBudget": "40",
    }
    path = tmp_path_factory.mktemp("checkov") / "template.json"
    path.write_text(json.dumps(deployed("prod", **switches, **stated)))
    return path


def checked(template: Path, *options: str | Path) -> dict[str, Any]:
    """What checkov finds in the template."""
    done = subprocess.run(  # noqa: S603  our own tools
        [TOOLS / "checkov/bin/checkov", *options, "--file", template, "--output", "json"],
        cwd=template.parent,  # in the project's folder it would read the configuration by itself
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip(), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def said(template: Path) -> dict[str, Any]:
    return checked(template, "--config-file", CONFIG)


def test_checkov_finds_nothing_that_has_no_reason(said: dict[str, Any]) -> None:
    failed = [(each["check_id"], each["resource"]) for each in said["results"]["failed_checks"]]
    assert failed == []
    assert said["summary"]["parsing_errors"] == 0
    assert said["summary"]["passed"] > 300


def test_a_check_is_skipped_everywhere_or_by_resource_and_with_a_reason(
    said: dict[str, Any],
) -> None:
    """In the configuration or in the Metadata of resources, and never in both."""
    here = {each["check_id"] for each in said["results"]["skipped_checks"]}
    reasons = [
        each["check_result"]["suppress_comment"] for each in said["results"]["skipped_checks"]
    ]
    assert all(len(reason.split()) > 3 for reason in reasons)
    assert Counter(EVERYWHERE).most_common(1)[0][1] == 1
    assert here.isdisjoint(EVERYWHERE)
    listed = CONFIG.read_text().partition("skip-check:\n")[2]
    for check in EVERYWHERE:
        before = listed.partition(f"- {check}")[0].rstrip()
        assert re.search(r"#[^#]+\.(\n\s*- .*)*$", before), check


def test_each_check_that_is_skipped_everywhere_would_fail_somewhere(template: Path) -> None:
    asked = ("--check", ",".join(EVERYWHERE), "--framework", "cloudformation", "--skip-download")
    failed = checked(template, *asked)["results"]["failed_checks"]
    assert {each["check_id"] for each in failed} == set(EVERYWHERE)

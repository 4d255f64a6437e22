"""`make firewall` makes the web ACL of CloudFront, and says how to state it."""

import os
import re
import subprocess

import pytest

from local import ROOT
from operations.stage import clients
from tests.support.service import Service
from tests.support.template import properties, refusals

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-0123456789ab"


def made(service: Service) -> str:
    """What it tells to state."""
    done = subprocess.run(
        ["/usr/bin/env", "make", "firewall", "STAGE=local"],
        cwd=ROOT,
        env=os.environ | service.aws.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (stated,) = re.findall(r'^"(CloudFrontWebAcl=.+)"$', done.stdout, re.MULTILINE)
    return str(stated)


def test_what_it_tells_to_state_is_its_web_acl_and_stays_the_same(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = made(service)
    name, _, arn = stated.partition("=")
    given = {"MailFrom": "assistencia@caib.es", "DomainName": "ajuda.caib.es"}
    assert refusals("prod", **given, CloudFrontCertificate=CERTIFICATE, **{name: arn}) == []
    for setting, value in service.aws.environment.items():
        monkeypatch.setenv(setting, value)
    waf = clients("us-east-1")("wafv2")
    (found,) = [
        each for each in waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"] if each["ARN"] == arn
    ]
    acl = waf.get_web_acl(Name=found["Name"], Id=found["Id"], Scope="CLOUDFRONT")["WebACL"]
    rules = [each["Name"] for each in acl["Rules"]]
    assert rules == [each["Name"] for each in properties("RequestFilter")["Rules"]]
    assert made(service) == stated

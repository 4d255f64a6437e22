"""How a stage gets a domain, with CloudFront in front of it or without."""

import re
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from suport.web.session import COOKIE
from tests.support.template import (
    TEMPLATE,
    made_with,
    properties,
    refusals,
    resolved,
)
from tests.support.transformed import resources, routes, transformed

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-0123456789ab"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/suport/0a1b2c3d-0000"
MAILS = {"MailFrom": "assistencia@caib.es"}
DOMAIN = MAILS | {"DomainName": "ajuda.caib.es"}


def test_without_a_domain_nothing_of_it_is_made_and_the_apis_own_address_answers() -> None:
    assert not made_with(**MAILS) & {"Certificate", "Domain", "DomainMapping", "Distribution"}
    assert resolved(properties("Api")["DisableExecuteApiEndpoint"], {}) is False


def test_a_domain_has_a_certificate_and_leads_to_the_api_from_its_root() -> None:
    assert made_with(**DOMAIN) == {"Certificate", "Domain", "DomainMapping"}
    assert properties("Certificate")["ValidationMethod"] == "DNS"
    domain = properties("Domain")
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    (mapping,) = resources("prod", "AWS::ApiGateway::BasePathMapping").values()
    assert mapping == {
        "DomainName": {"Ref": "Domain"},
        "RestApiId": {"Ref": "Api"},
        "Stage": "suport",
    }


def test_every_function_knows_the_domain_if_there_is_one() -> None:
    shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    known = {"HasDomain": "yes", "DomainName": "ajuda.caib.es"}
    assert resolved(shared["PUBLIC_URL"], known) == "https://ajuda.caib.es"
    assert resolved(shared["PUBLIC_URL"], {}) == ""


def test_the_sessions_cookie_needs_the_root_of_a_domain() -> None:
    """With a path before it, a `__Host-` cookie would still be the whole domain's."""
    assert COOKIE.startswith("__Host-")
    assert "BasePath" not in properties("DomainMapping")


def test_with_a_domain_the_apis_own_address_is_closed_as_soon_as_it_is_deployed() -> None:
    """API Gateway heeds the switch once something of the stage changes."""
    (server,) = transformed("prod")["Resources"]["Api"]["Properties"]["Body"]["servers"]
    closed = server["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"]
    assert closed == {"Fn::If": ["HasDomain", True, False]}
    (stage,) = resources("prod", "AWS::ApiGateway::Stage").values()
    allowed = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]+")  # API Gateway refuses other values
    variables = {
        domain: resolved(stage["Variables"]["domain"], {"HasDomain": domain, "DomainName": domain})
        for domain in ("", "ajuda.caib.es", "suport.caib.es")
    }
    assert len(set(variables.values())) == len(variables)
    assert all(map(allowed.fullmatch, variables.values()))


@pytest.mark.parametrize(
    "domain", ["https://ajuda.caib.es", "ajuda.caib.es/suport", "Ajuda.caib.es", "caib", "a..es"]
)
def test_what_is_no_domain_is_refused(domain: str) -> None:
    assert refusals("prod", **MAILS, DomainName=domain)
    assert refusals("prod", **DOMAIN) == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"DomainZone": "Z0123456789ABCDEFGHIJ"}, "DomainName"),
        ({"CloudFrontCertificate": CERTIFICATE}, "DomainName"),
        ({"DomainName": "ajuda.caib.es", "CloudFrontWebAcl": WEB_ACL}, "CloudFrontCertificate"),
    ],
)
def test_a_parameter_without_the_one_that_it_needs_is_refused(
    given: dict[str, str], named: str
) -> None:
    (said,) = refusals("prod", **MAILS, **given)
    assert named in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CloudFrontCertificate", CERTIFICATE.replace("us-east-1", "eu-west-1")),
        ("CloudFrontWebAcl", WEB_ACL.replace("us-east-1", "eu-west-1").replace("glob", "region")),
    ],
)
def test_what_cloudfront_would_not_find_in_us_east_1_is_refused(name: str, value: str) -> None:
    given = DOMAIN | {"CloudFrontCertificate": CERTIFICATE, "CloudFrontWebAcl": WEB_ACL}
    assert refusals("prod", **given) == []
    (said,) = refusals("prod", **given | {name: value})
    assert "us-east-1" in said


@pytest.mark.parametrize("cloudfront", [{}, {"CloudFrontCertificate": CERTIFICATE}])
def test_the_records_lead_to_what_is_in_front(cloudfront: dict[str, str]) -> None:
    given = DOMAIN | {"DomainZone": "Z0123456789ABCDEFGHIJ"} | cloudfront
    front = {"DomainAddress", "DomainAddressV6"}
    assert front <= made_with(**given)
    behind = {"IsBehindCloudFront": "yes"} if cloudfront else {"IsBehindCloudFront": ""}
    known = behind | {
        "DomainName": "ajuda.caib.es",
        "Distribution.DomainName": "d1.cloudfront.net",
        "Domain.RegionalDomainName": "d-2.execute-api.eu-west-1.amazonaws.com",
        "Domain.RegionalHostedZoneId": "ZREGION",
    }
    leads = "d1.cloudfront.net" if cloudfront else "d-2.execute-api.eu-west-1.amazonaws.com"
    zone = "Z2FDTNDATAQYW2" if cloudfront else "ZREGION"
    types = set()
    for name in front:
        record = properties(name)
        assert resolved(record["AliasTarget"], known) == {"DNSName": leads, "HostedZoneId": zone}
        types.add(record["Type"])
    assert types == {"A", "AAAA"}
    told = TEMPLATE["Outputs"]["DomainRecords"]["Value"]["Fn::Sub"]
    assert resolved(told[1]["Front"], known) == leads


def distribution() -> dict[str, Any]:
    found: dict[str, Any] = properties("Distribution")["DistributionConfig"]
    return found


def test_cloudfront_asks_the_api_under_the_name_that_the_browser_knows() -> None:
    """Forms are checked by their origin, the desk's requests signed for their host."""
    config = distribution()
    all_viewer = "216adef6-5c7f-47e4-b989-5492eafa07d3"
    for behaviour in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        assert behaviour["OriginRequestPolicyId"] == all_viewer
    assert config["Aliases"] == [{"Ref": "DomainName"}]
    (origin,) = config["Origins"]
    assert origin["DomainName"] == {"Fn::GetAtt": "Domain.RegionalDomainName"}


def test_cloudfront_keeps_nothing_but_assets_and_logs_nobodys_address() -> None:
    config = distribution()
    disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert config["DefaultCacheBehavior"]["CachePolicyId"] == disabled
    kept = [each for each in config["CacheBehaviors"] if each["CachePolicyId"] != disabled]
    assert [each["PathPattern"] for each in kept] == ["/assets/*"]
    assert "Logging" not in config


def test_cloudfront_refuses_programs_without_tls_and_leads_browsers_to_it() -> None:
    config = distribution()
    refusing = [each for each in config["CacheBehaviors"] if each["PathPattern"] != "/assets/*"]
    served = {route.path.split("/")[1] for route in routes("prod")}
    for_programs = {f"/{first}/*" for first in served & {"v1", "comanda"}}
    assert {each["PathPattern"] for each in refusing} == for_programs == {"/v1/*", "/comanda/*"}
    assert {each["ViewerProtocolPolicy"] for each in refusing} == {"https-only"}
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"


def test_cloudfront_speaks_no_tls_below_1_2_with_browsers_nor_with_the_api() -> None:
    config = distribution()
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    (origin,) = config["Origins"]
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]


def test_cloudfront_passes_every_method_of_the_api_on() -> None:
    config = distribution()
    passing = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    everywhere = [each for each in passing if each.get("PathPattern") != "/assets/*"]
    methods = set.intersection(*(set(each["AllowedMethods"]) for each in everywhere))
    served = {
        method.upper()
        for operations in transformed("prod")["Resources"]["Api"]["Properties"]["Body"][
            "paths"
        ].values()
        for method in operations
    }
    assert served <= methods


def test_nothing_in_the_service_reads_the_address_of_a_connection() -> None:
    """Behind CloudFront it is CloudFront's, and what a header says anybody can write."""
    reading = re.compile(r"source_?ip|x-forwarded-for|viewer-address", re.IGNORECASE)
    sources = [*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/suport/python/**/*.py")]
    assert sources
    assert [_name(path) for path in sources if reading.search(path.read_text())] == []


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))

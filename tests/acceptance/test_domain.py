"""A stage with a domain, its zone, CloudFront and somebody on duty, deployed by parameters alone.

Nobody can ask for the domain here: the embedded AWS serves no names. It also knows neither budgets
nor the records of a sender; `tests/template/test_account.py` holds those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local import stack
from local.embedded_aws import EmbeddedAws

DOMAIN = "ajuda.caib.es"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d-0000-4000-8000-0123456789ab"


@dataclass
class Deployed:
    """The stage, and what its parameters are."""

    aws: EmbeddedAws
    outputs: dict[str, str]
    zone: str
    parameters: dict[str, str]

    def records(self) -> dict[str, str]:
        """Where the records of the domain lead, by their type."""
        route53: Any = self.aws.client("route53")
        listed = route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return {
            each["Type"]: each["AliasTarget"]["DNSName"].rstrip(".")
            for each in listed
            if each["Name"].rstrip(".") == DOMAIN and "AliasTarget" in each
        }


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with EmbeddedAws.started() as aws:
        made = aws.client("route53").create_hosted_zone(Name=DOMAIN, CallerReference="here")
        zone = made["HostedZone"]["Id"].rpartition("/")[2]
        parameters = {
            "DomainName": DOMAIN,
            "DomainZone": zone,
            "CloudFrontCertificate": CERTIFICATE,
            "AlarmsTo": "guardia@caib.es",
        }
        outputs = stack.deploy(aws, stack.build(), parameters=parameters)
        yield Deployed(aws, outputs, zone, parameters)


def test_the_service_is_at_its_domain_and_the_dns_leads_there_by_cloudfront(
    deployed: Deployed,
) -> None:
    (front,) = deployed.aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    assert front["Aliases"]["Items"] == [DOMAIN]
    assert deployed.records() == dict.fromkeys(("A", "AAAA"), front["DomainName"])
    assert deployed.outputs["ApiUrl"] == f"https://{DOMAIN}"
    assert deployed.outputs["DomainRecords"] == f"{DOMAIN} CNAME {front['DomainName']}"


def test_the_domain_leads_to_the_api_with_a_certificate_of_its_own(deployed: Deployed) -> None:
    gateway: Any = deployed.aws.client("apigateway")
    (domain,) = gateway.get_domain_names()["items"]
    (mapping,) = gateway.get_base_path_mappings(domainName=DOMAIN)["items"]
    (api,) = gateway.get_rest_apis()["items"]
    (certificate,) = deployed.aws.client("acm").list_certificates()["CertificateSummaryList"]
    assert certificate["DomainName"] == DOMAIN
    assert domain["regionalCertificateArn"] == certificate["CertificateArn"]
    assert (mapping["restApiId"], mapping["stage"]) == (api["id"], "suport")
    assert mapping["basePath"] == "(none)"


def test_somebody_hears_of_the_alarms(deployed: Deployed) -> None:
    sns: Any = deployed.aws.client("sns")
    topic = deployed.outputs["AlarmsTopic"]
    (one,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (one["Protocol"], one["Endpoint"]) == ("email", "guardia@caib.es")


def test_a_second_deployment_changes_nothing_of_it(deployed: Deployed) -> None:
    said: list[str] = []
    deployed.aws.client("ssm").delete_parameter(Name=f"/{stack.NAME}/build")
    built = stack.build()
    again = stack.deploy(deployed.aws, built, said.append, deployed.parameters)
    assert any("No changes to deploy" in line for line in said)
    assert again == deployed.outputs


def test_without_cloudfront_the_dns_leads_to_the_api_itself(deployed: Deployed) -> None:
    direct = deployed.parameters | {"CloudFrontCertificate": ""}
    outputs = stack.deploy(deployed.aws, stack.build(), parameters=direct)
    (domain,) = deployed.aws.client("apigateway").get_domain_names()["items"]
    assert deployed.records() == dict.fromkeys(("A", "AAAA"), domain["regionalDomainName"])
    assert outputs["DomainRecords"] == f"{DOMAIN} CNAME {domain['regionalDomainName']}"

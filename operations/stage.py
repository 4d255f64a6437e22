"""A deployed stage, as the commands of operations find it: by its name in samconfig.toml."""

import argparse
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

SAMCONFIG = Path(__file__).parents[1] / "samconfig.toml"
WITH_CITIZENS_DATA = ("pre", "prod")


class Unable(Exception):
    """The command cannot do its work; the sentence says what to do."""


def stages() -> dict[str, dict[str, Any]]:
    """The settings of each stage's deployment, by the stage's name."""
    return {
        stage: settings["deploy"]["parameters"]
        for stage, settings in tomllib.loads(SAMCONFIG.read_text()).items()
        if isinstance(settings, dict) and "deploy" in settings
    }


def clients(region: str) -> Callable[[str], Any]:
    """What makes a boto3 client in that region, by the service's name."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 10})

    def client(service: str) -> Any:
        return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]

    return client


def described(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    """What CloudFormation says of the stack; None if there is none of that name."""
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except cloudformation.exceptions.ClientError as refusal:
        if "does not exist" not in str(refusal):
            raise
        return None
    return found


@dataclass(frozen=True)
class Stage:
    """A stage that is deployed. `url` is where its pages begin, without a trailing slash."""

    name: str
    region: str
    stack: str
    status: str
    url: str
    outputs: dict[str, str]
    parameters: dict[str, str]
    tags: dict[str, str]
    client: Callable[[str], Any]
    """A boto3 client in the stage's region, by the service's name."""

    @classmethod
    def deployed(cls, name: str, url: str = "") -> Self:
        """The stage of that name; `url` is where to ask for it, if not at its own address.

        Raises
        ------
        Unable
            If it is not deployed.
        """
        settings = stages()[name]
        client = clients(settings["region"])
        found = described(client("cloudformation"), settings["stack_name"])
        if found is None:
            raise Unable(f"{settings['stack_name']} is not deployed: make deploy STAGE={name}")
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        return cls(
            name=name,
            region=settings["region"],
            stack=settings["stack_name"],
            status=found["StackStatus"],
            url=(url or outputs.get("ApiUrl", "")).rstrip("/"),
            outputs=outputs,
            parameters={
                each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])
            },
            tags={each["Key"]: each["Value"] for each in found.get("Tags", [])},
            client=client,
        )


def stated(program: str) -> Stage:
    """The stage that the command's arguments name: `--stage`, and `--url` for another address.

    Raises
    ------
    Unable
        If it is not deployed.
    """
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--stage", choices=stages(), required=True)
    parser.add_argument("--url", default="", help="where to ask for it, if not at its own address")
    given = parser.parse_args()
    return Stage.deployed(given.stage, given.url)

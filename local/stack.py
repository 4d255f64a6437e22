"""The stack on this machine: the production template, built and deployed by the production tools.

Both `make run` and the end-to-end tests use it::

    with EmbeddedAws.started() as aws:
        outputs = stack.deploy(aws, stack.build())
        api_url = stack.environment(aws, outputs)["API_URL"]
"""

import fcntl
import hashlib
import itertools
import json
import os
import platform
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from local import ROOT, TOOLS, WORK, Unable, child, desk_users
from local.child import Watcher, unwatched
from local.embedded_aws import EmbeddedAws

NAME = "suport-local"
Outputs = dict[str, str]
"""The stack's outputs by their names in the template."""

_SAM = TOOLS / "deploy/bin/sam"
_CONFIG = ROOT / "samconfig.toml"
_FOLDER = WORK / "build"
# The build that the deployed stack was made from; the embedded AWS keeps it, and thus saves and
# loses it together with the stack.
_DEPLOYED = f"/{NAME}/build"
# All that a build depends on: the sources, the settings, and the tools' versions.
_INPUTS = (
    "template.yaml",
    "samconfig.toml",
    "functions",
    "layers",
    "desk/src/desk/replies",  # the package of the service has links to both
    "desk/src/desk/texts/placeholders.py",
    "local/requirements-uv.txt",
    "local/requirements-deploy.txt",
    "local/requirements-aws.txt",
    "local/stack.py",
    "local/desk_users.py",
)
# Where SAM and the layers' makefiles find python3.13, pybabel, node, uv and esbuild.
_COMMANDS = ("deploy/bin", "uv/bin", "web/node_modules/.bin")
_BUILT_BY_TESTS = ROOT / "layers/suport/python/suport/web/assets"
_LOOP = "Fn::ForEach::"
_NO_NETWORK = re.compile(
    r"dns error|name resolution|error sending request|EAI_AGAIN|ENOTFOUND|ENETUNREACH"
    r"|network is unreachable|failed to (fetch|connect)|connection refused",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Build:
    """A built stack, ready for deployment on this machine."""

    fingerprint: str
    architecture: str


def build(watch: Watcher = unwatched) -> Build:
    """Build the stack with `sam build` for this machine, unless that is done already.

    watch: gets its output, line by line. Raises Unable if the build fails.
    """
    architecture = _own_architecture()
    wanted = Build(_fingerprint(architecture), architecture)
    with _locked(fcntl.LOCK_EX):
        if _built() == wanted.fingerprint:
            return wanted
        shutil.rmtree(_FOLDER, ignore_errors=True)
        _sam(
            *("build", "--parallel", "--build-dir", _FOLDER),
            *("--parameter-overrides", f"Architecture={architecture}"),
            variables={"ARCHITECTURE": architecture},
            watch=watch,
        )
        template = yaml.safe_load((_FOLDER / "template.yaml").read_text())
        (_FOLDER / "local.json").write_text(json.dumps(_for_embedded_aws(template), default=str))
        (_FOLDER / "fingerprint").write_text(wanted.fingerprint)
    return wanted


def deploy(
    aws: EmbeddedAws,
    built: Build,
    watch: Watcher = unwatched,
    parameters: Mapping[str, str] = MappingProxyType({}),
) -> Outputs:
    """Deploy the build with `sam deploy`, unless exactly this one is deployed already.

    watch: gets its output, line by line. parameters: of the template, besides those of the stage.
    Raises Unable if the deployment fails, or if another build has replaced this one.
    """
    deployed = "/".join([built.fingerprint, *itertools.chain(*sorted(parameters.items()))])
    if _deployed_build(aws) != deployed:
        with _locked(fcntl.LOCK_SH), aws.all_or_nothing():
            if _built() != built.fingerprint:
                raise Unable("The sources changed while they were deployed. Start again.")
            _sam(
                *("deploy", "--template-file", _FOLDER / "local.json", "--stack-name", NAME),
                *("--config-file", _CONFIG, "--config-env", "local"),
                *("--parameter-overrides", *_parameters(built, parameters)),
                variables=aws.environment,
                watch=watch,
            )
            _set_up_tables(aws)
            _have_mails_sent(aws)
            desk_users.make(aws, _physical_name(aws, "DeskUsers"))
            aws.client("ssm").put_parameter(
                Name=_DEPLOYED, Value=deployed, Type="String", Overwrite=True
            )
    stack = aws.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    api_url = _local_url(outputs["ApiUrl"], aws)
    _have_links_lead_here(aws, api_url)
    _have_operators_sign_in_here(aws, api_url)
    return outputs


def _parameters(built: Build, given: Mapping[str, str]) -> list[str]:
    """Every parameter of the template as `Name="value"`, whether or not it has its default.

    For a parameter that is not given, SAM repeats the value of the last deployment, which a changed
    template may no longer allow.
    """
    defined = json.loads((_FOLDER / "local.json").read_text())["Parameters"]
    defaults = {name: each["Default"] for name, each in defined.items() if "Default" in each}
    settings = tomllib.loads(_CONFIG.read_text())["local"]["deploy"]["parameters"]
    stated = dict(each.split("=", 1) for each in settings["parameter_overrides"])
    values = defaults | stated | {"Architecture": built.architecture, **given}
    return [f'{name}="{value}"' for name, value in values.items()]


def environment(aws: EmbeddedAws, outputs: Outputs) -> dict[str, str]:
    """The variables by which any program finds the service and its AWS.

    They are those of `EmbeddedAws.environment`, each output in upper snake case (`RegisterTable` is
    `REGISTER_TABLE`), Comanda's login, and where and as whom operators use the desk in the browser.
    `API_URL` is the address on this machine, without a trailing slash.
    """
    named = {_upper_snake(name): _local_url(value, aws) for name, value in outputs.items()}
    desk = {"DESK_URL": f"{named['API_URL']}/desk/", "DESK_LOGINS": desk_users.logins(aws)}
    return aws.environment | named | desk | _comanda_login(aws, outputs["ComandaSecretArn"])


def _comanda_login(aws: EmbeddedAws, secret: str) -> dict[str, str]:
    """The user and the password with which Comanda asks for the figures."""
    told = aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    login: dict[str, str] = json.loads(told)
    return {"COMANDA_USER": login["username"], "COMANDA_PASSWORD": login["password"]}


def _local_url(value: str, aws: EmbeddedAws) -> str:
    """An output as it works here: APIs and queues at the embedded AWS's own address.

    A restored stack may have been deployed when the embedded AWS had another port.
    """
    if api := re.match(r"https://(\w+)\.execute-api\.[^/]+(/.*?)/?$", value):
        return f"{aws.endpoint}/_aws/execute-api/{api[1]}{api[2]}"
    return re.sub(r"^http://(localhost|127\.0\.0\.1):\d+(?=/)", aws.endpoint, value)


def _upper_snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _own_architecture() -> str:
    machine = platform.machine()
    if machine in {"x86_64", "AMD64"}:
        return "x86_64"
    if machine in {"aarch64", "arm64"}:
        return "arm64"
    raise Unable(f"Lambda has no architecture for this machine ({machine}); use x86_64 or arm64.")


def _fingerprint(architecture: str) -> str:
    digest = hashlib.sha256(architecture.encode())
    for path in _input_files():
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _input_files() -> Iterator[Path]:
    for name in _INPUTS:
        start = ROOT / name
        if start.is_file():
            yield start
            continue
        for folder, folders, files in start.walk():
            folders[:] = sorted(set(folders) - {"__pycache__", "node_modules"})
            # without what the tests built (catalogues, assets); the build makes its own
            if folder != _BUILT_BY_TESTS:
                # without links to folders (node_modules, replies)
                found = (folder / file for file in sorted(files) if not file.endswith(".mo"))
                yield from (path for path in found if path.is_file())


def _built() -> str | None:
    """The fingerprint of the finished build, if there is one."""
    try:
        return (_FOLDER / "fingerprint").read_text()
    except FileNotFoundError:
        return None


def _deployed_build(aws: EmbeddedAws) -> str | None:
    """The fingerprint of the deployed stack's build with its own parameters; or None."""
    ssm = aws.client("ssm")
    try:
        return str(ssm.get_parameter(Name=_DEPLOYED)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return None


def _set_up_tables(aws: EmbeddedAws) -> None:
    """Set the tables' time to live and recovery, which ministack ignores in a template."""
    template = json.loads((_FOLDER / "local.json").read_text())
    dynamodb = aws.client("dynamodb")
    for name, resource in template["Resources"].items():
        properties = {} if name.startswith(_LOOP) else resource.get("Properties", {})
        if expiry := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(
                TableName=_physical_name(aws, name), TimeToLiveSpecification=expiry
            )
        if "PointInTimeRecoverySpecification" in properties:
            dynamodb.update_continuous_backups(
                TableName=_physical_name(aws, name),
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )


def _have_mails_sent(aws: EmbeddedAws) -> None:
    """Verify the sender of the mails; anywhere else, the owner of the address does that."""
    sender = _variables(aws, "NotifyCitizen")["MAIL_FROM"]
    aws.client("sesv2").create_email_identity(EmailIdentity=sender)


def _have_links_lead_here(aws: EmbeddedAws, api_url: str) -> None:
    """Make the mails' links lead to the API on this machine.

    Its address is known only once the API is deployed, and changes with the port.
    """
    variables = _variables(aws, "NotifyCitizen")
    if variables["PUBLIC_URL"] != api_url:
        aws.client("lambda").update_function_configuration(
            FunctionName=_physical_name(aws, "NotifyCitizen"),
            Environment={"Variables": variables | {"PUBLIC_URL": api_url}},
        )


def _have_operators_sign_in_here(aws: EmbeddedAws, api_url: str) -> None:
    """Make the desk's sign-in lead to the embedded AWS, and back to the API on this machine.

    Browsers find the provider at `localhost` and the desk at 127.0.0.1: as on AWS, they are two
    sites, and what only works on one does not work here either.
    """
    pool = _physical_name(aws, "DeskUsers")
    client = {"UserPoolId": pool, "ClientId": _physical_name(aws, "DeskClient")}
    cognito = aws.client("cognito-idp")
    known = cognito.describe_user_pool_client(**client)["UserPoolClient"]
    callback, signed_out = f"{api_url}/desk/callback", f"{api_url}/desk/signed-out"
    if known["CallbackURLs"] != [callback]:
        # An update forgets what it does not state, and takes no empty text.
        dates = {"CreationDate", "LastModifiedDate"}
        kept = {name: value for name, value in known.items() if value and name not in dates}
        cognito.update_user_pool_client(
            **kept | client | {"CallbackURLs": [callback], "LogoutURLs": [signed_out]}
        )
    here = {
        "SIGN_IN_URL": aws.endpoint.replace("127.0.0.1", "localhost"),
        "TOKENS_URL": aws.endpoint,
        "TOKEN_KEYS_URL": f"{aws.endpoint}/{pool}/.well-known/jwks.json",
    }
    variables = _variables(aws, "SignInOperator")
    if not here.items() <= variables.items():
        aws.client("lambda").update_function_configuration(
            FunctionName=_physical_name(aws, "SignInOperator"),
            Environment={"Variables": variables | here},
        )


def _variables(aws: EmbeddedAws, logical_id: str) -> dict[str, str]:
    """The environment of a deployed function."""
    variables: dict[str, str] = aws.client("lambda").get_function_configuration(
        FunctionName=_physical_name(aws, logical_id)
    )["Environment"]["Variables"]
    return variables


def _physical_name(aws: EmbeddedAws, logical_id: str) -> str:
    """The name of one of the stack's resources in the embedded AWS."""
    found = aws.client("cloudformation").describe_stack_resource(
        StackName=NAME, LogicalResourceId=logical_id
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _for_embedded_aws(template: dict[str, Any]) -> dict[str, Any]:
    """The built template without what does not work on this machine.

    ministack refuses saved queries, alarms that calculate and, even under a false condition, a
    firewall of an API. It passes nobody on to another identity provider, and its page to sign in
    has one appearance. It speaks HTTP, on loopback only: the bucket's policy, which demands HTTPS,
    goes.
    """
    template["Resources"] = {
        name: each
        for name, each in template["Resources"].items()
        if name.startswith(_LOOP) or _works_here(each)  # the loops make simple alarms only
    }
    return template


def _works_here(resource: Mapping[str, Any]) -> bool:
    kind: str = resource["Type"]
    if kind == "AWS::CloudWatch::Alarm":
        return "Metrics" not in resource["Properties"]
    return not kind.startswith(
        (
            "AWS::S3::BucketPolicy",
            "AWS::Logs::QueryDefinition",
            "AWS::WAFv2::",
            "AWS::Cognito::UserPoolIdentityProvider",
            "AWS::Cognito::ManagedLoginBranding",
        )
    )


def _sam(command: str, *arguments: str | Path, variables: dict[str, str], watch: Watcher) -> None:
    """Run a SAM command with the project's own tools and nothing of the user's AWS settings."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "SAM_")) and name not in {"VIRTUAL_ENV", "PYTHONPATH"}
    }
    settings = {
        "PATH": os.pathsep.join(
            [
                *(str(TOOLS / folder) for folder in _COMMANDS),
                os.environ.get("PATH", os.defpath),
            ]
        ),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.1",  # seconds; asking often slows nothing down here
    }
    log = WORK / f"{command}.log"
    with tempfile.TemporaryDirectory(prefix="sam-", dir=WORK) as left_behind:
        if child.run(
            [_SAM, command, *arguments],
            environment=own | settings | variables | {"TMPDIR": left_behind},
            folder=ROOT,
            log=log,
            watch=watch,
        ):
            return
    printed = log.read_text(errors="replace")
    shown = log.relative_to(ROOT)
    if _NO_NETWORK.search(printed):
        raise Unable(
            f"`sam {command}` could not fetch a package: the network does not answer. Connect and"
            f" run the same command again ({shown} tells more)."
        )
    last_lines = "\n".join(printed.strip().splitlines()[-15:])
    raise Unable(
        f"`sam {command}` failed; {shown} holds all that it printed. It ended:\n{last_lines}"
    )


@contextmanager
def _locked(kind: int) -> Iterator[None]:
    """Hold the build folder: one process builds into it, or several deploy from it."""
    WORK.mkdir(exist_ok=True)
    with (WORK / "build.lock").open("w") as lock:
        fcntl.flock(lock, kind)
        yield

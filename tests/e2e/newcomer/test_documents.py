"""Every command in the documents exists, with its arguments.

`test_local_run` runs the commands of the consoles. Nothing runs a command that needs more than a
moment, the network or the real AWS:

- `make -n` expands each `make …`. The consoles' commands need `make run`; `make test`, `lint` and
  `acceptance` are these tests; `desk`, `screenshots` and `lock` install or download; `clean` would
  remove the files that the tests need; `procedures` has its own tests.
- The documents mark commands that only AWS can answer (```` ```console aws ````). The model of the
  AWS CLI checks these: service, operation, parameters, and the fields in `--query`.
"""

import configparser
import json
import re
import shlex
import subprocess
import tomllib
from contextlib import closing
from pathlib import Path, PurePath

import click
import pytest
from jsonschema import Draft202012Validator

from desk.program import app
from local import ROOT, TOOLS
from tests.support import documents
from tests.support.documents import ON_AWS
from tests.support.newcomer import Outside, Shell, script

DOCUMENTS = documents.of_the_project()
CONTENT = "what a file would hold" * 100
"""What the AWS CLI seems to read from a file of the reader's."""
ANSWER = "arn:aws:any:eu-west-1:123456789012:what-aws-would-answer"
"""What each command for the real AWS seems to answer; long enough for any parameter."""
MARKED = [name for name, each in DOCUMENTS.items() if each.commands(ON_AWS)]


@pytest.mark.parametrize("name", MARKED)
def test_the_aws_cli_knows_the_commands_for_the_real_aws(
    name: str, commands: str, outside: Outside, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"  # each command line as words that end in NUL, then an empty word
    script(tmp_path / "aws", f"printf '%s\\0' \"$@\" '' >>{asked}\necho {ANSWER}")
    with closing(Shell(ROOT, f"{tmp_path}:{commands}", outside.settings)) as shell:
        shell.run("set -u")
        for command in DOCUMENTS[name].commands(ON_AWS):
            where = f"{name}, line {command.line}: {command.text}\n"
            text = command.text.replace(".tools/bin/aws ", "aws ")
            assert _programs(text) <= {"aws", "export", "make"}, f"{where}nothing checks this"
            printed, code = shell.run(text)
            assert code == 0, where + printed
            assert command.output == [], f"{where}nobody knows whether AWS prints that"
    lines = asked.read_text().removesuffix("\0\0").split("\0\0")
    words = [line.split("\0") for line in lines]
    read = [[CONTENT if word.startswith("file://") else word for word in line] for line in words]
    unknown, said = _unknown_to_aws(read, outside)
    assert unknown == [], f"{name}: {said}"


def test_commands_that_aws_would_not_understand_are_found(outside: Outside) -> None:
    right = [
        ["sns", "list-topics"],
        ["cloudformation", "describe-stacks", "--query", "Stacks[?StackName=='x'].Outputs[0]"],
        ["cloudformation", "wait", "stack-exists", "--stack-name", "suport-dev"],
    ]
    wrong = [
        line.split()
        for line in (
            "snss list-topics",
            "sns list-topic",
            "sns subscribe --topic-arn arn",
            "sns subscribe --topic-arn arn --protocol email --endpoint on-duty@example.org",
            "sqs receive-message --queue-url url --wait-time-seconds long",
            "cloudformation describe-stacks --query Stacks[0].Output",
            "cloudformation describe-stacks --query Stacks[",
            "cloudformation wait stack-gone --stack-name suport-dev",
            "s3 ls",  # not in the model, which thus cannot check it
            "help",
        )
    ]
    assert _unknown_to_aws(right + wrong, outside)[0] == wrong


def test_a_reader_sees_which_commands_are_for_the_real_aws() -> None:
    for name, document in DOCUMENTS.items():
        lines = (ROOT / name).read_text().splitlines()
        for block in document.blocks:
            if block.kind == ON_AWS:
                before = "\n".join(lines[: block.line - 1]).rstrip().rpartition("\n\n")[2]
                assert "AWS" in before, f"{name}, line {block.line}: nothing says so before it"


def test_make_accepts_every_command_in_the_documents_and_make_help() -> None:
    shown = [("make help", command) for command in _helped()]
    for name, document in DOCUMENTS.items():
        spans = [each for each in document.spans if each.startswith("make ")]
        shown += [(name, each) for each in [*document.make, *spans]]
    for name, command in shown:
        _, *arguments = shlex.split(command)
        done = subprocess.run(  # noqa: S603  it only prints its commands
            ["/usr/bin/env", "make", "-n", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {command}\n{done.stderr}"
        for each in arguments:  # make uses the given value
            assert "=" not in each or each.partition("=")[2] in done.stdout, f"{name}: {command}"


def test_make_help_lists_every_target_for_people() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    helped = {shlex.split(command)[1] for command in _helped()}
    parts = {"deploy-built", "tests-in-process"}  # of `deploy` and `test`
    assert helped == set(phony.split()) - parts


def test_commands_in_the_running_text_exist() -> None:
    for name, document in DOCUMENTS.items():
        for command in document.spans:
            program, *words = shlex.split(command)
            check = {"desk": _desk_knows, "make": _made_above, "sam": _sam_knows}
            assert PurePath(program).name in check, f"{name}: nothing checks {command!r}"
            assert check[PurePath(program).name](words), f"{name}: {command!r}"


def test_files_in_the_documents_are_tested_or_valid() -> None:
    """`test_integration_consumer` tests the consumer; a schema checks each message."""
    sources = [path.read_text() for path in ROOT.glob("docs/*.py")]
    for name, document in DOCUMENTS.items():
        for block in document.blocks:
            if block.kind == "python":
                assert block.text in sources, f"{name}, line {block.line}"
            elif block.kind == "json":
                shown = json.loads(block.text)
                schema = f"docs/{shown['schema'].replace('/', '-')}.schema.json"
                Draft202012Validator(json.loads((ROOT / schema).read_text())).validate(shown)
            elif block.kind == "toml":
                assert tomllib.loads(block.text)
            elif block.kind == "ini":
                settings = configparser.ConfigParser(interpolation=None)
                settings.read_string(block.text)
                assert settings.sections()


def _unknown_to_aws(lines: list[list[str]], outside: Outside) -> tuple[list[list[str]], str]:
    """The command lines that AWS would not understand, and the errors of the AWS CLI."""
    credentials = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    checked = subprocess.run(  # noqa: S603  our own program
        [TOOLS / "deploy/bin/python", "-I", Path(__file__).with_name("aws_model.py")],
        input=json.dumps(lines),
        env=outside.settings | credentials | {"AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert outside.asked == []
    return json.loads(checked.stdout), checked.stderr


def _helped() -> list[str]:
    """The commands that `make help` lists, each with the settings that it names there."""
    printed = subprocess.run(
        ["/usr/bin/env", "make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [
        " ".join(["make", line.split()[1], *re.findall(r'\b[A-Z]+=(?:"[^"]*"|[\w.-]+)', line)])
        for line in printed.splitlines()
    ]


def _programs(command: str) -> set[str]:
    """The programs that a command line starts."""
    unquoted = re.sub(r"'[^']*'", "''", command.replace("\\\n", " "))
    started = re.split(r"\$\(|[|;&\n]", unquoted)
    words = [re.sub(r'^\s*(?:\w+=(?:"[^"]*"|\S*)\s*)*', "", each).split() for each in started]
    return {each[0] for each in words if each}


def _made_above(_words: list[str]) -> bool:
    """True: `test_make_accepts_every_command_in_the_documents_and_make_help` checks these."""
    return True


def _desk_knows(words: list[str]) -> bool:
    command: click.Command = app
    for word in words:
        if word.startswith("-"):
            options = {name for each in command.params for name in each.opts}
            if word not in options | {"-h", "--help"}:
                return False
        elif commands := getattr(command, "commands", {}):
            if word not in commands:
                return False
            command = commands[word]
    return True


def _sam_knows(words: list[str]) -> bool:
    return any((TOOLS / "deploy").glob(f"lib/*/site-packages/samcli/commands/{words[0]}"))

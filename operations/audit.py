"""`make audit`: the known vulnerabilities of what is deployed and of the tools of this project.

It asks OSV about each package of each locked list, and fails if it has not learnt that.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import requests

from operations import locks, vulnerabilities
from operations.locks import Package
from operations.stage import Unable
from operations.vulnerabilities import Answer, CouldNotLook, Question, Verdict, Vulnerability

SOURCE = "https://api.osv.dev"
EXCEPTIONS = Path(__file__).with_name("vulnerability_exceptions.toml")
ANSWERS_WITHIN = 30  # seconds
MOST_ROUNDS = 50
"""After so many answers that are not the last one, the source will not come to an end."""

VULNERABLE, BLIND = 1, 2

Ask = Callable[[str, object], Answer]
"""Asks the source: a path, and what to send there as JSON; None only reads."""


def asking(source: str, clock: Callable[[], datetime]) -> Ask:
    """What asks the source at that address, which keeps no answer."""
    session = requests.Session()
    session.headers["Cache-Control"] = "no-cache"

    def ask(path: str, sent: object) -> Answer:
        try:
            got = session.request(
                "GET" if sent is None else "POST",
                f"{source}{path}",
                json=sent,
                timeout=ANSWERS_WITHIN,
                allow_redirects=False,
            )
        except requests.RequestException as failure:
            raise CouldNotLook(f"{source} does not answer ({type(failure).__name__})") from None
        return Answer(got.status_code, got.headers, got.content, clock())

    return ask


def known(packages: Iterable[Package], ask: Ask) -> list[Vulnerability]:
    """The known vulnerabilities of these packages.

    Raises
    ------
    CouldNotLook
        If the source has not answered about each of them.
    """
    names: dict[Package, set[str]] = {}
    waiting = vulnerabilities.rounds(vulnerabilities.questions(packages))
    answered = 0
    while waiting:
        asked = waiting.pop()
        answered += 1
        if answered > MOST_ROUNDS:
            raise CouldNotLook("the source goes on answering without an end")
        found, remaining = vulnerabilities.read(ask("/v1/querybatch", _asked(asked)), asked)
        for package, each in found.items():
            names.setdefault(package, set()).update(each)
        if remaining:
            waiting.append(remaining)
    for canary, name in vulnerabilities.CANARIES.items():
        if name not in names.get(canary, ()):
            raise CouldNotLook(f"the source does not see that {canary} is vulnerable ({name})")
    wanted = set(packages)
    details = (
        vulnerabilities.read_details(ask(f"/v1/vulns/{name}", None), name, package)
        for package in sorted(names.keys() & wanted)
        for name in sorted(names[package])
    )
    return [each for each in details if each]


def _asked(questions: Iterable[Question]) -> dict[str, object]:
    return {"queries": [each.asked() for each in questions]}


def reported(verdict: Verdict, packages: int) -> str:
    """The verdict for people: what is vulnerable, what is excepted, what to do."""
    lines = []
    for title, found in (
        ("Vulnerable, in what is deployed or makes the assets:", verdict.deployed),
        ("Vulnerable, among the tools:", verdict.tools),
    ):
        if found:
            lines += [title, *(f"  {each}" for each in found)]
    for vulnerability, exception in verdict.excepted:
        lines.append(f"Excepted until {exception.expires}: {vulnerability} {exception.reason}")
    for each in verdict.expired:
        lines.append(f"The exception for {each.vulnerability} of {each.package} has expired.")
    for each in verdict.unused:
        lines.append(f"Nothing needs the exception for {each.vulnerability} of {each.package}.")
    if verdict.is_good:
        lines.append(f"OSV was asked about {packages} packages. None has to be replaced.")
    else:
        lines.append("What to do: docs/operations.md, “Known vulnerabilities”.")
    return "\n".join(lines)


def main() -> int:
    """Returns the exit code: 1 if something is vulnerable, 2 if nobody knows."""
    parser = argparse.ArgumentParser(prog="make audit")
    parser.add_argument("--source", default=SOURCE, help="where OSV is asked")
    source = parser.parse_args().source.rstrip("/")
    try:
        by_list = {name: locks.read(name) for name in locks.lists()}
        packages = {each.package for locked in by_list.values() for each in locked}
        deployed = {
            each.package
            for name in locks.DEPLOYED
            for each in by_list[name]
            if not each.extra.get("dev")
        }
        exceptions = vulnerabilities.exemptions(EXCEPTIONS.read_text())
        found = known(packages, asking(source, lambda: datetime.now(UTC)))
    except CouldNotLook as reason:
        print(
            f"Nobody looked for known vulnerabilities: {reason}. There may be some. Run make audit"
            f" again where {source} can be asked.",
            file=sys.stderr,
        )
        return BLIND
    except Unable as reason:
        print(f"Nobody looked for known vulnerabilities. {reason}", file=sys.stderr)
        return BLIND
    verdict = vulnerabilities.judged(found, deployed, exceptions, datetime.now(UTC).date())
    print(reported(verdict, len(packages)))
    return 0 if verdict.is_good else VULNERABLE


if __name__ == "__main__":
    sys.exit(main())

"""`make audit` finds what is vulnerable, and never says that all is well if it could not look."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from operations import audit, locks
from operations.audit import BLIND, VULNERABLE
from operations.locks import Ecosystem, Package
from operations.vulnerabilities import CANARIES
from tests.support import osv
from tests.support.osv import Osv, Reply

BATCH, DETAILS = "/v1/querybatch", "/v1/vulns/"
GHSA, CVE, PYSEC = "GHSA-aaaa-bbbb-cccc", "CVE-2026-1", "PYSEC-2026-1"
Audit = Callable[[], int]


def version(name: str) -> str:
    """The version of a package of the layers or the web that is locked."""
    (found,) = {
        each.package.version
        for listed in (*locks.LAYERS, locks.WEB)
        for each in locks.read(listed)
        if each.package.name == name
    }
    return found


@pytest.fixture
def source() -> Iterator[Osv]:
    with osv.answering() as started:
        yield started


@pytest.fixture
def exceptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "exceptions.toml"
    path.touch()
    monkeypatch.setattr(audit, "EXCEPTIONS", path)
    return path


@pytest.fixture
def audited(source: Osv, exceptions: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    monkeypatch.setattr("sys.argv", ["audit", "--source", source.url])
    assert exceptions.exists()
    return audit.main


def excepted(package: str, vulnerability: str, *, expires: timedelta) -> str:
    today = datetime.now(UTC).date()
    return (
        f'[[exception]]\npackage = "{package}"\nvulnerability = "{vulnerability}"\n'
        f'reason = "It is not called."\ndecided = {today - timedelta(days=30)}\n'
        f"expires = {today + expires}\n"
    )


def test_all_is_well_if_the_source_sees_and_finds_nothing(
    audited: Audit, source: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audited() == 0
    asked = {
        Package(Ecosystem(each["package"]["ecosystem"]), each["package"]["name"], each["version"])
        for each in source.asked
    }
    locked = {each.package for name in locks.lists() for each in locks.read(name)}
    assert asked == locked | CANARIES.keys()
    assert f"asked about {len(locked)} packages" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["jinja2", "pyjwt", "govuk-frontend"])
def test_a_vulnerability_of_what_is_deployed_fails_the_audit(
    name: str, audited: Audit, source: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    source.vulnerable[name, version(name)] = [GHSA]
    source.details[GHSA] = {"summary": "It lets everybody in.", "aliases": [CVE]}
    assert audited() == VULNERABLE
    title, found, to_do = capsys.readouterr().out.splitlines()
    assert "what is deployed" in title
    assert found.startswith(f"  {name} {version(name)} ")
    assert found.endswith(f"{GHSA} {CVE}, not fixed yet. It lets everybody in.")
    (section,) = re.findall("“(.+)”", to_do)
    assert f"\n## {section}\n" in (ROOT / "docs/operations.md").read_text()


def test_a_vulnerability_of_a_tool_fails_the_audit(
    audited: Audit, source: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    source.vulnerable["axe-core", version("axe-core")] = [GHSA]
    source.details[GHSA] = {}
    assert audited() == VULNERABLE
    assert "among the tools" in capsys.readouterr().out


def test_what_two_databases_know_is_found_once(
    audited: Audit, source: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    source.vulnerable["jinja2", version("jinja2")] = [GHSA, PYSEC]
    fixed = {
        "affected": [
            {
                "package": {"name": "Jinja2", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}],
            }
        ]
    }
    source.details = {GHSA: {"aliases": [CVE]}, PYSEC: {"aliases": [CVE], **fixed}}
    assert audited() == VULNERABLE
    (found,) = [line for line in capsys.readouterr().out.splitlines() if "jinja2" in line]
    assert f"{GHSA} {CVE} {PYSEC}, fixed in 9." in found


def test_a_withdrawn_vulnerability_is_none(audited: Audit, source: Osv) -> None:
    source.vulnerable["jinja2", version("jinja2")] = [GHSA]
    source.details[GHSA] = {"withdrawn": "2026-10-01T00:00:00Z"}
    assert audited() == 0


def test_an_answer_in_pages_is_read_to_its_end(
    audited: Audit, source: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    source.in_pages = True
    source.vulnerable["jinja2", version("jinja2")] = [PYSEC, GHSA]
    source.details = {PYSEC: {"withdrawn": "2026-10-01T00:00:00Z"}, GHSA: {}}
    assert audited() == VULNERABLE
    assert GHSA in capsys.readouterr().out


# ------------------------------------------------------------------- the ways of not looking


def batch(change: Callable[[Reply], Any]) -> Callable[[str, Reply], None]:
    """Spoils the answers about packages, and leaves what is said of each vulnerability."""
    return lambda path, reply: change(reply) if path == BATCH else None


def results(change: Callable[[list[Any]], Any]) -> Callable[[str, Reply], None]:
    """Spoils the results of a question."""
    return batch(lambda reply: change(reply.body["results"]))


def headers(**stated: str | None) -> Callable[[str, Reply], None]:
    """States these headers; None leaves one out."""

    def change(_path: str, reply: Reply) -> None:
        told = reply.headers | {name.title(): value for name, value in stated.items() if value}
        reply.headers = {n: v for n, v in told.items() if stated.get(n.lower(), v)}

    return change


def dated(days: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(days=days), usegmt=True)


def status(code: int) -> Callable[[str, Reply], None]:
    return batch(lambda reply: setattr(reply, "status", code))


NOT_LOOKING: dict[str, tuple[Callable[[str, Reply], None], str]] = {
    "no such endpoint": (status(404), "status 404"),
    "a mirror that only reads": (status(405), "status 405"),
    "too many requests": (status(429), "status 429"),
    "it is out of order": (status(503), "status 503"),
    "a portal that has to be signed in to": (status(302), "status 302"),
    "nothing at all": (batch(lambda reply: setattr(reply, "raw", b"")), "not JSON"),
    "a page": (batch(lambda reply: setattr(reply, "raw", b"<html>Welcome")), "not JSON"),
    "half of it": (batch(lambda reply: setattr(reply, "stated_length", 10**6)), "does not answer"),
    "a list": (batch(lambda reply: setattr(reply, "body", [])), "not an object"),
    "an object without results": (batch(lambda reply: setattr(reply, "body", {})), "no results"),
    "results that are none": (
        batch(lambda reply: setattr(reply, "body", {"results": None})),
        "no results",
    ),
    "no result": (results(lambda found: found.clear()), "0 answered"),
    "a package is skipped": (results(lambda found: found.pop()), "packages were asked about"),
    "a package too many": (results(lambda found: found.append({})), "packages were asked about"),
    "a package that could not be audited": (
        results(lambda found: found.__setitem__(-1, {"skip_reason": "not found"})),
        "not a list of names",
    ),
    "a result that is none": (results(lambda found: found.__setitem__(-1, None)), "cannot be read"),
    "a vulnerability without a name": (
        results(lambda found: found.__setitem__(-1, {"vulns": [{}]})),
        "cannot be read",
    ),
    "pages without an end": (
        results(lambda found: found[-1].update(next_page_token="again")),
        "has no end",
    ),
    "a source without data": (
        results(lambda found: [each.clear() for each in found]),
        "does not see that jinja2",
    ),
    "a source without the data of npm": (
        results(lambda found: found[1].clear()),
        "does not see that lodash",
    ),
    "a cache that is two days old": (headers(age=str(2 * 86_400)), "more than a day old"),
    "an answer of the day before yesterday": (headers(date=dated(-2)), "more than a day old"),
    "an answer of the day after tomorrow": (headers(date=dated(2)), "dated in the future"),
    "an answer without a date": (headers(date=None), "no date"),
}


@pytest.mark.parametrize(("spoil", "reason"), NOT_LOOKING.values(), ids=NOT_LOOKING)
def test_the_audit_fails_when_it_could_not_look(
    spoil: Callable[[str, Reply], None],
    reason: str,
    audited: Audit,
    source: Osv,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source.spoil = spoil
    assert audited() == BLIND
    said = capsys.readouterr()
    assert said.out == ""
    assert re.match(f"Nobody looked for known vulnerabilities: .*{reason}", said.err)
    assert "There may be some. Run make audit again" in said.err


def test_the_audit_fails_without_a_network(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv.answering() as gone:
        pass
    monkeypatch.setattr("sys.argv", ["audit", "--source", gone.url])
    assert audit.main() == BLIND
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("stated", [None, {"id": "another"}], ids=["nothing", "another"])
def test_the_audit_fails_if_it_does_not_learn_what_a_vulnerability_is(
    stated: dict[str, Any] | None,
    audited: Audit,
    source: Osv,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source.vulnerable["jinja2", version("jinja2")] = [GHSA]
    source.details = {} if stated is None else {GHSA: stated}
    assert audited() == BLIND
    assert capsys.readouterr().out == ""


# ------------------------------------------------------------------------------- exceptions


def test_an_exception_lets_a_vulnerability_stay_and_is_reported(
    audited: Audit, source: Osv, exceptions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source.vulnerable["axe-core", version("axe-core")] = [GHSA]
    source.details[GHSA] = {"aliases": [CVE]}
    exceptions.write_text(excepted("axe-core", CVE, expires=timedelta(days=1)))
    assert audited() == 0
    assert "It is not called." in capsys.readouterr().out


@pytest.mark.parametrize("still_there", [True, False])
def test_an_expired_exception_fails_the_audit(
    still_there: bool,
    audited: Audit,
    source: Osv,
    exceptions: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if still_there:
        source.vulnerable["axe-core", version("axe-core")] = [GHSA]
        source.details[GHSA] = {}
    exceptions.write_text(excepted("axe-core", GHSA, expires=timedelta()))
    assert audited() == VULNERABLE
    assert f"The exception for {GHSA} of axe-core has expired." in capsys.readouterr().out


def test_an_exception_is_for_one_package_only(
    audited: Audit, source: Osv, exceptions: Path
) -> None:
    source.vulnerable["jinja2", version("jinja2")] = [GHSA]
    source.details[GHSA] = {}
    exceptions.write_text(excepted("axe-core", GHSA, expires=timedelta(days=1)))
    assert audited() == VULNERABLE


def test_an_exception_that_nothing_needs_is_reported(
    audited: Audit, exceptions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exceptions.write_text(excepted("axe-core", GHSA, expires=timedelta(days=1)))
    assert audited() == 0
    assert f"Nothing needs the exception for {GHSA} of axe-core." in capsys.readouterr().out

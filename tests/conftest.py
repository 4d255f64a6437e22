"""For all tests: builds catalogues and assets where the package looks for them."""

import hypothesis
import pytest
from pytest_socket import disable_socket

from local import ROOT

pytest.register_assert_rewrite("tests.support", "tests.e2e")

# A machine that is busy is no reason to fail, and the same code passes or fails every time: a
# delivery does not depend on luck. `make acceptance` draws other examples at each run.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("drawn", deadline=None, max_examples=500)
hypothesis.settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Builds what the package needs besides its sources."""
    from tests.support import package_data  # noqa: PLC0415  once its asserts are rewritten

    package_data.build()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lets only the tests of the service as a whole open connections, and only over loopback."""
    in_process = {"unit", "functions", "template", "chaos", "costs"}
    if item.path.relative_to(ROOT / "tests").parts[0] in in_process:
        disable_socket(allow_unix_socket=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Lets a part of `make test` succeed that has none of the requested tests."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("keyword"):
        session.exitstatus = pytest.ExitCode.OK

"""What a message in a team's queue says."""

from typing import Any

import pytest

from desk.queue.message import understood
from tests.support.desk import former_message


@pytest.mark.parametrize("error", [None, {"message": "Operación denegada"}, "190", []])
def test_the_desk_reads_a_former_message_that_has_no_error_code(error: Any) -> None:
    content = understood(former_message(error=error))
    assert content
    assert content["error_code"] is None
    assert content.keys().isdisjoint({"error", "description"})

"""The mails that left the service, as the embedded AWS keeps them instead of sending them."""

import json
import urllib.request
from typing import Any

from tests.support.service import Service


def sent(service: Service) -> list[dict[str, Any]]:
    """All mails that SES got, oldest first."""
    url = f"{service.environment['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        found = json.load(answer)["messages"]
    return [each for account in found.values() for each in account]

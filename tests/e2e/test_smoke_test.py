"""The smoke test passes on a service that works, and leaves nothing that bothers anybody."""

import json
import os
import re
import subprocess

from local import ROOT
from operations.smoke_test import OWN_TELEPHONE, TEXT
from tests.support.service import Service


def test_a_service_that_works_passes_and_keeps_one_closed_incident_that_names_nobody(
    service: Service,
) -> None:
    done = subprocess.run(  # noqa: S603  the project's own command
        [
            *("/usr/bin/env", "make", "smoke", "STAGE=local"),
            f"URL={service.environment['API_URL']}",
        ],
        cwd=ROOT,
        env=os.environ | service.aws.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout
    assert re.findall(r"^  (\S+) ", done.stdout, re.MULTILINE) == ["ok"] * 6
    pages = service.dynamodb.get_paginator("scan").paginate(
        TableName=service.environment["REGISTER_TABLE"],
        FilterExpression="description = :text",
        ExpressionAttributeValues={":text": {"S": TEXT}},
    )
    (incident,) = [item for page in pages for item in page["Items"]]
    assert incident["status"] == {"S": "resolved"}
    assert OWN_TELEPHONE in json.dumps(incident["contact"])
    assert "mails" not in incident

"""Checks each file that arrives in the store, and records what its scan found.

Two messages concern a file: the store's, when the file arrived, and the scanner's. They come in any
order and more than once. Both lead to the same check of what is in the store now: the first to come
brings the file into the register, unless the citizen's own page did so before.
"""

from typing import Any

from suport.domain.attachment import State
from suport.files import arrivals
from suport.files.file_store import parse_key
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import clock
from suport.runtime.batch import UnknownMessage, content_of, message_handler
from suport.runtime.metrics import Metric, count

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

SCAN_RESULT = "GuardDuty Malware Protection Object Scan Result"
TRIED_OUT = "s3:TestEvent"  # by S3, once, when the notifications are set up
# the other results (UNSUPPORTED, ACCESS_DENIED, FAILED) all mean that nobody knows
FOUND = {"NO_THREATS_FOUND": State.CLEAN, "THREATS_FOUND": State.INFECTED}

logger = Logger()


def receive(record: SQSRecord) -> None:
    """Handles one message of either kind."""
    match content_of(record):
        case {"Records": records}:
            for arrived in records:
                # the key of a citizen's file needs no unescaping
                check(arrived["s3"]["object"]["key"])
        case {"detail-type": scan_type, "detail": scan} if scan_type == SCAN_RESULT:
            take_note(scan)
        case {"Event": event} if event == TRIED_OUT:
            pass
        case _:
            raise UnknownMessage


def check(key: str) -> None:
    """Adds the file under that key to its incident, or refuses and erases it."""
    if (named := parse_key(key)) and arrivals.check(*named, clock.now()):
        count(Metric.FILES_CHECKED, outcome="taken")  # here only: the citizen's page asks, too


def take_note(scan: dict[str, Any]) -> None:
    """Records what a scan found, and erases an infected file."""
    scanned = scan["s3ObjectDetails"]
    key, version = scanned["objectKey"], scanned["eTag"].strip('"')
    if not (named := parse_key(key)):
        return
    reference, file_id = named
    check(key)
    state = FOUND.get(scan["scanResultDetails"]["scanResultStatus"], State.UNSCANNABLE)
    try:
        register().record_scan(reference, file_id, version, state, clock.now())
    except NoSuchIncident:
        return  # and the file is gone with it
    if state is State.INFECTED:
        arrivals.erase(*named, version)
    logger.info("scan recorded", state=state)


handler = message_handler(receive, failed="file not checked")

"""Takes what waits in a team's queue into a ticket system. Needs boto3, QUEUE_URL and API_URL."""

import json
import os

import boto3
import urllib3
from botocore import auth, awsrequest

UNDERSTOOD = {"suport.incident/2", "suport.incident/1"}  # the second may wait from before
NOT_OURS = {"claimed-by-another", "already-resolved", "other-team", "not-found", "erased"}
session, sqs, queue = boto3.Session(), boto3.client("sqs"), {"QueueUrl": os.environ["QUEUE_URL"]}


def claim(reference: str) -> dict | None:
    """The incident with its contact data, now ours; None if there is nothing to do about it."""
    url = f"{os.environ['API_URL']}/v1/desk/incidents/{reference}/claim"
    signed = awsrequest.AWSRequest("POST", url, {"Content-Type": "application/json"}, b"{}")
    auth.SigV4Auth(session.get_credentials(), "execute-api", session.region_name).add_auth(signed)
    answer = urllib3.request("POST", url, body=b"{}", headers=dict(signed.headers), timeout=30)
    if answer.status != 200 and answer.json()["type"].rpartition(":")[2] not in NOT_OURS:
        raise RuntimeError(f"{reference}: {answer.status}")  # the message comes back by itself
    return answer.json() if answer.status == 200 else None


while messages := sqs.receive_message(**queue, WaitTimeSeconds=20).get("Messages"):
    if (told := json.loads(messages[0]["Body"])).get("schema") in UNDERSTOOD:
        if incident := claim(told["reference"]):
            print(json.dumps(incident))  # into the ticket system, once for each reference
        sqs.delete_message(**queue, ReceiptHandle=messages[0]["ReceiptHandle"])

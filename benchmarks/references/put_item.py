"""References (b) and (c): a function that puts one item with boto3, and nothing else."""

import json
import uuid

import boto3

table = boto3.client("dynamodb")


def handler(event: object, context: object) -> dict[str, object]:
    """Stores the event under a new key."""
    del context
    key = str(uuid.uuid4())
    item = {"reference": {"S": key}, "entry": {"S": "incident"}, "event": {"S": json.dumps(event)}}
    table.put_item(TableName="Register", Item=item)
    return {"statusCode": 201, "body": json.dumps({"reference": key})}

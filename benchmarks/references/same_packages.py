"""Reference (e): the packages that a submission needs, used as little as can be.

An accepted submission by the service is this and all that the service does itself.
"""

# ruff: noqa: E402
import gc

gc.set_threshold(100_000, 20, 100)  # before all others, as the service has it

import base64
import json
import uuid
from typing import Any

import phonenumbers
from aws_lambda_powertools import Logger
from botocore.session import get_session
from email_validator import validate_email
from pydantic import BaseModel


class Contact(BaseModel):
    """How to reach the person who wrote."""

    email: str
    phone: str


class Body(BaseModel):
    """What somebody wrote."""

    description: str
    contact: Contact


logger = Logger()
table: Any = get_session().create_client("dynamodb")


def handler(event: dict[str, str], context: object) -> dict[str, object]:
    """Stores the event under a new key, once the contact data in it are understood."""
    del context
    contact = Body.model_validate_json(base64.b64decode(event["body"])).contact
    email = validate_email(contact.email, check_deliverability=False, test_environment=True)
    phone = phonenumbers.parse(contact.phone, "ES")
    assert email.normalized
    assert phonenumbers.is_valid_number(phone)
    key = str(uuid.uuid4())
    item = {"reference": {"S": key}, "entry": {"S": "incident"}, "event": {"S": json.dumps(event)}}
    table.put_item(TableName="Register", Item=item)
    logger.info("stored")
    return {"statusCode": 201, "body": json.dumps({"reference": key})}

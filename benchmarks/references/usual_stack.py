"""Reference (d): the same with what such functions usually have besides.

Routes, a body validated by a model, an idempotent handler, tracing and structured logs: all as
Powertools has it.
"""

import os
import uuid
from typing import Any, Literal

import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)
from pydantic import BaseModel, Field


class Contact(BaseModel):
    """How to reach the person who wrote."""

    email: str


class Body(BaseModel):
    """What somebody wrote."""

    category: Literal["functional", "payment", "signature"]
    description: str = Field(max_length=4000)
    contact: Contact


logger = Logger()
tracer = Tracer()
app = APIGatewayRestResolver(enable_validation=True)
table = boto3.resource("dynamodb").Table("Register")
once = IdempotencyConfig(event_key_jmespath='headers."Idempotency-Key"')
kept = DynamoDBPersistenceLayer(
    table_name="Register",
    key_attr="reference",
    sort_key_attr="entry",
    static_pk_value=f"once#{os.environ['AWS_LAMBDA_FUNCTION_NAME']}",
)


@app.post("/v1/incidents")
def submit(body: Body) -> dict[str, str]:
    """Stores a valid body under a new key."""
    key = str(uuid.uuid4())
    table.put_item(Item={"reference": key, "entry": "incident"} | body.model_dump())
    logger.info("recorded")
    return {"reference": key}


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
@idempotent(config=once, persistence_store=kept)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers once for each key."""
    return app.resolve(event, context)

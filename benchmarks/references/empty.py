"""Reference (a): a function that does nothing."""


def handler(event: object, context: object) -> dict[str, object]:
    """Answers at once."""
    del event, context
    return {"statusCode": 200, "body": ""}

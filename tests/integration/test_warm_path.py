"""What a submission costs: one call to AWS."""

from tests.integration.service import Service


def test_a_warm_submission_makes_one_call_to_aws_which_is_the_write(running: Service) -> None:
    running.function("SubmitIncident")
    before = len(running.aws.requests)
    running.submit("the-first-one-reads-the-secret")
    assert running.aws.requests[before:] == [
        "secretsmanager.GetSecretValue",
        "DynamoDB_20120810.PutItem",
    ]
    before = len(running.aws.requests)
    running.submit("the-second-one-only-writes")
    assert running.aws.requests[before:] == ["DynamoDB_20120810.PutItem"]


def test_a_retry_makes_one_call_to_aws_too(running: Service) -> None:
    first = running.submit("the-same-key-as-before")
    before = len(running.aws.requests)
    assert running.submit("the-same-key-as-before") == first
    assert running.aws.requests[before:] == ["DynamoDB_20120810.PutItem"]

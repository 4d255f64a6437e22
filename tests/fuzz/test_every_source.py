"""Everything that reaches a function is fuzzed: the sources are those of the template."""

from tests.fuzz import batches, test_requests, test_starts
from tests.support import template
from tests.support.template import EVENTS


def test_every_event_of_every_function_is_fuzzed() -> None:
    requests = {name for names in test_requests.SAMPLES.values() for name in names}
    fuzzed = [*requests, *batches.SOURCES, *test_starts.SCHEDULES, *test_starts.STARTS]
    assert sorted(fuzzed) == sorted(EVENTS)


def test_whatever_aws_itself_sends_to_a_queue_is_among_the_fuzzed_messages() -> None:
    buckets = {
        name: [each["Queue"] for each in bucket["NotificationConfiguration"]["QueueConfigurations"]]
        for name, bucket in template.resources("AWS::S3::Bucket").items()
        if "NotificationConfiguration" in bucket
    }
    rules = {
        name: [each["Arn"] for each in rule["Targets"]]
        for name, rule in template.resources("AWS::Events::Rule").items()
    }
    subscriptions = {
        name: [subscription["Endpoint"]]
        for name, subscription in template.resources("AWS::SNS::Subscription").items()
        if subscription["Protocol"] == "sqs"
    }
    senders = buckets | rules | subscriptions
    for event, known in batches.SENDERS.items():
        queue = EVENTS[event][1]["Properties"]["Queue"]
        assert {name for name, queues in senders.items() if queue in queues} == known
    assert set(senders) == set().union(*batches.SENDERS.values())

"""What cfn-lint checks of this template beyond its own rules: `make lint` hands it this folder.

cfn-lint has turned the loops, and given each function what all share (Globals); functions and
their events are still those of SAM. Each rule is a function of the resources, and looks at SAM's
forms as at CloudFormation's own; a class below makes it known to cfn-lint.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

type Resources = dict[str, dict[str, Any]]
type Fault = tuple[str, str]
"""The resource that breaks the rule, and what is wrong with it."""

FUNCTIONS = ("AWS::Lambda::Function", "AWS::Serverless::Function")
ANSWERED_AT_ONCE = {"apigateway.amazonaws.com", "scheduler.amazonaws.com"}
"""Who invokes a function and waits, or has a queue of its own for what it could not start."""
ANSWERED_BY_SAM = {"Api", "HttpApi"}
"""The events of SAM of which somebody waits for the answer."""
BY_PEOPLE = {"email", "email-json", "sms"}
"""Subscriptions of people, for whom no queue can stand in."""
FACTOR = 6
"""https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
LONGEST_LOG = 30  # days


# ------------------------------------------------------------------- the rules


def undelivered(resources: Resources) -> Iterator[Fault]:
    """What an event source cannot deliver goes into a queue, and an alarm watches the queue."""
    watched = set(_watched_queues(resources))
    for name, kept_in in _deliveries(resources):
        if not kept_in:
            yield name, "what it cannot deliver is lost: it has no failure destination"
        for queue in kept_in:
            if queue not in watched:
                yield name, f"no alarm rings when {queue} has what it could not deliver"


def unlogged(resources: Resources) -> Iterator[Fault]:
    """Each function writes into a log group of its own, which forgets."""
    used: dict[str, str] = {}
    for name, function in _of(resources, *FUNCTIONS):
        group = _named(function.get("LoggingConfig", {}).get("LogGroup"))
        kept = _properties(resources, group).get("RetentionInDays")
        if not _is(resources, group, "AWS::Logs::LogGroup"):
            yield name, "it has no log group of its own in this template"
        elif group in used:
            yield name, f"its log group {group} is that of {used[group]}, too"
        elif kept is None or kept > LONGEST_LOG:
            yield name, f"its log group {group} keeps what it logs for more than {LONGEST_LOG} days"
        used[group] = name


def unsafe_queues(resources: Resources) -> Iterator[Fault]:
    """Each queue is encrypted, and sets aside what is received in vain."""
    last = {queue for _, kept_in in _deliveries(resources) for queue in kept_in}
    last |= set(_dead_letter_queues(resources))
    for name, queue in _of(resources, "AWS::SQS::Queue"):
        if queue.get("SqsManagedSseEnabled") is not True and not queue.get("KmsMasterKeyId"):
            yield name, "it is not encrypted"
        if name not in last and not queue.get("RedrivePolicy"):
            yield name, "it has no redrive: what is received in vain comes again until it expires"


def impatient_queues(resources: Resources) -> Iterator[Fault]:
    """A message stays hidden for six times as long as the function that handles it may take."""
    for queue, function in _handled(resources):
        hidden = _properties(resources, queue).get("VisibilityTimeout", 30)
        if hidden < FACTOR * _properties(resources, function).get("Timeout", 3):
            yield queue, f"it hides a message for {hidden} s, less than six times the timeout"


def unsafe_tables(resources: Resources) -> Iterator[Fault]:
    """Each table forgets, can be restored and is protected; or its Metadata says why not."""
    for name, table in _of(resources, "AWS::DynamoDB::Table"):
        why = resources[name].get("Metadata", {})
        recovery = table.get("PointInTimeRecoverySpecification", {})
        expires = table.get("TimeToLiveSpecification", {}).get("Enabled")
        if not expires and not why.get("WhyNoExpiry"):
            yield name, "it forgets nothing, and its Metadata has no WhyNoExpiry"
        if not recovery.get("PointInTimeRecoveryEnabled") and not why.get("WhyNoRecovery"):
            yield name, "it cannot be restored, and its Metadata has no WhyNoRecovery"
        if why.get("WhyUnprotected"):
            continue
        if True not in _alternatives(table.get("DeletionProtectionEnabled")):
            yield name, "no stage protects it from deletion"
        if resources[name].get("DeletionPolicy") != "Retain":
            yield name, "it goes with the stack"


def public_buckets(resources: Resources) -> Iterator[Fault]:
    """No bucket is public."""
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    for name, bucket in _of(resources, "AWS::S3::Bucket"):
        block = bucket.get("PublicAccessBlockConfiguration", {})
        if not all(block.get(each) is True for each in closed):
            yield name, "it does not block all public access"
        if bucket.get("AccessControl", "Private") != "Private" or "WebsiteConfiguration" in bucket:
            yield name, "it is open to the public"
    for name, policy in _of(resources, "AWS::S3::BucketPolicy"):
        for statement in _list(policy.get("PolicyDocument", {}).get("Statement")):
            if statement.get("Effect") == "Allow" and "*" in _principals(statement):
                yield name, "it lets everybody in"


# ------------------------------------------------------------------- what they look at


def _deliveries(resources: Resources) -> Iterator[tuple[str, set[str]]]:
    """Every event source, with the queues for what it cannot deliver."""
    for name, mapping in _of(resources, "AWS::Lambda::EventSourceMapping"):
        yield name, _kept_in(resources, _named(mapping.get("EventSourceArn")), mapping)
    for name, schedule in _of(resources, "AWS::Scheduler::Schedule"):
        yield name, _kept_in(resources, "", schedule.get("Target", {}))
    for name, rule in _of(resources, "AWS::Events::Rule"):
        for target in rule.get("Targets", []):
            yield name, _kept_in(resources, "", target)
    for name, subscription in _of(resources, "AWS::SNS::Subscription"):
        if subscription.get("Protocol") not in BY_PEOPLE:
            yield name, _kept_in(resources, "", subscription)
    for name, function in _of(resources, "AWS::Serverless::Function"):
        for event in function.get("Events", {}).values():
            if event["Type"] not in ANSWERED_BY_SAM:
                about = event.get("Properties", {})
                kept_in = _kept_in(resources, _named(about.get("Queue")), about)
                yield name, kept_in or _failed_runs(function)
    yield from _invocations_without_an_answer(resources)


def _kept_in(resources: Resources, source: str, about: dict[str, Any]) -> set[str]:
    """Where an event goes that cannot be delivered, in each way in which AWS lets one say so.

    source: the queue from which the event comes, if it comes from one.
    """
    if _is(resources, source, "AWS::SQS::Queue"):
        return _set_aside(_properties(resources, source))
    return (
        _names(about.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))
        | _names(about.get("DeadLetterConfig", {}).get("Arn"))
        | _set_aside(about)
    )


def _failed_runs(function: dict[str, Any]) -> set[str]:
    """Where an event goes at which a function fails that nobody waits for."""
    config = function.get("EventInvokeConfig", {}).get("DestinationConfig", {})
    return (
        _names(config.get("OnFailure", {}).get("Destination"))
        | _names(function.get("DeadLetterQueue", {}).get("TargetArn"))
        | _names(function.get("DeadLetterConfig", {}).get("TargetArn"))
    )


def _invocations_without_an_answer(resources: Resources) -> Iterator[tuple[str, set[str]]]:
    """The functions that S3, SNS or EventBridge may invoke, with the queues for what fails."""
    failed: dict[str, set[str]] = {}
    for _, config in _of(resources, "AWS::Lambda::EventInvokeConfig"):
        failed[_named(config.get("FunctionName"))] = _kept_in(resources, "", config)
    for _, permission in _of(resources, "AWS::Lambda::Permission"):
        if permission.get("Principal") not in ANSWERED_AT_ONCE:
            function = _named(permission.get("FunctionName"))
            own = _failed_runs(_properties(resources, function))
            yield function, failed.get(function, set()) | own


def _handled(resources: Resources) -> Iterator[tuple[str, str]]:
    """Every queue with the function that handles its messages."""
    found = [
        (_named(mapping.get("EventSourceArn")), _named(mapping.get("FunctionName")))
        for _, mapping in _of(resources, "AWS::Lambda::EventSourceMapping")
    ]
    found += [
        (_named(event.get("Properties", {}).get("Queue")), name)
        for name, function in _of(resources, "AWS::Serverless::Function")
        for event in function.get("Events", {}).values()
    ]
    return ((queue, name) for queue, name in found if _is(resources, queue, "AWS::SQS::Queue"))


def _dead_letter_queues(resources: Resources) -> Iterator[str]:
    for kind in ("AWS::SQS::Queue", "AWS::SNS::Subscription"):
        for _, each in _of(resources, kind):
            yield from _set_aside(each)


def _set_aside(properties: dict[str, Any]) -> set[str]:
    """The queue for messages that were received, or sent, in vain."""
    return _names(properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"))


def _watched_queues(resources: Resources) -> Iterator[str]:
    """The queues whose messages make an alarm ring, and somebody hears it."""
    for _, alarm in _of(resources, "AWS::CloudWatch::Alarm"):
        rings = alarm.get("AlarmActions") and alarm.get("ActionsEnabled", True)
        if rings and alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible":
            for dimension in alarm.get("Dimensions", []):
                yield from _names(dimension.get("Value"))


def _of(resources: Resources, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The properties of every resource of these types, by its logical id."""
    for name, resource in resources.items():
        if resource.get("Type") in kinds:
            yield name, resource.get("Properties", {})


def _is(resources: Resources, name: str, kind: str) -> bool:
    return bool(resources.get(name, {}).get("Type") == kind)


def _properties(resources: Resources, name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources.get(name, {}).get("Properties", {})
    return found


def _principals(statement: dict[str, Any]) -> list[Any]:
    principal = statement.get("Principal")
    values = principal.values() if isinstance(principal, dict) else [principal]
    return [each for value in values for each in _list(value)]


def _names(reference: Any) -> set[str]:
    """The logical ids that a value refers to, in whichever branch of an `If`."""
    return {name for each in _alternatives(reference) if (name := _named(each))}


def _named(reference: Any) -> str:
    """The logical id that a reference has, or an empty text."""
    match reference:
        case {"Ref": str(name)} if not name.startswith("AWS::"):
            return name
        case {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
    return ""


def _alternatives(value: Any) -> list[Any]:
    match value:
        case {"Fn::If": [_, yes, no]}:
            return [*_alternatives(yes), *_alternatives(no)]
    return [value]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# ------------------------------------------------------------------- for cfn-lint


class _Rule(CloudFormationLintRule):  # type: ignore[misc]
    tags = ("suport",)
    faults: Callable[[Resources], Iterable[Fault]]

    def match(self, cfn: Any) -> list[RuleMatch]:
        """Every fault of the template, at its resource."""
        resources: Resources = cfn.template.get("Resources", {})
        return [
            RuleMatch(["Resources", name], f"{name}: {wrong}")
            for name, wrong in type(self).faults(resources)
        ]


class Undelivered(_Rule):
    """Rule on event sources."""

    id = "E9101"
    shortdesc = "What an event source cannot deliver is kept, and rings an alarm"
    description = undelivered.__doc__
    faults = staticmethod(undelivered)


class Unlogged(_Rule):
    """Rule on log groups."""

    id = "E9102"
    shortdesc = "Each function has its own log group, which forgets"
    description = unlogged.__doc__
    faults = staticmethod(unlogged)


class UnsafeQueues(_Rule):
    """Rule on queues."""

    id = "E9103"
    shortdesc = "Each queue is encrypted and has a redrive"
    description = unsafe_queues.__doc__
    faults = staticmethod(unsafe_queues)


class ImpatientQueues(_Rule):
    """Rule on visibility timeouts."""

    id = "E9104"
    shortdesc = "A queue hides a message for six times the timeout of its function"
    description = impatient_queues.__doc__
    faults = staticmethod(impatient_queues)


class UnsafeTables(_Rule):
    """Rule on tables."""

    id = "E9105"
    shortdesc = "Each table forgets, can be restored and is protected, or says why not"
    description = unsafe_tables.__doc__
    faults = staticmethod(unsafe_tables)


class PublicBuckets(_Rule):
    """Rule on buckets."""

    id = "E9106"
    shortdesc = "No bucket is public"
    description = public_buckets.__doc__
    faults = staticmethod(public_buckets)

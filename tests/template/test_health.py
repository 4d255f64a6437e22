"""What the template promises about the state that Comanda is told of."""

import json
from collections.abc import Mapping
from typing import Any

from suport.domain.health import Part
from suport.register import health_record
from suport.runtime.observation import STAGE
from tests.support.template import (
    FUNCTIONS,
    TEMPLATE,
    alarms,
    evaluated,
    granted,
    parameters,
    properties,
    resources,
    statements,
    watched_metrics,
)

ENVIRONMENT = FUNCTIONS["WatchIncidents"]["Environment"]["Variables"]
WITHOUT_A_PART = {"WatchIncidents", "AnswerComanda", "CountFigures"}
"""The watcher tells its own health by the age of its record; the others give figures, no help."""
MISSED = {"WatchesMissed", "CountsMissed"}
"""The queues behind the schedules of these functions."""


def watched() -> Mapping[str, Mapping[str, list[str]]]:
    """What the watcher looks at, by logical ids."""
    parts: Mapping[str, Mapping[str, list[str]]] = json.loads(ENVIRONMENT["WATCHED"]["Fn::Sub"])
    return {
        part: {kind: [name.strip("${}") for name in names] for kind, names in of.items()}
        for part, of in parts.items()
    }


def test_every_function_belongs_to_one_part_of_the_service() -> None:
    functions = [name for of in watched().values() for name in of["functions"]]
    assert sorted(functions) == sorted(FUNCTIONS.keys() - WITHOUT_A_PART)
    assert watched().keys() == set(Part) - {Part.API}


def test_every_queue_for_what_failed_belongs_to_one_part_and_can_be_looked_at() -> None:
    queues = [name for of in watched().values() for name in of["dead_letters"]]
    watched_by_alarms = {
        metric["Dimensions"][0]["Value"]["Fn::GetAtt"].partition(".")[0]
        for alarm in alarms().values()
        for metric in watched_metrics(alarm)
        if metric["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    assert sorted(queues) == sorted(watched_by_alarms - MISSED)
    assert {queue for _, queue in looked_at("sqs:GetQueueAttributes")} == {
        f"{name}.Arn" for name in queues
    }


def looked_at(action: str) -> set[tuple[str, str]]:
    return {each for each in granted("WatchIncidentsRole") if each[0] == action}


def test_the_watcher_writes_its_record_and_no_figure() -> None:
    (of_figures,) = [
        each
        for each in statements("WatchIncidentsRole")
        if each["Resource"] == {"Fn::GetAtt": "Figures.Arn"}
    ]
    assert of_figures["Action"] == ["dynamodb:GetItem", "dynamodb:PutItem"]
    assert of_figures["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [health_record.PERIOD]}
    }
    keys: dict[str, Any] = {key["KeyType"]: key for key in properties("Figures")["KeySchema"]}
    assert keys["HASH"]["AttributeName"] == "period"


def test_the_watcher_learns_of_no_secret_and_no_file() -> None:
    may = {action for action, _ in granted("WatchIncidentsRole")}
    assert {action for action in may if action.startswith(("secretsmanager:", "s3:"))} == {
        "secretsmanager:DescribeSecret",
        "s3:GetBucketLocation",
    }


def test_the_answers_are_counted_of_this_api_and_its_stage() -> None:
    api = TEMPLATE["Resources"]["Api"]["Properties"]
    assert (ENVIRONMENT["API_NAME"], STAGE) == (api["Name"], api["StageName"])


def test_the_state_is_for_comanda_alone_unless_the_template_opens_it() -> None:
    assert parameters()["HealthForEverybody"] == "off"
    told = FUNCTIONS["AnswerComanda"]["Environment"]["Variables"]["HEALTH_FOR_EVERYBODY"]
    assert told == {"Ref": "HealthForEverybody"}
    assert resources("AWS::SecretsManager::Secret")["ComandaSecret"]


def test_the_state_is_found_out_unless_a_stage_has_nobody_who_asks_for_it() -> None:
    assert ENVIRONMENT["COMANDA"] == {"Ref": "Comanda"}
    assert evaluated({"Condition": "AnswersComanda"}, parameters())
    assert not evaluated({"Condition": "AnswersComanda"}, parameters(Comanda="off"))
    (rule,) = TEMPLATE["Rules"]["ItsStateIsFoundOutForComanda"]["Assertions"]
    assert rule["Assert"] == {"Fn::Equals": [{"Ref": "Comanda"}, "on"]}

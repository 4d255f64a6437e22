"""What the template promises about the figures: counted every night, kept, and nobody in them."""

from datetime import timedelta

from suport.domain.figures import COUNTED_AFTER
from suport.register import guide_votes
from tests.support.template import FUNCTIONS, RESOURCES, granted, properties, statements
from tests.support.transformed import resources as transformed_resources


def test_the_figures_are_counted_every_night_in_madrid() -> None:
    schedule = FUNCTIONS["CountFigures"]["Events"]["Schedule"]
    assert schedule["Type"] == "ScheduleV2"
    told = schedule["Properties"]
    assert told["ScheduleExpression"] == "cron(30 1 * * ? *)"
    assert timedelta(hours=1, minutes=30) == COUNTED_AFTER
    assert told["ScheduleExpressionTimezone"] == "Europe/Madrid"
    deployed = transformed_resources("prod", "AWS::Scheduler::Schedule")["CountFiguresSchedule"]
    assert deployed["ScheduleExpressionTimezone"] == "Europe/Madrid"
    assert told["RoleArn"] == {"Fn::GetAtt": "CountFiguresScheduleRole.Arn"}
    assert told["OmitName"] is True
    assert granted("CountFiguresScheduleRole") == {
        ("lambda:InvokeFunction", "CountFigures.Arn"),
        ("sqs:SendMessage", "CountsMissed.Arn"),
    }


def test_the_nightly_count_sees_no_more_of_the_register_than_the_index_of_the_figures() -> None:
    assert granted("CountFiguresRole") == {
        ("dynamodb:Query", "${Register.Arn}/index/figures"),
        *((f"dynamodb:{action}", "Figures.Arn") for action in ("Query", "PutItem", "UpdateItem")),
    }


def test_citizens_pages_read_the_latest_figures_count_whether_a_guide_helped_and_no_more() -> None:
    latest, votes = ("dynamodb:Query", "latest"), ("dynamodb:UpdateItem", guide_votes.PERIOD)
    for role, allowed in (("ShowHelpRole", [votes, latest]), ("TrackIncidentRole", [latest])):
        of_figures = [each for each in statements(role) if "Figures.Arn" in str(each["Resource"])]
        assert [(each["Action"], each["Condition"]) for each in of_figures] == [
            (action, {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [period]}})
            for action, period in allowed
        ]
    assert not [each for each in granted("SubmitIncidentRole") if "Figures.Arn" in each[1]]


def test_comanda_is_answered_from_what_is_recorded_and_its_own_secret_alone() -> None:
    assert granted("AnswerComandaRole") == {
        ("dynamodb:GetItem", "Figures.Arn"),
        ("dynamodb:Query", "Figures.Arn"),
        ("dynamodb:GetItem", "KnownProblems.Arn"),
        ("secretsmanager:GetSecretValue", "ComandaSecret.Id"),
    }
    others = {name for name in RESOURCES if name.endswith("Role")} - {"AnswerComandaRole"}
    assert not [
        name
        for name in others
        if RESOURCES[name]["Type"] == "AWS::IAM::Role" and "ComandaSecret" in str(properties(name))
    ]


def test_the_desk_reads_the_figures_and_writes_none() -> None:
    of_figures = {each for each in granted("WorkIncidentRole") if each[1].startswith("Figures")}
    assert {action for action, _ in of_figures} == {"dynamodb:GetItem", "dynamodb:Query"}
    assert ("dynamodb:Query", "${Register.Arn}/index/figures") not in granted("WorkIncidentRole")


def test_the_figures_stay() -> None:
    table = properties("Figures")
    assert "TimeToLiveSpecification" not in table
    assert "StreamSpecification" not in table
    assert table["SSESpecification"] == {"SSEEnabled": True}

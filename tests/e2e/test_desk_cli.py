"""The support teams' day with the real command, each team in its own role, enforced by IAM."""

import json
from typing import TYPE_CHECKING, Any

from tests.support.citizen import Citizen
from tests.support.mails import sent
from tests.support.operator_desk import Desk, SignIn, messages, queued, taken
from tests.support.patience import await_truth
from tests.support.service import CONTACT, RECORDED_CONTACT, Service
from tests.support.uploads import PDF, Uploader

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def mails(service: Service, reference: str) -> list[str]:
    """The kinds of the mails sent about the incident, as the register has them, oldest first."""
    there = {mail["MessageId"] for mail in sent(service)}
    told = [item["content"] for item in service.items(reference) if item["kind"] == "mail"]
    return [mail["kind"] for mail in told if mail["message_id"] in there]


def rate(service: Service, receipt: dict[str, Any], score: int) -> int:
    """The citizen opens the incident on the web and rates the help."""
    citizen = Citizen(service)
    citizen.post("track", {name: receipt[name] for name in ("reference", "access_code")})
    rating = {"reference": receipt["reference"], "score": str(score)}
    return citizen.post("rate", rating).status


def test_an_incident_goes_from_the_citizen_to_two_teams_and_back(
    service: Service, anna: Desk, bert: Desk, carla: Desk
) -> None:
    receipt = queued(service)
    reference, code = receipt["reference"], receipt["access_code"]

    # pull claims the incident and shows the contact data, and the register records the look
    pulled = anna.pulled(reference)
    assert pulled["incident"]["contact"] == RECORDED_CONTACT
    assert pulled["message"]["content"]["reason"] == "submitted"
    service.await_status(reference, "claimed")
    viewed = [each for each in service.actions(reference) if each["action"] == "viewed"]
    assert [(each["operator"], each["contact"]) for each in viewed] == [("anna", True)]

    # the operator replies; the citizen reads it
    assert anna("reply", reference, "-m", "Do not pay again.", "--yes").code == 0
    read = service.get(f"/v1/incidents/{reference}", code).text
    assert "Do not pay again." in read
    await_truth(lambda: "reply" in mails(service, reference))
    assert "anna" not in read

    # the operator asks; the citizen's answer puts the incident back in the queue, for a colleague
    assert anna("ask", reference, "-m", "Which browser do you use?", "--yes").code == 0
    assert service.incident(reference)["status"] == "waiting"
    service.post(f"/v1/incidents/{reference}/messages", {"body": "Firefox."}, code)
    again = bert.pulled(reference)
    assert again["message"]["content"]["reason"] == "citizen_replied"
    assert any(entry.get("body") == "Firefox." for entry in again["incident"]["history"])

    # the colleague adds a note that the citizen never sees, and transfers to the other team
    assert bert("note", reference, "-m", "It is the certificate.", "--yes").code == 0
    transferred = bert("transfer", reference, "signature", "--reason", "The certificate.")
    assert transferred.code == 0
    assert bert("show", reference).code == 4
    there = carla.pulled(reference)
    assert there["message"]["content"]["reason"] == "transferred"
    assert "It is the certificate." not in service.get(f"/v1/incidents/{reference}", code).text

    # the other team resolves the incident; the citizen rates the help
    assert carla("resolve", reference, "-m", "It is solved.", "--yes").code == 0
    assert service.incident(reference)["status"] == "resolved"
    assert rate(service, receipt, 5) == 303
    await_truth(lambda: service.incident(reference).get("rating") == 5)
    await_truth(lambda: "solution" in mails(service, reference))
    assert [kind for kind in mails(service, reference) if kind != "acknowledgement"] == [
        *("reply", "question", "solution")
    ]
    assert messages(service, reference) == [
        "Do not pay again.",
        "Which browser do you use?",
        "It is solved.",
    ]


def test_an_answer_is_held_back_until_the_operator_sees_the_citizens_new_message(
    service: Service, anna: Desk
) -> None:
    receipt = queued(service)
    reference, code = receipt["reference"], receipt["access_code"]
    anna.pulled(reference)
    written = {"body": "Wait: it was the other card."}
    service.post(f"/v1/incidents/{reference}/messages", written, code)

    def listed() -> dict[str, Any]:
        incidents = anna("list", "--mine", "--all", "--json").json["incidents"]
        return next(each for each in incidents if each["reference"] == reference)

    await_truth(lambda: listed()["unread"] == 1)
    assert listed()["last_written"]["by"] == "citizen"
    resolve = ("resolve", reference, "-m", "It is solved.", "--yes")
    overtaken = anna(*resolve)
    assert overtaken.code == 1
    assert "Wait: it was the other card." in overtaken.out
    assert f"The citizen has written since {reference} was last shown to you" in overtaken.err
    assert anna.drafts == ["It is solved."]
    assert service.incident(reference)["status"] == "claimed"
    assert anna(*resolve).code == 0
    assert (messages(service, reference), anna.drafts) == (["It is solved."], [])


def test_nobody_acts_on_a_colleagues_incident(service: Service, anna: Desk, bert: Desk) -> None:
    reference = queued(service)["reference"]
    anna.pulled(reference)
    claimed = bert("claim", reference, "--json")
    assert (claimed.code, claimed.json["problem"]["claimed_by"]) == (1, "anna")
    assert bert("reply", reference, "-m", "Mine?", "--yes").code == 1
    masked = bert("show", reference, "--json").json
    assert masked["contact_shown"] is False
    assert CONTACT["email"] not in json.dumps(masked)


def test_an_incident_taken_by_phone_is_in_the_teams_queue(service: Service, anna: Desk) -> None:
    call = ("--message", "The card was refused twice.", "--error-code", "190")
    taken = anna("new", *call, "--phone", "+34 971 48 17 26", "--yes", "--json")
    assert taken.code == 0, taken.err
    assert taken.json.keys() == {"reference", "category", "status"}
    pulled = anna.pulled(taken.json["reference"])
    assert pulled["incident"]["origin"] == "phone"
    assert service.incident(taken.json["reference"])["claimed_by"] == "anna"


def test_a_citizens_file_is_saved_as_it_arrived(
    service: Service, store: "S3Client", anna: Desk
) -> None:
    citizen = Uploader(service, store, taken(service)["reference"])
    file = citizen.add(PDF)
    citizen.await_added(file)
    saved = anna.folder / "proof.pdf"
    assert anna("file", citizen.reference, file, "--to", saved).code == 1  # not claimed yet
    assert anna("claim", citizen.reference).code == 0
    got = anna("file", citizen.reference, file, "--to", saved, "--json")
    assert (got.code, saved.read_bytes()) == (0, PDF), got.err
    looks = [each for each in service.actions(citizen.reference) if each.get("file") == file]
    told = [(each["action"], each["operator"]) for each in looks]
    assert told == [("refused", "anna"), ("viewed", "anna")]


def test_data_protection_sees_at_the_desk_who_looked_and_for_what(
    service: Service, sign_in: SignIn, anna: Desk, bert: Desk
) -> None:
    reference = taken(service)["reference"]
    assert bert("show", reference, "--for", "check").code == 0
    assert anna("claim", reference).code == 0
    viewed = sign_in("olga", "payment")("viewed", reference)
    assert viewed.code == 0, viewed.err
    rows = [" ".join(line.split()) for line in viewed.out.splitlines()]
    for who in ("bert payment check not", "anna payment claim shown", "olga data protection audit"):
        assert [row for row in rows if who in row], viewed.out


def test_a_dead_letter_of_a_queued_incident_is_redriven(service: Service, anna: Desk) -> None:
    reference = queued(service)["reference"]
    service.inbox.take()  # nobody else can get the message now
    letter = service.inbox.of(reference)[-1][1]
    service.sqs.send_message(
        QueueUrl=service.environment["PAYMENT_DEAD_LETTER_QUEUE_URL"],
        MessageBody=json.dumps(letter),
    )
    driven = anna("dead-letters", "--redrive", "--json")
    assert driven.code == 0, driven.err
    assert [(each["reference"], each["done"]) for each in driven.json] == [
        (reference, "queued again")
    ]
    assert service.waiting("PAYMENT_DEAD_LETTER_QUEUE_URL") == 0
    assert anna.pulled(reference)["message"]["content"]["reason"] == "requeued"


def test_lists_and_figures_are_the_teams_own(service: Service, anna: Desk, carla: Desk) -> None:
    reference = taken(service)["reference"]
    listed = {each["reference"] for each in anna("list", "--all", "--json").json["incidents"]}
    assert reference in listed
    others = {each["reference"] for each in carla("list", "--all", "--json").json["incidents"]}
    assert listed & others == set()
    figures = anna("stats", "--json").json
    assert figures["category"] == "payment"
    assert figures["open"] >= 1
    assert anna("stats").code == 0
    assert anna("list").code == 0


def test_another_teams_queue_and_incidents_are_refused(service: Service, anna: Desk) -> None:
    reference = service.routed(category="signature")["reference"]
    assert anna("claim", reference).code == 4
    crossed = dict(anna.environment)
    crossed["PAYMENT_QUEUE_URL"] = crossed["SIGNATURE_QUEUE_URL"]
    desk = Desk(anna.name, anna.team, anna.folder, crossed)
    refused = desk("pull", "--wait", 0)
    assert (refused.code, "AccessDenied" in refused.err) == (4, True)


def test_the_doctor_finds_a_desk_well_and_another_teams_role_wrong(
    service: Service, anna: Desk
) -> None:
    well = anna("doctor", "--json")
    assert (well.code, well.json["well"]) == (0, True), well.out
    assert {each["verdict"] for each in well.json["checks"]} == {"ok"}
    others = {"PAYMENT_TEAM_ROLE_ARN": service.environment["SIGNATURE_TEAM_ROLE_ARN"]}
    lost = Desk(anna.name, anna.team, anna.folder, {**anna.environment, **others})
    found = lost("doctor", "--json")
    verdicts = {each["check"]: each["verdict"] for each in found.json["checks"]}
    assert found.code == 1
    assert [name for name, verdict in verdicts.items() if verdict == "mend"] == ["Queue", "Desk"]

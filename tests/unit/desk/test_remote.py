"""How the command line invites a citizen to show the screen."""

from tests.support.desk import REFERENCE, Desk, Service, problem

INVITE = f"POST /incidents/{REFERENCE}/remote"
END = f"DELETE /incidents/{REFERENCE}/remote"
INVITED = {
    "reference": REFERENCE,
    "state": "invited",
    "join_code": "ABCD-EFGH",
    "join_by": "2026-11-26T10:15:00.000Z",
    "address": "https://suport.example.test/de/join",
    "watch": f"https://suport.example.test/desk/en/remote?reference={REFERENCE}",
    "ice_transport_policy": "relay",
    "ice_servers": [
        {"urls": ["turns:relay.example.test"], "username": "name", "credential": "password"}
    ],
}


def test_an_invitation_is_all_that_an_operator_reads_out_and_where_they_watch(
    service: Service, desk: Desk
) -> None:
    service.answers[INVITE] = (201, INVITED)
    shown = desk("remote", REFERENCE).out
    assert "ABCD-EFGH" in shown
    assert "26 Nov 2026, 11:15" in shown  # in Madrid
    assert f"Citizen:    {INVITED['address']}\n" in shown
    assert f"You watch:  {INVITED['watch']}\n" in shown
    assert "password" not in shown
    assert desk("remote", REFERENCE, "--json").json == INVITED


def test_remote_support_is_ended_from_the_command_line(service: Service, desk: Desk) -> None:
    ended = {"state": "ended", "ended": {"by": "operator", "reason": "stopped"}}
    service.answers[END] = (200, ended)
    assert desk("remote", REFERENCE, "--end").out == f"{REFERENCE}: remote support has ended.\n"
    assert desk("remote", REFERENCE, "--end", "--json").json == ended
    assert service.requests() == [END, END]


def test_the_service_says_why_it_does_not_invite(service: Service, desk: Desk) -> None:
    service.answers[INVITE] = problem(409, "no-relay")
    refused = desk("remote", REFERENCE)
    assert (refused.code, "Not now." in refused.err, refused.out) == (1, True, "")
    service.answers[END] = problem(404, "no-such-session")
    assert desk("remote", REFERENCE, "--end").code == 1

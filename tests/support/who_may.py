"""Who may do what: by who asks, with which team the incident is, and in which state.

Written from what the requirements and `docs` promise, and not from the code. In each cell:

yes    it is done or shown
in     the browser is led to the sign-in
led    the browser is led to the page that asks for the access code
403    refused with that status; nothing is written, and nothing of the incident is in the answer
403!   the same; that somebody asked is recorded, and nothing else
409~   refused with that status at the web desk: the form comes back on its page with what the
       operator may see anyway. The page is a look, and what was typed is kept as a draft. A program
       gets 409 alone
"""

from collections.abc import Mapping

type Table = Mapping[str, Mapping[str, str]]
"""What is expected, by the row and the column."""


def _table(text: str) -> Table:
    header, *rows = [line.split() for line in text.strip().splitlines() if line.strip()]
    made = {}
    for name, *cells in rows:
        made[name] = dict(zip(header, cells, strict=True))
    return made


ON_AN_INCIDENT = _table("""
                nobody  colleague  colleague-waits  own   own-waits  ended  other-team
look            yes     yes        yes              yes   yes        yes    403!
claim           yes     409~       yes              yes   yes        409~   403!
take-over       409~    yes        yes              yes   yes        409~   403!
write           409~    409~       409~             yes   yes        409~   403!
draft           yes     yes        yes              yes   yes        yes    403!
note            yes     yes        yes              yes   yes        yes    403!
transfer        409~    409~       409~             yes   yes        409~   403!
hand-over       409~    409~       409~             yes   yes        409~   403!
snooze          409~    409~       409~             yes   yes        409~   403!
release         409~    409~       409~             yes   yes        409~   403!
resolve         409~    409~       409~             yes   yes        409~   403!
access-code     yes     yes        yes              yes   yes        yes    403!
correct         409     409        409              yes   yes        yes    403!
file            409!    409!       409!             yes   yes        409!   403!
export          409!    409!       409!             yes   yes        yes    403!
foresee         409!    409!       409!             yes   yes        yes    403!
erase           409!    409!       409!             yes   yes        yes    403!
link-problem    yes     yes        yes              yes   yes        409~   403!
unlink-problem  yes     yes        yes              yes   yes        yes    403!
follow          409~    409~       409~             yes   yes        409~   403!
unfollow        yes     yes        yes              yes   yes        yes    403!
remote-page     409     404        404              yes   yes        409    403!
invite          409     409        409              yes   yes        409    403!
""")
"""What operators do with an incident, by API and at the web desk alike.

The columns say who has it: nobody, a colleague of the team, the operator; whether it waits for its
citizen; that it has ended; or that another team has it. Of one that has expired or was erased
everything is 404. Nobody who is in no team gets anything but 403, in every state.
"""

WITH_A_CONSENT = _table("""
                never-agreed  agreed  other-team
withdraw        409~          yes     403!
""")
"""What the whole team does for a citizen who takes a consent back."""

IN_A_SESSION = _table("""
                none  invited  shown
watch           404   yes      yes
answer          404   409      yes
accept-control  404   409      yes
end             404   yes      yes
""")
"""What the operator does who has invited the citizen; for everybody else it is always 404."""

PLACES = _table(
    """
                     team  supervisor  editor  officer  nobody
GET  list            yes   away        away    away     in
POST next            yes   422         422     422      403
GET  shift           yes   403         403     403      in
POST shift           yes   403         403     403      403
GET  new             yes   403         403     403      in
POST new             yes   403         403     403      403
GET  search          yes   403         403     403      in
POST search          yes   403         403     403      403
GET  problems        403   403         yes     403      in
GET  problem         403   403         yes     403      in
POST problem         403   403         yes     403      403
POST link            403   403         yes     403      403
POST unlink          403   403         yes     403      403
POST answer-all      403   403         yes     403      403
GET  guides          403   yes         yes     403      in
GET  teams           403   yes         403     403      in
GET  team            403   yes         403     403      in
POST team            403   yes         403     403      403
GET  sessions        403   yes         403     403      in
POST sessions        403   yes         403     403      403
GET  looks           403   403         403     yes      in
GET  keys            yes   yes         yes     yes      in
POST keys            yes   yes         yes     yes      403
""".replace("GET  ", "GET:").replace("POST ", "POST:")
)
"""The other pages of the web desk. away: led to a page of their own."""

BY_PROGRAMS = _table("""
                                team  officer  nobody
GET:/v1/desk/incidents          yes   403      403
POST:/v1/desk/incidents         yes   403      403
GET:/v1/desk/erased             yes   403      403
GET:/v1/desk/stats              yes   403      403
GET:/v1/desk/reports/{month}    404   403      403
GET:/v1/desk/proofs/{month}     404   404      403
GET:/v1/desk/viewed/{reference} 403   yes      403
""")
"""The rest of the operators' API. 404: of that month nothing is recorded."""

CITIZENS = _table("""
                                            open  ended  expired  erased  wrong  none
GET:/v1/incidents/{reference}               yes   yes    404      404     404    401
POST:/v1/incidents/{reference}/messages     yes   yes    404      404     404    401
GET:/v1/incidents/{reference}/export        yes   yes    404      404     404    401
PATCH:/v1/incidents/{reference}/contact     yes   yes    404      404     404    401
POST:/v1/incidents/{reference}/contact      409   409    404      404     404    401
DELETE:/v1/incidents/{reference}            yes   yes    404      404     404    401
POST:/v1/incidents/{reference}/erasure      409   409    404      yes     404    401
POST:/v1/incidents/{reference}/consents     yes   409    404      404     404    401
""")
"""What a citizen's program may do. wrong: with an access code that does not open the incident,
another one's, or one that was replaced. none: without a code, no matter who signs the request."""

PAGES = _table("""
                     open      resolved  closed    expired   erased    over      other
GET:track            yes       yes       yes       404       404       yes       yes
GET:export           yes       yes       yes       404       404       led       yes
POST:reply           yes       yes       yes       404       404       403       409
GET:close            yes       yes       yes       404       404       led       yes
POST:close           yes       yes       yes       404       404       403       409
POST:reopen          yes       yes       yes       404       404       403       409
GET:rate             yes       yes       yes       404       404       led       yes
POST:rate            409       yes       409       404       404       403       409
GET:access-code      yes       yes       yes       404       404       led       yes
POST:access-code     yes       yes       yes       404       404       403       409
GET:contact-data     yes       yes       yes       404       404       led       yes
POST:contact-data    yes       yes       yes       404       404       403       409
GET:erase            yes       yes       yes       404       yes       led       yes
POST:erase           yes       yes       yes       404       yes       403       409
GET:files            yes       yes       yes       404       404       led       yes
GET:file             yes       yes       yes       404       404       led       404
GET:remove-file      yes       yes       yes       404       404       led       yes
POST:remove-file     yes       yes       yes       404       404       403       409
GET:remote-support   yes       yes       yes       yes       yes       yes       yes
POST:remote-support  yes       409       409       404       404       403       409
""")
"""The pages of an incident that a browser has open. over: the browser had it open for half an hour,
or by a code that was replaced, or never. other: it has another incident open, and the form is of
this one; its pages then show the other one. Only an
operator's solution is rated. What remote support is can be read by everybody."""

IN_THE_BROWSER_THAT_SHOWS = _table("""
                         shown  else
GET:/v1/remote           yes    404
PUT:/v1/remote/offer     yes    404
POST:/v1/remote/control  yes    404
POST:/v1/remote/end      yes    404
GET:/v1/remote/receipt   yes    404
""")
"""What the page asks that shows a screen; else: another browser, or nothing is shown."""

COMANDA = {
    "/comanda/salut",
    "/comanda/salut/info",
    "/comanda/estadistiques",
    "/comanda/estadistiques/info",
    "/comanda/estadistiques/of/{day}",
    "/comanda/estadistiques/from/{day}/to/{last}",
}
"""What only the dashboard's user and password open; 401 without."""

OPEN_TO_EVERYBODY = {
    *("/", "/{language}", "/{language}/help", "/{language}/procedures", "/{language}/guides"),
    *("/{language}/guides/{guide}", "/{language}/incident", "/{language}/{notice}"),
    *("/{language}/{notice}/{rest+}", "/{language}/contact", "/{language}/lost-code"),
    *("/{language}/leave", "/{language}/join", "/v1/privacy-notice", "/v1/remote-support-notice"),
    *("/v1/procedures", "/v1/contact", "/v1/incidents", "/v1/openapi.json", "/assets/{name}"),
    *("/desk", "/desk/{language}", "/desk/sign-in", "/desk/callback", "/desk/signed-out"),
    "/desk/{language}/sign-out",
}
"""Addresses that know no incident and nobody, at whatever method.

The code that admits to a remote session, and the access code on the page that asks for it, are
typed into `join` and `track`: tried in a test of their own.
"""

LEAD_BACK = {"GET:reply", "GET:reopen", "POST:export", "POST:files", "POST:file"}
"""Addresses that have no page of their own and show nothing."""

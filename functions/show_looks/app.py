"""Shows data protection who looked at an incident, and nothing of what was written in it.

The session that signed names the officer, never a field of the request. That the officer looked is
recorded, too.
"""

import os
from http import HTTPStatus

from suport.domain.operator_identity import data_protection_officer
from suport.domain.reference import parse_reference
from suport.http import query
from suport.http.api import Api
from suport.http.refusals import TO_DATA_PROTECTION
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.register.deployed import register
from suport.runtime import clock
from suport.views.looks_view import looks_view

from aws_lambda_powertools import Logger

logger = Logger()


def show(request: Request) -> Response:
    """The looks at an incident and the refused attempts, the newest first."""
    role, account = os.environ["DATA_PROTECTION_ROLE"], os.environ["ACCOUNT_ID"]
    officer = data_protection_officer(request.caller, role, account)
    before = query.before(request.query.get("before"))
    reference = parse_reference(request.parameters["reference"])
    seen = register().audit_looks(reference, officer, clock.now(), before=before)
    logger.info("data protection looked")
    return json_answer(HTTPStatus.OK, looks_view(*seen))


api = Api({("GET", "/v1/desk/viewed/{reference}"): show}, TO_DATA_PROTECTION)
handler = api.handler

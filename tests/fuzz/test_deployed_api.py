"""The published API as it is deployed: API Gateway itself stands between request and function."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from local import ROOT
from tests.support.service import Service

SCHEMA: Any = schemathesis.openapi.from_path(ROOT / "docs/openapi.json")
OPERATIONS = {
    each.ok().label: each.ok()
    for each in SCHEMA.get_all_operations()
    if not each.ok().path.startswith("/v1/desk/")  # API Gateway lets through only what is signed
}
CHECKS: Any = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def known(service: Service) -> dict[str, Any]:
    """The receipt of an incident."""
    return service.submitted()


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(
    max_examples=max(1, settings().max_examples // 50),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_every_answer_of_the_deployed_service_is_as_published(
    service: Service, known: dict[str, Any], operation: str, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
    case = data.draw(OPERATIONS[operation].as_strategy(generation_mode=mode))
    if data.draw(st.booleans()) and "reference" in (case.path_parameters or {}):
        case.path_parameters["reference"] = known["reference"]
    if data.draw(st.booleans()):
        authorization = f"Bearer {known['access_code']}"
        case.headers = {**(case.headers or {}), "Authorization": authorization}
    case.call_and_validate(base_url=service.environment["API_URL"], checks=CHECKS)

"""A function answers exactly the routes that API Gateway sends to it."""

import pytest

from tests.support.gateway import Load
from tests.support.template import FUNCTIONS, snake

ROUTED = {
    snake(logical_id): {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for event in properties["Events"].values()
        if event["Type"] == "Api"
    }
    for logical_id, properties in FUNCTIONS.items()
}


@pytest.mark.parametrize("function", sorted(ROUTED.keys() - {"serve_asset"}))
def test_a_function_answers_the_routes_that_the_template_gives_it(
    function: str, load: Load
) -> None:
    """HEAD gets the answer to GET, and addresses without a page have no route in any function."""
    routed = {
        (method, resource)
        for method, resource in ROUTED[function]
        if method != "HEAD" and not resource.endswith("+}")
    }
    app = load(function)
    served = [getattr(app, name) for name in ("site", "api", "desk") if hasattr(app, name)]
    assert routed == set().union(*(each.routes for each in served))

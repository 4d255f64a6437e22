"""The layer describes to botocore the services that functions call, and no others."""

import ast
import re

from local import ROOT


def test_the_layer_knows_every_service_that_a_function_has_a_client_of() -> None:
    source = (ROOT / "layers/suport/python/suport/runtime/aws.py").read_text()
    named = {
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"
        for argument in [node.slice]
        if isinstance(argument, ast.Constant)
    }
    makefile = (ROOT / "layers/dependencies/Makefile").read_text()
    (kept,) = re.findall(r"^SERVICES := (.+)$", makefile, re.MULTILINE)
    assert set(kept.split()) == named

"""How AWS is called: only what is called is described to botocore, and nobody goes unchecked."""

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


def test_nothing_switches_off_the_check_of_a_servers_certificate() -> None:
    unchecked = r"verify\s*=\s*False|CERT_NONE|use_ssl\s*=\s*False|_create_unverified_context"
    sources = [
        path
        for folder in ("functions", "layers/suport/python", "desk/src", "operations")
        for path in (ROOT / folder).rglob("*.py")
    ]
    assert sources
    assert [path.name for path in sources if re.search(unchecked, path.read_text())] == []

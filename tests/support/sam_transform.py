"""Prints the template as SAM gives it to CloudFormation; `transformed.py` runs this beside SAM."""

import json
import sys
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator


def main(parameters: str) -> None:
    """Transforms the template on standard input (JSON), with these parameters (JSON).

    The template has no loops any more: SAM leaves them to CloudFormation. What SAM has to expand
    them for itself takes `Fn::Sub` away where it cannot resolve it (SAM CLI 1.170).
    """
    template = json.load(sys.stdin, object_hook=_as_sam_reads_it)
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):  # `sam package` puts them into S3
                resource["Properties"][name] = "s3://packaged/" + resource["Properties"][name]
    managed_policies: dict[str, str] = {}  # the template uses none
    translator = Translator(managed_policies, Parser())
    sys.stdout.write(json.dumps(translator.translate(template, json.loads(parameters))))


def _as_sam_reads_it(part: dict[str, Any]) -> dict[str, Any]:
    match part:
        case {"Fn::GetAtt": str(name)}:
            return {"Fn::GetAtt": name.split(".", 1)}
    return part


if __name__ == "__main__":
    main(*sys.argv[1:])

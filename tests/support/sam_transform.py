"""Prints the template as SAM gives it to CloudFormation; `transformed.py` runs this beside SAM."""

import json
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def main(path: str, parameters: str) -> None:
    """Transforms the template at that path, with these parameters (JSON)."""
    template = yaml_parse(Path(path).read_text())
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):  # `sam package` puts them into S3
                resource["Properties"][name] = "s3://packaged/" + resource["Properties"][name]
    managed_policies: dict[str, str] = {}  # the template uses none
    translator = Translator(managed_policies, Parser())
    sys.stdout.write(json.dumps(translator.translate(template, json.loads(parameters))))


if __name__ == "__main__":
    main(*sys.argv[1:])

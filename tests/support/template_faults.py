"""Prints what the rules of `lint/` find; `test_template_rules.py` runs it beside cfn-lint.

It takes a JSON list of templates from standard input, and answers with a list of faults for each:
the id of the rule and the resource. cfn-lint finds the rules and prepares the templates as it does
for `make lint`; its own rules, which take most of the time, are left out.
"""

import json
import sys

from cfnlint.rules import Rules
from cfnlint.template import Template


def main(folder: str) -> None:
    rules = Rules.create_from_directory(folder).values()
    answer = []
    for number, template in enumerate(json.load(sys.stdin)):
        prepared = Template(f"{number}.json", template, ["eu-west-1"])
        assert prepared.transform() == []
        faults = [(rule.id, fault.path[1]) for rule in rules for fault in rule.match(prepared)]
        answer.append(faults)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

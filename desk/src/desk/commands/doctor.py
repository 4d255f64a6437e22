"""`desk doctor`: whether this desk can work, and what to mend if not."""

from typing import Annotated

from desk.command_line import Option, command
from desk.errors import Exit
from desk.operators_desk import Desk
from desk.settings import Access, load_for_data_protection, whence


@command("desk doctor", "desk --team signature doctor", "desk doctor --json")
def doctor(
    desk: Desk,
    *,
    data_protection: Annotated[bool, Option(help="In the role of data protection.")] = False,
) -> None:
    """Check settings, sign-in, clock, region, role, queue and service; say what to mend.

    It changes nothing, and records no look at personal data. What it prints holds no keys: you may
    paste it into a ticket. The exit code is 0 if all is well, else 1.
    """
    from desk.checkup import Checkup, Verdict

    def load() -> Access:
        if data_protection:
            return load_for_data_protection(local=desk.local)
        return desk.settings

    findings = []
    for each in Checkup(load, whence(local=desk.local)).findings():
        findings.append(each)
        if not desk.as_json:
            desk.output.say(f"{each.verdict:<5}  {each.check:<8}  {each.text}")
    is_well = all(each.verdict is Verdict.WELL for each in findings)
    told = [{"check": each.check, "verdict": each.verdict, "text": each.text} for each in findings]
    desk.output.result({"well": is_well, "checks": told})
    if not is_well:
        raise SystemExit(Exit.REFUSED)

"""Sends a draft. It is removed once the service has it, and stays while that is in doubt.

A definite refusal means that nothing was recorded under the key. Even then, the desk keeps what the
operator wrote. It forgets a command without a text: a later command must not reuse the key.
"""

from collections.abc import Callable
from typing import Any

from desk.drafts.kept_files import Draft
from desk.drafts.kinds import Kind
from desk.errors import NotAllowed, Refused, Trouble
from desk.service_vocabulary import Problem

_NEVER: dict[str, str] = {
    Problem.ALREADY_RESOLVED: "the incident is resolved, and only its citizen can reopen it",
    Problem.OTHER_TEAM: "another team has the incident",
    Problem.NOT_FOUND: "there is no such incident, or it is there no more",
}
"""After which refusals no text reaches its incident any more."""


def deliver(draft: Draft, request: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Makes the request that the draft is for, and removes the draft once that succeeds.

    Raises what `request` raises; its text also says what became of the draft.
    """
    try:
        answer = request()
    except Refused as refused:
        refused.args = (_refused(draft, refused),)
        raise
    except Trouble as trouble:
        trouble.args = (_unanswered(draft, trouble),)
        raise
    except KeyboardInterrupt as interrupted:
        interrupted.args = (_in_doubt(draft, ""),)
        raise
    draft.discard()
    return answer


def _refused(draft: Draft, refused: Refused) -> str:
    """What a definite refusal means, and what becomes of the draft."""
    if refused.name == Problem.ERASED:  # the draft is, too
        return str(refused)
    if refused.name == Problem.NO_TEAM:  # the service answers this before it looks at the key
        return _unanswered(draft, refused)
    recorded = refused.facts.get("reference")
    if draft.kind == Kind.CALL and refused.name == Problem.KEY_REUSED and recorded:
        draft.discard()
        return (
            f"This call is recorded already as {recorded}, with what you sent first, and was not"
            " recorded again: if the contact data were wrong, claim it and correct them with"
            f" desk contact {recorded}"
        )
    kept = _kept(draft)
    if draft.kind == Kind.CALL:
        draft.note_refused(refused.fields)
        kept += f": run desk new again with the right data, or desk new --from {draft.path}"
    elif not kept:
        draft.discard()
    elif refused.name in _NEVER:
        kept = kept_in_vain(draft, refused.name)
    elif refused.name == Problem.INVALID:
        kept += ", and would be refused again: change it first"
    said = str(refused)
    if refused.name == Problem.CHANGED_MEANWHILE:
        said = (
            f"The citizen has written since {draft.reference} was last shown to you, so nothing was"
            " done: read it, and run the same command again if it still holds."
        )
    return f"{said} {kept}".strip()


def kept_in_vain(draft: Draft, problem: str) -> str:
    """Says that the draft can never be sent, for that is the problem, and notes it.

    Empty if it can be sent later, or is empty.
    """
    why = _NEVER.get(problem)
    if why is None or not draft.has_text():
        return ""
    draft.note_refused((), why)
    return (
        f"What you wrote can never be sent: {why}. Copy what you need from {draft.path}, and throw"
        f" it away: desk drafts --discard {draft.reference}"
    )


def _unanswered(draft: Draft, trouble: Trouble) -> str:
    """What to do if nobody answered, or something other than the service."""
    said = str(trouble)
    if not isinstance(trouble, NotAllowed | Refused):
        return _in_doubt(draft, said)
    return f"{said} {_kept(draft)}".strip()


def _in_doubt(draft: Draft, said: str) -> str:
    """That the request may have been done, and how to find out."""
    again = f"desk new --from {draft.path}" if draft.kind == Kind.CALL else "The same command"
    said += (
        f" It may have been recorded all the same. {again} sends it again, and however often"
        " it is sent, it is recorded once."
    )
    return f"{said} {_kept(draft)}".strip()


def _kept(draft: Draft) -> str:
    return f"What you wrote is kept in {draft.path}" if draft.text else ""

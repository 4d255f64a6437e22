"""The reader of documents lets no command pass that nothing checks."""

import textwrap

import pytest

from tests.support import documents
from tests.support.documents import CONSOLE, ON_AWS, Unmarked, is_like, read


def document(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_console_gives_each_command_with_its_output() -> None:
    shown = read(
        document("""
        Try it:

        ```console
        $ . .local/env
        $ greet --to "$NAME" \\
            --from '{"name":
                     "Anna"}' | cat
        Hello,
            Bert
        $ echo "it's done"
        it's done
        ```
        """)
    )
    commands = shown.commands(CONSOLE)
    assert [each.text for each in commands] == [
        ". .local/env",
        'greet --to "$NAME" \\\n    --from \'{"name":\n             "Anna"}\' | cat',
        'echo "it\'s done"',
    ]
    assert [each.output for each in commands] == [[], ["Hello,", "    Bert"], ["it's done"]]
    assert [each.line for each in commands] == [4, 5, 10]
    assert shown.commands(ON_AWS) == []


def test_commands_that_only_aws_can_answer_are_kept_apart() -> None:
    shown = read("On AWS:\n\n```console aws\n$ aws sns list-topics\n```\n")
    assert [each.text for each in shown.commands(ON_AWS)] == ["aws sns list-topics"]
    assert shown.commands(CONSOLE) == []


def test_the_reader_finds_indented_make_commands_without_their_remarks() -> None:
    shown = read("Two:\n\n    make run     # all of it\n    make test ARGS='-k mail'\n\nEnd.\n")
    assert shown.make == ["make run", "make test ARGS='-k mail'"]


def test_the_reader_finds_commands_in_the_running_text_across_lines() -> None:
    shown = read("Say `make\nhelp`, or ``.tools/bin/desk --help``; `desk` alone is a name.\n")
    assert shown.spans == ["make help", ".tools/bin/desk --help"]


def test_files_keep_their_text() -> None:
    (block,) = read('```json\n{\n    "schema": 2\n}\n```\n').blocks
    assert (block.kind, block.text) == ("json", '{\n    "schema": 2\n}\n')


@pytest.mark.parametrize(
    "text",
    [
        "```bash\nrm -r build\n```\n",
        "```sh\n$ rm -r build\n```\n",
        "```\n$ rm -r build\n```\n",
        "```console someday\n$ rm -r build\n```\n",
        "```json\n$ rm -r build\n```\n",
        "~~~\n$ rm -r build\n~~~\n",
        "- in a list:\n\n  ```bash\n  rm -r build\n  ```\n",
        "$ rm -r build\n",
        "Then:\n\n    rm -r build\n",
        "Then:\n\n    make clean\n    rm -r build\n",
        "Then:\n\n    makes clean\n",
        "```console\nrm -r build\n```\n",
        "```console\n```\n",
        "```console\n$ rm -r build\n",
    ],
)
def test_the_reader_refuses_a_command_that_is_neither_run_nor_marked(text: str) -> None:
    with pytest.raises(Unmarked, match=r"guide\.md, line \d"):
        read(text, "guide.md")


def test_moments_references_and_ids_may_differ() -> None:
    shown = [
        '{"reference": "GQNC-YQBY-1H8C", "submitted_at": "2026-11-23T20:23:25.860Z",',
        ' "access_code": "81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD", "expires_on": "2027-05-23",',
        f' "entry": "01M85180ZD1XETBXW4XFFHFEC3", "sha256": "{"0af9" * 16}"}}',
        "0AGM-X1DY-06NQ  waiting  7 s    14 d    marta",
        "23 Nov 2026, 23:44  claimed by marta",
        "Code: 7GQX-2M9D",
        "http://127.0.0.1:8012/_aws/execute-api/32726368/suport/ca/help",
    ]
    printed = f"""\
{{"reference": "8HKG-W5BK-F7FC", "submitted_at": "2027-01-01T00:00:00+01:00",
 "access_code": "T21K-K5WB-8BJJ-J4EE-XSSD-BV5Z-85MB", "expires_on": "2027-07-01",
 "entry": "01M9ZZZZZZ1XETBXW4XFFHFEC3", "sha256": "{"77be" * 16}"}}
8HKG-W5BK-F7FC  waiting  12 min    13 d  marta
1 Jan 2027, 00:00  claimed by marta
Code: 0W3K-AAZ1
http://127.0.0.1:40517/_aws/execute-api/0a1b2c3d/suport/ca/help
"""
    assert is_like(shown, printed)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "queued: 3 of 4\n",
        "queued: 3 of 5\nfor signature\n",
        "queued: 3 of 4\nfor payment\n",
        "queued: 3 of 4\nfor signature\nand one more\n",
        "for signature\nqueued: 3 of 4\n",
        "queued: GQNC-YQBY-1H8C of 4\nfor signature\n",
        "Queued: 3 of 4\nfor signature\n",
    ],
)
def test_words_numbers_and_lines_may_not_differ(printed: str) -> None:
    shown = ["queued: 3 of 4", "for signature"]
    assert is_like(shown, "queued: 3 of 4\nfor signature\n")
    assert not is_like(shown, printed)


def test_an_ellipsis_matches_what_the_document_leaves_out() -> None:
    shown = ["{", '    "id": 1,', "    …", '    "text": "It was…', "}"]
    assert is_like(shown, '{\n    "id": 1,\n    "a": 2,\n    "b": 3,\n    "text": "It was so"\n}\n')
    assert is_like(shown, '{\n    "id": 1,\n    "text": "It was so"\n}\n')
    assert not is_like(shown, '{\n    "id": 2,\n    "text": "It was so"\n}\n')
    assert not is_like(shown, '{\n    "id": 1,\n    "text": "It is so"\n}\n')


def test_a_command_without_shown_output_must_print_nothing() -> None:
    assert is_like([], "")
    assert not is_like([], "a warning\n")


def test_the_reader_reads_or_refuses_every_kind_of_block() -> None:
    kinds = {CONSOLE, ON_AWS, *documents.FILES, *documents.PICTURES}
    for kind in sorted(kinds):
        assert read(f"```{kind}\n{'$ ' if kind.startswith(CONSOLE) else ''}x\n```\n").blocks

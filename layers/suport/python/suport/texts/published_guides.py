"""The guides as citizens read them.

A guide is a file for each language, in the markup of `texts/markup.py`. Its first paragraph is the
title, its second one says what it is for, and the steps follow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from suport.domain.guide import Guide
from suport.domain.language import Language
from suport.texts.markup import Block, blocks
from suport.texts.message import Message

_GUIDES = Path(__file__).parent / "guides"


@dataclass(frozen=True, slots=True)
class GuideText:
    """A guide in one language. body: all that follows the title, in the markup."""

    title: str
    body: str

    @property
    def purpose(self) -> str:
        """What it is for: its first paragraph, which has no link."""
        return self.body.partition("\n")[0]

    def blocks(self) -> Iterator[Block]:
        """What it is for, and its steps."""
        return blocks(self.body)


@dataclass(frozen=True, slots=True)
class Purpose(Message):
    """What a guide is for, once the reader's language is known. text: the guide."""

    def in_(self, language: Language) -> str:
        """The purpose in that language."""
        return text_of(Guide(self.text), language).purpose


@cache
def text_of(guide: Guide, language: Language) -> GuideText:
    """The guide for a reader of that language."""
    title, _, body = (_GUIDES / guide / f"{language}.txt").read_text("utf-8").partition("\n\n")
    return GuideText(title, body)

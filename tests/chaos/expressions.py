"""DynamoDB's expressions: conditions, filters, keys, projections and updates.

Each text is parsed once. An expression that this does not know fails, as DynamoDB refuses it.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

type Attribute = dict[str, Any]
type Item = dict[str, Attribute]
type Names = Mapping[str, str]
type Values = Mapping[str, Attribute]
type Holds = Callable[[Item, Names, Values], bool]
type Operand = Callable[[Item, Names, Values], Attribute | None]
type Act = Callable[[Item, Item, Names, Values], None]
"""Changes the second item by what the first one, which is the item before the update, holds."""

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),+.-]|[#:]?\w+)")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}
_CLAUSES = {"SET", "REMOVE", "ADD", "DELETE"}


def plain(attribute: Attribute) -> Any:
    """A scalar's value, in a form that compares as DynamoDB compares it."""
    [(kind, value)] = attribute.items()
    return Decimal(value) if kind == "N" else value


def kind_of(attribute: Attribute) -> str:
    """The attribute's type: `S`, `N` and so on."""
    [kind] = attribute
    return str(kind)


def same(one: Attribute | None, other: Attribute | None) -> bool:
    """Whether two attributes are equal; what is absent equals nothing."""
    if one is None or other is None or kind_of(one) != kind_of(other):
        return False
    return bool(plain(one) == plain(other))


class _Parser:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = [each.group(1) for each in _TOKEN.finditer(text)]
        assert "".join(self.tokens) == re.sub(r"\s", "", text), f"unknown signs in {text}"
        self.tokens.append("")

    @property
    def next(self) -> str:
        return self.tokens[0]

    def take(self, *wanted: str) -> str:
        token = self.tokens.pop(0)
        assert not wanted or token in wanted, f"{token} where {wanted} should be"
        return token

    def either(self) -> Holds:
        terms = [self.both()]
        while self.next == "OR":
            self.take()
            terms.append(self.both())
        return lambda item, names, values: any(each(item, names, values) for each in terms)

    def both(self) -> Holds:
        terms = [self.term()]
        while self.next == "AND":
            self.take()
            terms.append(self.term())
        return lambda item, names, values: all(each(item, names, values) for each in terms)

    def term(self) -> Holds:
        if self.next == "NOT":
            self.take()
            denied = self.term()
            return lambda item, names, values: not denied(item, names, values)
        if self.next == "(":
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        if self.next in {"attribute_exists", "attribute_not_exists"}:
            wanted = self.take() == "attribute_exists"
            [path] = self.arguments()
            return lambda item, names, values: (path(item, names, values) is not None) is wanted
        if self.next in {"begins_with", "contains"}:
            test: Callable[[Any, Any], bool] = (
                str.startswith if self.take() == "begins_with" else lambda one, other: other in one
            )
            one, other = self.arguments()
            return lambda item, names, values: _test(
                test, one(item, names, values), other(item, names, values)
            )
        return self.comparison()

    def comparison(self) -> Holds:
        left = self.operand()
        match operator := self.take():
            case "=":
                right = self.operand()
                return lambda *of: same(left(*of), right(*of))
            case "<>":
                right = self.operand()
                return lambda *of: not same(left(*of), right(*of))
            case "BETWEEN":
                first = self.operand()
                self.take("AND")
                last = self.operand()
                return lambda *of: (
                    _compare(">=", left(*of), first(*of)) and _compare("<=", left(*of), last(*of))
                )
            case "IN":
                choices = self.arguments()
                return lambda *of: any(same(left(*of), each(*of)) for each in choices)
        right = self.operand()
        return lambda *of: _compare(operator, left(*of), right(*of))

    def arguments(self) -> list[Operand]:
        self.take("(")
        found = [self.operand()]
        while self.take(",", ")") == ",":
            found.append(self.operand())
        return found

    def operand(self) -> Operand:
        token = self.take()
        if token == "size":
            [path] = self.arguments()
            return lambda *of: _size(path(*of))
        if token == "if_not_exists":
            path, otherwise = self.arguments()
            return lambda *of: path(*of) or otherwise(*of)
        if token.startswith(":"):
            return lambda _item, _names, values: values[token]
        assert re.match(r"[#\w]", token), token
        steps = [token]
        while self.next == ".":
            self.take()
            steps.append(self.take())
        return lambda item, names, _values: _at(item, [names.get(each, each) for each in steps])

    def update(self) -> list[Act]:
        acts: list[Act] = []
        while self.next:
            clause = self.take(*_CLAUSES)
            while True:
                acts.append(self.act(clause))
                if self.next != ",":
                    break
                self.take()
        return acts

    def act(self, clause: str) -> Act:
        name = self.take()
        if clause == "REMOVE":
            return lambda _before, item, names, _values: _remove(item, names.get(name, name))
        if clause == "ADD":
            by = self.operand()
            return lambda before, item, names, values: _add(
                item, names.get(name, name), by(before, names, values)
            )
        assert clause == "SET", clause
        self.take("=")
        left = self.operand()
        if self.next not in {"+", "-"}:
            return lambda before, item, names, values: _set(
                item, names.get(name, name), left(before, names, values)
            )
        sign = 1 if self.take() == "+" else -1
        right = self.operand()
        return lambda before, item, names, values: _set(
            *(item, names.get(name, name)),
            _sum(left(before, names, values), right(before, names, values), sign),
        )


@cache
def condition(text: str) -> Holds:
    """What tells whether the expression holds for an item."""
    parser = _Parser(text)
    parsed = parser.either()
    parser.take("")
    return parsed


@cache
def update(text: str) -> list[Act]:
    """What an update does, in order."""
    return _Parser(text).update()


def projected(text: str, item: Item, names: Names) -> Item:
    """Those attributes of the item that a projection names."""
    wanted = {names.get(each, each) for each in re.split(r"\s*,\s*", text)}
    return {name: value for name, value in item.items() if name in wanted}


def _at(item: Item, steps: list[str]) -> Attribute | None:
    found = item.get(steps[0])
    for step in steps[1:]:
        if found is None or "M" not in found:
            return None
        found = found["M"].get(step)
    return found


def _compare(operator: str, one: Attribute | None, other: Attribute | None) -> bool:
    if one is None or other is None or kind_of(one) != kind_of(other):
        return False
    return _COMPARED[operator](plain(one), plain(other))


def _test(test: Callable[[Any, Any], bool], one: Attribute | None, other: Attribute | None) -> bool:
    return one is not None and other is not None and test(plain(one), plain(other))


def _size(attribute: Attribute | None) -> Attribute | None:
    return None if attribute is None else {"N": str(len(plain(attribute)))}


def _set(item: Item, name: str, value: Attribute | None) -> None:
    assert value is not None, name
    item[name] = value


def _remove(item: Item, name: str) -> None:
    item.pop(name, None)


def _add(item: Item, name: str, by: Attribute | None) -> None:
    assert by is not None
    if "N" in by:
        item[name] = _sum(item.get(name, {"N": "0"}), by, 1)
        return
    [(kind, values)] = by.items()
    item[name] = {kind: sorted({*item.get(name, {kind: []})[kind], *values})}


def _sum(one: Attribute | None, other: Attribute | None, sign: int) -> Attribute:
    assert one is not None
    assert other is not None
    return {"N": str(plain(one) + sign * plain(other))}

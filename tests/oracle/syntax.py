"""How an expression is read: text to words to a tree. What the specification omits is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tests.oracle.values import OracleError, Value, exact

WORDS = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.\d+|\.\d+|\d+)
    | '(?P<text>(?:[^']|'')*)'
    | "(?P<quoted>(?:[^"]|"")+)"
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign><=|>=|<>|!=|=|<|>|\+|-|\*|/|\(|\)|,|\.)
    )""",
    re.VERBOSE,
)
KEYWORDS = {
    *("and", "or", "not", "in", "between", "like", "ilike", "is", "null"),
    *("case", "when", "then", "else", "end", "true", "false"),
}


@dataclass(frozen=True)
class Literal:
    """A value written in the expression."""

    value: Value


@dataclass(frozen=True)
class Name:
    """A field or verdict, `score` or `lead.country`."""

    name: str


@dataclass(frozen=True)
class Operation:
    """An operator or function and what it works on."""

    operator: str
    parts: tuple[Node, ...]


Node = Literal | Name | Operation


@dataclass(frozen=True)
class Token:
    """One word of an expression."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """The words of the expression; keywords in lower case, kind `end` last."""
    if "--" in re.sub(r"'[^']*'", "", text):
        raise OracleError(f"a comment in: {text}")
    found, at = [], 0
    while text[at:].strip():
        match = WORDS.match(text, at)
        if match is None:
            raise OracleError(f"cannot read {text[at:]!r} in: {text}")
        kind = str(match.lastgroup)
        word = match.group(kind)
        if kind == "word" and word.lower() in KEYWORDS:
            kind, word = "key", word.lower()
        found.append(Token(kind, word))
        at = match.end()
    return [*found, Token("end", "")]


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of an expression."""
    parser = Parser(tokens(text))
    tree = parser.either()
    if parser.here.kind != "end":
        raise OracleError(f"unexpected {parser.here.text!r} in: {text}")
    return tree


class Parser:
    """Reads an expression from its loosest operator (`or`) to its tightest (a sign)."""

    def __init__(self, words: list[Token]) -> None:
        self.words, self.at = words, 0

    @property
    def here(self) -> Token:
        return self.words[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.words[self.at - 1]

    def took(self, text: str) -> bool:
        """Whether the next word is that keyword or sign; if so it is read."""
        if self.here.kind in ("key", "sign") and self.here.text == text:
            self.at += 1
            return True
        return False

    def must(self, text: str) -> None:
        if not self.took(text):
            raise OracleError(f"expected {text!r}, found {self.here.text!r}")

    def either(self) -> Node:
        left = self.both()
        while self.took("or"):
            left = Operation("or", (left, self.both()))
        return left

    def both(self) -> Node:
        left = self.negation()
        while self.took("and"):
            left = Operation("and", (left, self.negation()))
        return left

    def negation(self) -> Node:
        if self.took("not"):
            return Operation("not", (self.negation(),))
        return self.comparison()

    def comparison(self) -> Node:
        left = self.addition()
        for sign in ("<=", ">=", "<>", "!=", "=", "<", ">"):
            if self.took(sign):
                return Operation("<>" if sign == "!=" else sign, (left, self.addition()))
        if self.took("is"):
            negated = self.took("not")
            self.must("null")
            return self.maybe_not(Operation("is null", (left,)), negated=negated)
        negated = self.took("not")
        test = self.test(left)
        if test is None:
            if negated:
                raise OracleError("expected in, between, like or ilike after not")
            return left
        return self.maybe_not(test, negated=negated)

    def maybe_not(self, test: Node, *, negated: bool) -> Node:
        return Operation("not", (test,)) if negated else test

    def test(self, left: Node) -> Node | None:
        if self.took("in"):
            self.must("(")
            return Operation("in", (left, *self.list()))
        if self.took("between"):
            low = self.addition()
            self.must("and")
            return Operation("between", (left, low, self.addition()))
        for word in ("like", "ilike"):
            if self.took(word):
                return Operation(word, (left, self.addition()))
        return None

    def list(self) -> tuple[Node, ...]:
        """Expressions separated by commas up to the closing parenthesis."""
        parts = [self.either()]
        while self.took(","):
            parts.append(self.either())
        self.must(")")
        return tuple(parts)

    def addition(self) -> Node:
        left = self.product()
        while self.here.kind == "sign" and self.here.text in "+-":
            sign = self.take().text
            left = Operation(sign, (left, self.product()))
        return left

    def product(self) -> Node:
        left = self.signed()
        while self.here.kind == "sign" and self.here.text in "*/":
            sign = self.take().text
            left = Operation(sign, (left, self.signed()))
        return left

    def signed(self) -> Node:
        if self.took("-"):
            return Operation("negative", (self.signed(),))
        if self.took("+"):
            return self.signed()
        return self.single()

    def single(self) -> Node:
        if self.took("("):
            inner = self.either()
            self.must(")")
            return inner
        if self.took("case"):
            return self.case()
        token = self.take()
        match token.kind, token.text:
            case "number", digits:
                return Literal(exact(digits))
            case "text", text:
                return Literal(text.replace("''", "'"))
            case "key", ("true" | "false") as word:
                return Literal(word == "true")
            case "word", "date" if self.here.kind == "text":
                return Literal(date.fromisoformat(self.take().text))
            case "word", word if self.took("("):
                return Operation(f"{word.lower()}()", () if self.took(")") else self.list())
            case (("word" | "quoted"), word):
                return self.name(word)
            case _:
                raise OracleError(f"unexpected {token.text!r}")

    def name(self, first: str) -> Node:
        first = first.replace('""', '"')
        if not self.took("."):
            return Name(first)
        second = self.take()
        if second.kind not in ("word", "quoted"):
            raise OracleError(f"expected a field after {first}.")
        return Name(f"{first}.{second.text}")

    def case(self) -> Node:
        """Conditions and results in turn, the `else` last: null when there is none."""
        parts: list[Node] = []
        while self.took("when"):
            parts.append(self.either())
            self.must("then")
            parts.append(self.either())
        if not parts:
            raise OracleError("case needs a when")
        parts.append(self.either() if self.took("else") else Literal(None))
        self.must("end")
        return Operation("case", tuple(parts))

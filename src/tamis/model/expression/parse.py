"""From the text of an expression to an untyped tree: allowed words, then SQLGlot's grammar.

Words that are no words of this language become plain names, so a field called `rank` or `date`
needs no quotes and `select` means nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from tamis.errors import Place, Problem, TamisError

LONGEST = 4_000
MOST_TOKENS = 800
DEEPEST = 40

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "between",
        "like",
        "ilike",
        "is",
        "null",
        "case",
        "when",
        "then",
        "else",
        "end",
        "true",
        "false",
    ]
)
SIGNS = frozenset(
    {
        TokenType.L_PAREN,
        TokenType.R_PAREN,
        TokenType.COMMA,
        TokenType.DOT,
        TokenType.EQ,
        TokenType.NEQ,
        TokenType.LT,
        TokenType.LTE,
        TokenType.GT,
        TokenType.GTE,
        TokenType.PLUS,
        TokenType.DASH,
        TokenType.STAR,
        TokenType.SLASH,
        TokenType.STRING,
        TokenType.NUMBER,
        TokenType.IDENTIFIER,
    }
)
MEANT = {"=>": ">=", "&&": "and", "||": "or"}
"""Signs that people write for others."""


@dataclass
class ExpressionError(TamisError):
    """An expression that does not parse or type: where in its text (from 0), what, and a hint."""

    offset: int
    code: str
    message: str
    hint: str = ""

    def problem(self, place: Place) -> Problem:
        """The problem, for an expression whose text begins at `place`."""
        at = place.shifted(self.offset) if place.column else place
        return Problem(at, self.code, self.message, self.hint)


PLAIN = "plain__"
"""Put before a word while SQLGlot parses, so that no name means anything to its grammar: every call
stays a plain call, judged later by its name."""


@lru_cache(maxsize=4096)
def parse(text: str) -> exp.Expr:
    """The tree of an expression; callers must not change it.

    Raises: ExpressionError.
    """
    if len(text) > LONGEST:
        raise ExpressionError(0, "too-long", f"the expression is longer than {LONGEST} characters")
    tokens = _tokens(text)
    try:
        trees = Parser().parse(tokens, text)
    except ParseError as error:
        raise _unreadable(error, text) from error
    except RecursionError as error:
        raise ExpressionError(0, "too-deep", "the expression is nested too deeply") from error
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError(0, "no-expression", "one condition is expected here")
    return _in_their_words(trees[0])


def _in_their_words(tree: exp.Expr) -> exp.Expr:
    for node in tree.find_all(exp.Identifier, exp.Anonymous):
        node.set("this", node.name.removeprefix(PLAIN))
    return tree


def _tokens(text: str) -> list[Token]:
    try:
        tokens = Tokenizer().tokenize(text)
    except TokenError as error:
        raise ExpressionError(
            0, "not-expression", "the expression is not complete: is a quote open?"
        ) from error
    if not tokens:
        raise ExpressionError(0, "no-expression", "the expression is empty")
    if len(tokens) > MOST_TOKENS:
        raise ExpressionError(
            0, "too-long", f"the expression has more than {MOST_TOKENS} words and signs"
        )
    _forbid_deep(tokens)
    return [_admitted(token, tokens[i + 1 : i + 2]) for i, token in enumerate(tokens)]


def _forbid_deep(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        opens = token.token_type in (
            TokenType.L_PAREN,
            TokenType.CASE,
            TokenType.NOT,
            TokenType.DASH,
        )
        depth += opens
        if token.token_type in (TokenType.R_PAREN, TokenType.END):
            depth -= 1
        if depth > DEEPEST:
            raise ExpressionError(token.start, "too-deep", "the expression is nested too deeply")


def _admitted(token: Token, following: list[Token]) -> Token:
    if token.comments:
        raise ExpressionError(
            token.start, "comment", "no comment can stand in an expression", "use YAML's #"
        )
    if token.token_type in SIGNS or token.text.lower() in KEYWORDS:
        return token
    if (
        token.token_type is TokenType.DATE
        and following
        and following[0].token_type is TokenType.STRING
    ):
        return token
    if re.fullmatch(r"\w+", token.text):
        word = PLAIN + token.text
        return Token(TokenType.VAR, word, token.line, token.col, token.start, token.end)
    meant = MEANT.get(token.text)
    hint = f"did you mean `{meant}`?" if meant else ""
    message = f"`{token.text}` cannot stand in an expression"
    raise ExpressionError(token.start, "not-expression", message, hint)


def _unreadable(error: ParseError, text: str) -> ExpressionError:
    first = error.errors[0] if error.errors else {}
    found = str(first.get("highlight") or "")
    offset = max(int(first.get("col") or 1) - len(found), 0) if "\n" not in text else 0
    message = f"not understood near `{found}`" if found else "the expression is not complete"
    return ExpressionError(offset, "not-expression", message)


def offset_of(node: exp.Expr) -> int:
    """Where a node begins in the text: at the first of its parts whose place is known."""
    starts = [int(part.meta["start"]) for part in node.walk() if "start" in part.meta]
    return min(starts, default=0)

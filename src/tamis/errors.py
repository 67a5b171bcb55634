"""Every exception of Tamis, and the two things they speak of: a place and a problem.

TamisError
|-- UserError              something the user can mend; the command line prints it and exits with 1
|   |-- ModelError         a model file with problems that forbid scoring
|   |-- SourceError        input data that cannot be read as leads, accounts or events
|   `-- EngineError        the engine gave up: no memory, no disk, a file it cannot open
|-- UsageError             a call that cannot be meant; the command line exits with 2
`-- InternalError          our own bug; please report it
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A point in a text file: `line` and `column` count from 1; 0 means the file as a whole.

    >>> str(Place("model.yaml", 14, 9))
    'model.yaml:14:9'
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if self.line == 0:
            return self.file
        return (
            f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        )

    def shifted(self, columns: int) -> Place:
        """The place `columns` characters further on the same line."""
        return Place(self.file, self.line, self.column + columns)


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing found wrong: where, which kind (`code`), what, what to do (`hint`, may be empty).

    >>> print(
    ...     Problem(
    ...         Place("m.yaml", 3, 5), "unknown-key", "unknown key `naem`", "did you mean `name`?"
    ...     )
    ... )
    m.yaml:3:5: error: unknown key `naem` [unknown-key]
        did you mean `name`?
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        line = f"{self.place}: {self.severity}: {self.message} [{self.code}]"
        return f"{line}\n    {self.hint}" if self.hint else line


class TamisError(Exception):
    """The root of all exceptions that Tamis raises on purpose."""


@dataclass
class UserError(TamisError):
    """Something the user can mend: says what was found, where, and what to do."""

    message: str
    place: Place | None = None
    hint: str = ""

    def __str__(self) -> str:
        line = f"{self.place}: {self.message}" if self.place else self.message
        return f"{line}\n    {self.hint}" if self.hint else line


class SourceError(UserError):
    """Input data that cannot be read as leads, accounts or events."""


class EngineError(UserError):
    """The engine gave up: no memory, no disk, a file it cannot open."""


@dataclass
class ModelError(UserError):
    """A model file with problems that forbid scoring; `problems` holds them all, errors first."""

    message: str = ""
    problems: tuple[Problem, ...] = field(default=())

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems) or self.message


class UsageError(TamisError):
    """A call that cannot be meant, such as two options that exclude each other."""


class InternalError(TamisError):
    """A bug of Tamis itself; please report it with what led to it."""

"""What PostgreSQL says went wrong, in our words where we know its own."""

from __future__ import annotations

import psycopg
from psycopg import errors

from tamis.errors import EngineError, SourceError

TEMPORARY = (
    "without temporary tables scores are made in one statement; to allow them: "
    "GRANT TEMPORARY ON DATABASE {database} TO {user}"
)


def explained(error: psycopg.Error) -> EngineError | SourceError:
    """What is wrong with a statement."""
    message = first_line(error)
    match error:
        case errors.QueryCanceled():
            return EngineError(message, hint="a time limit of the server or of the role ended it")
        case errors.InsufficientPrivilege():
            return EngineError(message, hint="ask for the right: GRANT ... ON ... TO this role")
        case errors.DiskFull() | errors.ConfigurationLimitExceeded():
            return EngineError(
                message, hint="is there disk space for the server's temporary files?"
            )
        case errors.OutOfMemory():
            return EngineError(message, hint="the server is out of memory: give less with --memory")
        case errors.UndefinedTable() | errors.UndefinedColumn() | errors.InvalidSchemaName():
            return SourceError(message)
        case errors.UntranslatableCharacter() | errors.CharacterNotInRepertoire():
            return SourceError(message, hint="PostgreSQL holds no text with a zero byte in it")
        case errors.ReadOnlySqlTransaction():
            hint = "the session may only read: connect to the primary server, or as another role"
            return EngineError(message, hint=hint)
        case errors.CannotCoerce() | errors.DatatypeMismatch():
            return SourceError(message, hint="the table has this column in another type")
        case errors.DataError() if "infinite" in message:
            hint = "an event's time or date is `infinity`: name a view in which it is null"
            return SourceError(message, hint=hint)
        case errors.DataError() | errors.IntegrityError():
            return SourceError(message)
        case psycopg.OperationalError():
            return EngineError(message, hint="is the server there, and may you connect to it?")
        case _:
            return EngineError(message, hint="this looks like a bug of Tamis: please report it")


def first_line(error: Exception) -> str:
    """The error without its details."""
    return str(error).strip().partition("\n")[0]

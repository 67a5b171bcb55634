"""CSV files as people have them, made ready: encoding, line ends, separator, names."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.sources.delivered import CsvFile
from tamis.sources.options import Manner
from tamis.sources.packed import blocks, opened

DELIMITERS = ",;\t|"
SAMPLE = 1 << 18
ROWS_LOOKED_AT = 200
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def ready(session: Session, path: str, manner: Manner) -> CsvFile:
    """The file, ready to be read. Raises: SourceError when it is no CSV that we can read."""
    file = Path(path)
    if file.suffix.lower() == ".zst":
        file = _new_file(session, ".csv")
        session.unpack(Path(path), file)
    told = _known(manner.encoding, path) if manner.encoding else "utf-8"
    encoding, mixed = _looked_at(file, path) if told == "utf-8" else (told, False)
    if manner.encoding and encoding != told:
        raise _not_in(encoding, manner.encoding, path)
    if encoding != "utf-8" or mixed:
        try:
            file = _rewritten(session, file, path, encoding)
        except UnicodeError as error:
            raise _not_in(encoding, manner.encoding, path) from error
    sample = _sample(file)
    delimiter, header, skip = _names(path, sample, manner.delimiter)
    return CsvFile(path, file.absolute(), header, delimiter, skip)


def _known(encoding: str, shown: str) -> str:
    """Python's own name of an encoding that a user says."""
    try:
        "".encode(encoding)  # refuses what Python knows but is no encoding of text
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError) as error:
        msg = f"no encoding is known as `{encoding}`"
        raise SourceError(msg, Place(shown), "known are utf-8, cp1252, utf-16 and more") from error


def _not_in(found: str, told: str | None, shown: str) -> SourceError:
    if told:
        message = f"the file is not in {told}, which is said to be its encoding"
        return SourceError(message, Place(shown), "say another, or none to have it found out")
    hint = "save it as CSV in UTF-8, or say the encoding"
    return SourceError(f"the file is neither UTF-8 nor {found}", Place(shown), hint)


def _looked_at(file: Path, shown: str) -> tuple[str, bool]:
    """The encoding, and whether rows end in more than one way, which is asked of UTF-8 only.

    The encoding is `utf-8`, or the one to rewrite from: by the mark at the start, else by trying.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    pairs = lines = 0
    try:
        for place, block in enumerate(blocks(file, shown)):
            if place == 0 and block.startswith(UTF_16):
                return "utf-16", False
            _refuse_zero(block, lines + 1, shown)
            decoder.decode(block)
            pairs += block.count(b"\r\n")
            lines += block.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252", False
    return "utf-8", pairs not in (0, lines) and _mixed_outside_quotes(file, shown)


def _refuse_zero(block: bytes, line: int, shown: str) -> None:
    if b"\0" in block:
        raise SourceError(
            "the file holds a zero byte, so it is no CSV in a known encoding",
            Place(shown, line + block[: block.index(b"\0")].count(b"\n")),
            "save it as CSV in UTF-8; UTF-16 is known by the mark at its start",
        )


def _mixed_outside_quotes(file: Path, shown: str) -> bool:
    """Whether rows end in more than one way; line ends inside quoted cells do not count."""
    pairs = lines = 0
    for inside, piece in _between_quotes(blocks(file, shown)):
        if not inside:
            pairs += piece.count(b"\r\n")
            lines += piece.count(b"\n")
    return pairs not in (0, lines)


def _between_quotes(whole: Iterator[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The file in pieces between quotes, each with whether it stands inside a quoted cell."""
    inside = False
    for block in whole:
        for place, piece in enumerate(block.split(b'"')):
            inside = inside != (place > 0)
            yield inside, piece


def _new_file(session: Session, suffix: str) -> Path:
    handle, name = tempfile.mkstemp(suffix=suffix, dir=session.scratch())
    os.close(handle)
    return Path(name)


def _rewritten(session: Session, file: Path, shown: str, encoding: str) -> Path:
    """A copy in UTF-8 whose rows end in a line feed. Raises: UnicodeError for another encoding."""
    copy = _new_file(session, ".csv")
    with copy.open("w", encoding="utf-8", newline="") as writer:
        held = ""
        for text in codecs.iterdecode(blocks(file, shown), encoding):
            block = held + text
            # A pair of characters at the end of a line must not be cut in two.
            held = "\r" if block.endswith("\r") else ""
            writer.write(block[: len(block) - len(held)].replace("\r\n", "\n"))
        writer.write(held)
    return copy


def _sample(file: Path) -> str:
    with opened(file) as stream:
        start = stream.read(SAMPLE)
    return codecs.getincrementaldecoder("utf-8-sig")().decode(start)


def _names(shown: str, sample: str, told: str | None) -> tuple[str, tuple[str, ...], int]:
    """The separator, the names of the columns, and the number of lines above them."""
    separator = SEPARATOR_LINE.match(sample)
    skip = 1 if separator else 0
    rest = sample[separator.end() :] if separator else sample
    while rest[:1] in ("\r", "\n"):
        rest = rest.removeprefix("\r\n") if rest.startswith("\r\n") else rest[1:]
        skip += 1
    if not rest.strip():
        raise SourceError(
            "the file is empty", Place(shown), "the first line must hold the names of the columns"
        )
    delimiter = told or (separator[1] if separator else _sniffed(rest))
    header, *rows = _records(rest, delimiter, ROWS_LOOKED_AT)
    names = tuple(name.strip() for name in header)
    if rows and all(len(row) == len(names) + 1 and not row[-1] for row in rows):
        names = (*names, "")  # a separator ends every row
    return delimiter, _checked(shown, names, skip + 1), skip


def _sniffed(sample: str) -> str:
    """The separator under which most rows are as wide as the first, the wider the better."""
    scores = {
        delimiter: _score(_records(sample, delimiter, ROWS_LOOKED_AT)) for delimiter in DELIMITERS
    }
    return max(scores, key=lambda delimiter: scores[delimiter])


def _score(records: list[list[str]]) -> tuple[bool, float, int]:
    width = len(records[0])
    equal = sum(1 for record in records if len(record) == width) / len(records)
    return width > 1, equal, width


def _records(text: str, delimiter: str, most: int) -> list[list[str]]:
    """The first records of a text, the last left out when it may have been cut."""
    with _any_width():
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        records = [record for _, record in zip(range(most + 1), reader, strict=False) if record]
    return records[:-1] if len(records) > 1 and len(text) >= SAMPLE // 4 else records


class _any_width:  # noqa: N801 (reads as a phrase after `with`)
    """Python's csv refuses long cells unless told; told for a moment only."""

    def __enter__(self) -> None:
        self.limit = csv.field_size_limit(1 << 30)

    def __exit__(self, *error: object) -> None:
        csv.field_size_limit(self.limit)


def _checked(shown: str, header: tuple[str, ...], line: int) -> tuple[str, ...]:
    place = Place(shown, line)
    if not any(header):
        raise SourceError("the first line holds no names of columns", place)
    if any(CONTROL.search(name) for name in header):
        raise SourceError("the first line is no text: is this a CSV file?", place)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        names = ", ".join(f"`{name}`" for name in twice)
        msg = f"more than one column is named {names}"
        raise SourceError(msg, place, "rename all but one")
    return header


def records(file: CsvFile) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file, each with the line that it starts on; for messages only, it is slow."""
    with opened(file.path) as stream, _any_width():
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        for _ in range(file.skip):
            text.readline()
        reader = csv.reader(text, delimiter=file.delimiter)
        start = file.skip + 1
        for number, record in enumerate(reader):
            if number and record:
                yield start, dict(zip(file.header, record, strict=False))
            start = file.skip + reader.line_num + 1

"""What the server's parts say, in the language of the command line."""

from __future__ import annotations

from tamis.cli.speech import LANGUAGE
from tamis.server import sentences


def in_words(text: str) -> str:
    """A text of the server in the reader's language, line by line; English where it is unknown."""
    return sentences.in_words(text, LANGUAGE)

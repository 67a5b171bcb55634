"""The text of an e-mail: plain and in HTML, the same words in both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from tamis.language import translator
from tamis.server.delivery.wording import Worded


def mail(  # noqa: PLR0917 (an e-mail's parts)
    said: Worded, language: str, sender: str, to: Sequence[str], key: str, at: datetime
) -> EmailMessage:
    """An e-mail; its id is the message's key, so that one that comes twice can be told."""
    made = EmailMessage()
    made["Subject"] = said.title
    made["From"] = sender
    made["To"] = ", ".join(to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{key}@{sender.rpartition('@')[2].strip('>')}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(plain(said))
    made.add_alternative(html(said, language), subtype="html")
    return made


def plain(said: Worded) -> str:
    """The words as plain text."""
    parts = [
        said.title,
        "\n".join(f"{name}: {value}" for name, value in said.facts),
        "\n".join(f"- {reason}" for reason in said.reasons),
        said.note,
        said.link,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def html(said: Worded, language: str) -> str:
    """The words as a page without scripts, pictures or anything that is loaded."""
    _ = translator(language)
    facts = "".join(
        f"<tr><td>{escape(name)}</td><td><b>{escape(value)}</b></td></tr>"
        for name, value in said.facts
    )
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in said.reasons)
    note = "<br>".join(escape(line) for line in said.note.splitlines())
    link = f'<a href="{escape(said.link)}">{escape(_("Open in Tamis"))}</a>' if said.link else ""
    parts = [
        f"<h2>{escape(said.title)}</h2>",
        f"<table>{facts}</table>" if facts else "",
        f"<ul>{reasons}</ul>" if reasons else "",
        f"<p>{note}</p>" if note else "",
        f"<p>{link}</p>" if link else "",
    ]
    body = "\n".join(part for part in parts if part)
    return f'<!doctype html>\n<html lang="{language}"><body>\n{body}\n</body></html>\n'

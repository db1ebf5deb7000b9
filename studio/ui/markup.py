"""Small pieces of HTML. Everything a person or a file said goes through `text` here: nothing they write is markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def text(value: object) -> str:
    """Any value as text that HTML shows as it is written."""
    return escape(str(value), quote=True)


def error(message: str) -> str:
    """An error beside the field that caused it, read out by a screen reader when it appears. Empty for no error."""
    return f'<p class="field-error" role="alert">{text(message[:1].upper() + message[1:])}</p>' if message else ""


def note(message: str, kind: str = "quiet") -> str:
    """A quiet line of help. `kind` is quiet, warn or good."""
    return f'<p class="note note-{kind}" role="status">{text(message)}</p>' if message else ""


def rows(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values as a description list."""
    inner = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="rows">{inner}</dl>'

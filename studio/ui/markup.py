"""Small pieces of HTML. Everything a person or a file said goes through `text` here: nothing they write is markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from model.world.understand import Span, Understanding

SHOWN_SPANS = 40  # a prompt of 4,000 characters can hold hundreds


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


def marked(words: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words with some spans (start, end; in characters, any order) marked."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if at <= start < end <= len(words):
            parts += [text(words[at:start]), f"<mark>{text(words[start:end])}</mark>"]
            at = end
    return "".join(parts) + text(words[at:])


def understanding(found: Understanding, prompt: str, model: str) -> str:
    """What the model can film of a prompt and what it cannot, word by word."""
    if not prompt.strip():
        return ""
    known, unknown = _words(found.spans), _words(found.unknown)
    if not known:
        words = f"{model} finds nothing here that it can draw. It reads English and knows its own small world."
        return note(words, "warn") + _chips("Can’t draw", unknown, "cannot")
    return _chips("Will film", known, "can") + _chips("Can’t draw", unknown, "cannot")


def _words(spans: Sequence[Span]) -> dict[str, str]:
    """Each word once, with its kind, in the order of the prompt."""
    found: dict[str, str] = {}
    for span in spans:
        found.setdefault(span.text.strip(), span.kind)
    return dict(list(found.items())[:SHOWN_SPANS])


def _chips(title: str, words: dict[str, str], kind: str) -> str:
    if not words:
        return ""
    chips = "".join(
        f'<li><mark class="word" title="{text(what)}">{text(word)}</mark></li>' for word, what in words.items()
    )
    return f'<div class="words words-{kind}"><span class="words-title">{text(title)}</span><ul>{chips}</ul></div>'

"""Whose takes a browser sees.

A local studio has one owner, whatever browser. A shared one gives every browser an unguessable token in an HttpOnly
cookie; the owner's name in the library is its hash, so that who reads the database cannot become somebody else.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping

from studio.core import LOCAL_OWNER

COOKIE = "auteur_owner"
MAX_AGE = 400 * 24 * 3600  # the longest that browsers keep a cookie

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def is_token(value: str | None) -> bool:
    """Whether this can be one of ours."""
    return value is not None and _TOKEN.fullmatch(value) is not None


def owner_of(cookies: Mapping[str, str], shared: bool) -> str | None:
    """The owner a request speaks for; None when a shared studio has not met this browser yet."""
    if not shared:
        return LOCAL_OWNER
    token = cookies.get(COOKIE)
    if token is None or not is_token(token):
        return None
    return "browser-" + hashlib.sha256(token.encode()).hexdigest()[:40]


def set_cookie(token: str, on_space: bool) -> str:
    """The Set-Cookie header. A Space is shown in a frame of another site, hence None, Secure and Partitioned there."""
    rule = "SameSite=None; Secure; Partitioned" if on_space else "SameSite=Lax"
    return f"{COOKIE}={token}; Path=/; Max-Age={MAX_AGE}; HttpOnly; {rule}"

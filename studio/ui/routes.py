"""The page's own addresses, each for its owner alone: what goes on, what is asked for, the takes and their files.

They stand beside Gradio's routes so that a clip is served with ranges straight from the library (the very bytes that
were signed), so that watching a render costs one small answer and not an event of a queue, and so that a page whose
studio was restarted goes on as if nothing had been.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from studio.core import Studio
from studio.looking import Looker
from studio.ui import (
    filmfiles,
    filming,
    house,
    making,
    models,
    queueing,
    shelves,
    styles,
    takes,
    uploads,
    verifier,
    working,
)
from studio.ui.drafts import Drafts
from studio.ui.form import Forms
from studio.ui.theme import STATIC
from studio.ui.web import PREFIX


def routes(studio: Studio, assets: Path) -> list[BaseRoute]:
    """Every route of the page. `assets` holds the example clips, where there are some."""
    drafts = Drafts(studio.library)
    forms, looker = Forms(studio, drafts), Looker()
    films = filming.Filming(studio, forms, assets)
    return [
        *making.Making(studio, forms, assets).routes(),
        *queueing.Queueing(studio, forms).routes(),
        *takes.Takes(studio, forms).routes(),
        *working.Working(studio, forms.drafts).routes(),
        *filmfiles.FilmFiles(films, looker).routes(),
        *films.routes(),
        *shelves.Shelves(studio).routes(),
        *uploads.Uploads(studio, forms, looker).routes(),
        *verifier.Verifier(studio, looker).routes(),
        *styles.Styles(studio).routes(),
        *house.House(studio, drafts).routes(),
        *models.ModelsPage(studio).routes(),
        Mount(f"{PREFIX}/static", _Static(directory=STATIC)),
    ]


class _Static(StaticFiles):
    """Our own scripts: always asked for again, so that an update is seen at once (answered with 304 when unchanged)."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response

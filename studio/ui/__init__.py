"""The page: the one part of the studio that imports Gradio.

Gradio serves the page, its tabs, Verify and Models; plain modules in `static/` draw Shoot, Queue and Settings from the
JSON of `routes.py`. The page only watches: a render lives in the studio's worker, so a closed tab loses nothing.
"""

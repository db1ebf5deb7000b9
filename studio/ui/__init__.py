"""The page: the one part of the studio that imports Gradio.

Gradio draws the form and carries its events; a few plain modules in `static/` draw the stage from the JSON of
`routes.py`. The page only watches: a render lives in the studio's worker, so a closed tab loses nothing.
"""

"""The look of Auteur: a cutting room at night, and the same room by day.

Colours live in `static/tokens.css` as custom properties, so that one attribute on <html> changes the theme without a
reload; here Gradio's own variables are only pointed at them. Lexend lies beside the style sheets and IBM Plex Mono is
served by Gradio: nothing is fetched from elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

STATIC = Path(__file__).parent / "static"

STYLE_SHEETS = (
    "tokens.css",
    "gradio.css",
    "script.css",
    "pictures.css",
    "stage.css",
    "takes.css",
    "workbench.css",
    "pages.css",
    "models.css",
    "library.css",
    "draw.css",
    "film.css",
    "phone.css",
)

_INK = "var(--ink)"
_RAISED = "var(--raised)"
_TEXT = "var(--text)"
_QUIET = "var(--quiet)"
_EDGE = "var(--edge)"
_LINE = "var(--line)"
_AMBER = "var(--marquee)"

# Gradio's variable -> ours. Each is set for both of Gradio's schemes: the tokens themselves carry the difference.
_VARIABLES = {
    "body_background_fill": _INK,
    "body_text_color": _TEXT,
    "body_text_color_subdued": _QUIET,
    "background_fill_primary": "var(--panel)",
    "background_fill_secondary": _RAISED,
    "border_color_primary": _LINE,
    "border_color_accent": _AMBER,
    "border_color_accent_subdued": _LINE,
    "color_accent_soft": _RAISED,
    "block_background_fill": "transparent",
    "block_border_color": "transparent",
    "block_info_text_color": _QUIET,
    "block_label_background_fill": "transparent",
    "block_label_border_color": "transparent",
    "block_label_text_color": _QUIET,
    "block_shadow": "none",
    "block_title_text_color": _QUIET,
    "block_title_background_fill": "transparent",
    "panel_background_fill": "transparent",
    "input_background_fill": _RAISED,
    "input_background_fill_focus": _RAISED,
    "input_background_fill_hover": _RAISED,
    "input_border_color": _EDGE,
    "input_border_color_focus": _TEXT,
    "input_border_color_hover": _QUIET,
    "input_placeholder_color": _QUIET,
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "button_primary_background_fill": _AMBER,
    "button_primary_background_fill_hover": "var(--marquee-high)",
    "button_primary_text_color": "var(--on-marquee)",
    "button_primary_text_color_hover": "var(--on-marquee)",
    "button_primary_border_color": _AMBER,
    "button_secondary_background_fill": _RAISED,
    "button_secondary_background_fill_hover": _LINE,
    "button_secondary_text_color": _TEXT,
    "button_secondary_text_color_hover": _TEXT,
    "button_secondary_border_color": _EDGE,
    "link_text_color": _TEXT,
    "link_text_color_hover": _TEXT,
    "link_text_color_active": _TEXT,
    "link_text_color_visited": _TEXT,
    "table_text_color": _TEXT,
    "checkbox_label_background_fill": _RAISED,
    "checkbox_label_background_fill_hover": _LINE,
    "checkbox_label_background_fill_selected": _RAISED,
    "checkbox_label_border_color": _EDGE,
    "checkbox_label_text_color": _TEXT,
    "checkbox_label_text_color_selected": _TEXT,
    "error_background_fill": _RAISED,
    "error_text_color": "var(--stop)",
    "error_border_color": "var(--stop)",
}

_SHAPES = {
    "block_border_width": "0px",
    "block_padding": "0px",
    "block_radius": "10px",
    "block_label_padding": "0px",
    "block_title_text_size": "13px",
    "block_title_text_weight": "400",
    "container_radius": "10px",
    "form_gap_width": "0px",
    "input_radius": "8px",
    "input_padding": "10px 12px",
    "input_text_size": "14px",
    "layout_gap": "16px",
    "button_large_radius": "10px",
    "button_medium_radius": "8px",
    "button_small_radius": "8px",
    "button_primary_shadow": "none",
    "button_secondary_shadow": "none",
    "button_transition": "none",
}


def theme() -> gr.themes.Base:
    """Gradio's theme, pointed at our tokens, in faces that this machine serves."""
    variables: dict[str, Any] = dict(_SHAPES)
    for name, value in _VARIABLES.items():
        variables[name] = value
        variables[f"{name}_dark"] = value
    base = gr.themes.Base(
        font=[gr.themes.Font("Lexend Auteur"), "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400,)), "ui-monospace", "monospace"],
    )
    known = set(base.set.__kwdefaults__ or {})
    unknown = sorted(set(variables) - known)
    if unknown:
        for name in unknown:
            if not name.endswith("_dark"):
                raise KeyError(f"Gradio's theme has no variable {name}")
            del variables[name]  # shapes and a few colours are the same in both schemes
    return base.set(**variables)


def head() -> str:
    """What goes into <head>: the theme before the first paint, our style sheets, and the page's own modules.

    The sheets are linked, not given to Gradio as `css`: it would put its container before every selector.
    """
    sheets = "".join(f'<link rel="stylesheet" href="studio/static/{name}">' for name in STYLE_SHEETS)
    return (
        '<meta name="color-scheme" content="dark light">'
        "<script>(function () {"
        "var kept = null; try { kept = localStorage.getItem('auteur.theme'); } catch (e) { /* storage is off */ }"
        "var light = kept === 'light' || (kept === 'system' && matchMedia('(prefers-color-scheme: light)').matches);"
        "document.documentElement.dataset.theme = light ? 'light' : 'dark';"
        "})();</script>"
        '<link rel="preload" as="font" type="font/woff2" crossorigin'
        ' href="studio/static/fonts/lexend-latin-400-normal.woff2">'
        f'{sheets}<script type="module" src="studio/static/main.js"></script>'
    )

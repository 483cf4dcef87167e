"""What all pictures share: one accent, a grey for context, colours that colour-blind people can tell apart, no
decoration (screens.md, 'Charts').

The colours are those of ``.streamlit/config.toml``; the ground is transparent, so light and dark both fit.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

ACCENT, CONTEXT, GOOD, BAD = "#3558E6", "#9AA3B5", "#0E9F8E", "#E07B00"
#: For values without an order, the accent first.
COLOURS = (ACCENT, "#E07B00", "#0E9F8E", "#B4418E", "#6B7280", "#8C6D1F", "#5AA0E0")
#: Characters of a title before it breaks.
LINE = 64


def tint(colour: str, opacity: float) -> str:
    """A colour ('#3558E6') that lets the ground shine through: ``opacity`` 0 nothing of it, 1 all."""
    red, green, blue = _parts(colour)
    return f"rgba({red}, {green}, {blue}, {opacity:.2f})"


def solid_shade(share: float) -> str:
    """The accent mixed with white, opaque: 0 nearly white, 1 the accent itself."""
    kept = 0.12 + 0.88 * min(max(share, 0.0), 1.0)
    red, green, blue = (round(255 + (part - 255) * kept) for part in _parts(ACCENT))
    return f"rgb({red}, {green}, {blue})"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


#: Light to dark of the accent, for amounts.
SHADES = [[0.0, tint(ACCENT, 0.06)], [0.35, tint(ACCENT, 0.35)], [1.0, tint(ACCENT, 0.95)]]
GRID = tint(CONTEXT, 0.25)


def dressed(figure: go.Figure, height: int, *, line: int = LINE, **more: Any) -> go.Figure:
    """Transparent, close margins, thin grid lines; ``title``: the finding, broken where it is longer than ``line``."""
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 36 if more.get("title") else 12, "b": 8},
        "showlegend": False,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(COLOURS),
        **more,
    }
    if isinstance(layout.get("title"), str):
        text = broken(layout["title"], line)
        more_lines = text.count("<br>")
        layout["margin"] = {**layout["margin"], "t": 38 + 18 * more_lines}
        # a title of several lines stands one line too high in plotly.js, out of the picture
        pad = {"t": 8 + 15 * bool(more_lines)}
        layout["title"] = {"text": text, "font": {"size": 14}, "x": 0, "xanchor": "left", "y": 1, "yanchor": "top",
                           "yref": "container", "pad": pad}  # fmt: skip
    figure.update_layout(**layout)
    figure.update_xaxes(gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True)
    return figure


def broken(text: str, width: int = LINE) -> str:
    """``text`` in lines of about ``width`` characters, broken between words."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "<br>".join([*lines, line])

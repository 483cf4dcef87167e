"""What the pictures of the analysis share: one accent, a grey for context, no decoration (screens.md)."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, BAD, CONTEXT, GOOD, GRID, SHADES

__all__ = ["ACCENT", "BAD", "CONTEXT", "GOOD", "GRID", "SHADES", "dressed", "solid_shade"]


def dressed(figure: go.Figure, height: int, **more: Any) -> go.Figure:
    """Transparent, close margins, thin grid lines."""
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 36 if "title" in more else 12, "b": 8},
        "showlegend": False,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "paper_bgcolor": "rgba(0,0,0,0)",
        **more,
    }
    if isinstance(layout.get("title"), str):
        layout["title"] = {"text": layout["title"], "font": {"size": 14}, "x": 0, "xanchor": "left"}
    figure.update_layout(**layout)
    figure.update_xaxes(gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True)
    return figure


def solid_shade(share: float) -> str:
    """The accent mixed with white, opaque: 0 nearly white, 1 the accent itself."""
    kept = 0.12 + 0.88 * min(max(share, 0.0), 1.0)
    red, green, blue = (round(255 + (part - 255) * kept) for part in (0x35, 0x58, 0xE6))
    return f"rgb({red}, {green}, {blue})"

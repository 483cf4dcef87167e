"""Plotly figures as the screens draw them: without a bar of tools; some of them can be picked
(``ifdo_core.pickable``)."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ifdo_core.pickable import picked_row

_BARE = {"displayModeBar": False}


def chart(figure: go.Figure, key: str, place: DeltaGenerator | None = None) -> None:
    """Draws it, in ``place`` where one is given."""
    draw = st.plotly_chart if place is None else place.plotly_chart
    draw(figure, key=key, config=_BARE)


def pickable(figure: go.Figure, key: str) -> int | None:
    """Draws it; the row behind what was picked in it, None before."""
    event: Any = st.plotly_chart(figure, key=key, on_select="rerun", selection_mode="points", config=_BARE)
    return picked_row(event.selection.points)

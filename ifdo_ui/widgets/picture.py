"""A picture whose points can be picked (``ifdo_core.pickable``)."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ifdo_core.pickable import picked_row


def pickable(figure: go.Figure, key: str) -> int | None:
    """Draws it; the row behind what was picked in it, None before."""
    event: Any = st.plotly_chart(
        figure, key=key, on_select="rerun", selection_mode="points", config={"displayModeBar": False}
    )
    return picked_row(event.selection.points)

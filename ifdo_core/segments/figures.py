"""Pictures of a preview."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, GRID, tint
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate

#: The accent, so light that bars stand out on it.
SHADE = tint(ACCENT, 0.10)


def daily_figure(daily: pd.DataFrame, now: datetime | None, timezone: str) -> go.Figure:
    """Matching visits by day; the part that lies in the last 24 hours is shaded.

    Both end days are cut by the 7-day window, so they may be lower than a whole day would be.
    """
    figure = go.Figure()
    figure.add_bar(
        x=daily["date"],
        y=daily["visits"],
        marker_color=ACCENT,
        customdata=[count_text(int(visits), "건") for visits in daily["visits"]],
        hovertemplate="%{x|%m.%d}  %{customdata}<extra></extra>",
    )
    if now is not None:
        local = now.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
        half = timedelta(hours=12)  # a bar is centred on its date's midnight
        figure.add_vrect(
            x0=local - timedelta(days=1) - half,
            x1=local - half,
            fillcolor=SHADE,
            line_width=0,
            layer="below",
            annotation_text=translate("24시간"),
            annotation_position="top left",
            annotation_font_size=11,
            annotation_yshift=16,  # above the bars, not on them
        )
    few = daily.empty or int(daily["visits"].max()) < 4  # halves of a visit would be worded as whole ones
    figure.update_layout(
        height=180,
        margin={"l": 0, "r": 0, "t": 20, "b": 0},
        showlegend=False,
        bargap=0.35,
        plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)",
        yaxis={"rangemode": "tozero", "gridcolor": GRID, "nticks": 4, "tickformat": ",d", "dtick": 1 if few else None},
        xaxis={"tickformat": "%m.%d", "dtick": 86_400_000},
    )
    return figure

"""Under the two large numbers: what the next 7 days will bring, and how far to trust it."""

from __future__ import annotations

import streamlit as st

from ifdo_core.formats import percent_text
from ifdo_core.segments.forecast.result import Backtest, Forecast
from ifdo_ui import cache
from ifdo_ui.builder import actions
from ifdo_ui.frame import fragment
from ifdo_ui.state import state
from ifdo_ui.text import _, element, plain, tag
from ifdo_ui.widgets.picture import chart


@fragment(actions.FORECAST)
def draw(opened: cache.Shop) -> None:
    """Drawn after the counts and the tree, so that neither waits for it; the old one stays, greyed, until then."""
    builder = state().builder
    segment = builder.draft.segment() if builder else None
    if segment is None:
        return
    forecast = cache.forecast(opened, segment)
    with st.container(key="forecast", gap=None):
        if forecast.visits is None:
            if forecast.reason is not None and forecast.reason.code == "short_forecast":
                st.html(tag("p", forecast.reason.text(), "ifdo-note"))
            return
        st.html(_numbers(forecast))
        if forecast.backtest is not None:
            _trust(forecast, forecast.backtest)


def _numbers(forecast: Forecast) -> str:
    """'다음 7일 약 1,150건 (980~1,330)' and the visitors below it."""
    visits, visitors = forecast.texts()
    first = tag("span", _("다음 7일")) + " " + tag("b", visits)
    second = tag("small", _("방문자 {count}", count=visitors))
    return element("p", first + second, "ifdo-forecast")


def _trust(forecast: Forecast, backtest: Backtest) -> None:
    """The backtest in a line that opens to its picture."""
    with st.popover(plain(backtest.insight()), type="tertiary", key="forecast.trust", on_change="rerun") as shown:
        if not shown.open:
            return
        chart(forecast.figure(), key="forecast.path")
        if backtest.coverage is None:
            return
        chart(backtest.figure(), key="forecast.backtest")
        st.caption(
            _(
                "띠는 날마다 그때까지의 기록만으로 예측한 7일 방문의 80 % 구간, 선은 실제 방문이에요. "
                "○는 빗나간 날이에요."
            )
        )
        if backtest.visitors_coverage is not None:
            visitors = _("방문자의 구간은 {held} 맞았어요.", held=percent_text(backtest.visitors_coverage * 100, 0))
            st.caption(plain(f"{backtest.against_naive()} {visitors}"))
        st.caption(_("앞으로의 행사나 광고는 예측에 없어요. 회원 등급 같은 지금의 상태는 과거에도 지금 값을 써요."))

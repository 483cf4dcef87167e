"""The whole app in one process: ``streamlit run app.py``. Assembly only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ifdo_server.prompt import answer_at_once
from ifdo_server.reports import report_route
from ifdo_server.routes import routes
from ifdo_server.scheduler import Scheduler
from ifdo_ui import cache
from ifdo_ui.frame import show_error


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Begins to open the shop before the first visitor asks, and closes everything at the end."""
    cache.shop()
    answer_at_once()
    scheduler = Scheduler(cache.ready)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()
        cache.close_all()


app = st.App(
    "ifdo_ui/main.py",
    routes=[*routes(cache.health, cache.ready), report_route(cache.take_report)],
    lifespan=lifespan,
    on_script_error=show_error,
)

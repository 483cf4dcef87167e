"""An edit stops the query of the one before it: Streamlit would let it run to its end first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from ifdo_core.engines import Engine
from ifdo_core.engines.newest import Overtaken, unless_overtaken

_T = TypeVar("_T")


def newest(
    engine: Engine, work: Callable[[Callable[[Any], None]], _T], on_told: Callable[[Any], None] | None = None
) -> _T:
    """The result of ``work`` (see ``unless_overtaken``). When the session has asked for something newer meanwhile,
    or is gone, its statement is stopped and this part of the page drawn again after the newer request."""
    try:
        return unless_overtaken(engine, work, _is_overtaken, on_told)
    except Overtaken:
        context = get_script_run_ctx()
        in_fragment = context is not None and bool(context.fragment_ids_this_run)
        st.rerun(scope="fragment" if in_fragment else "app")


def _is_overtaken() -> bool:
    """Whether a request waits for this run to end. Streamlit asks itself this only when a run draws something, and
    then lets requests of fragments wait."""
    context = get_script_run_ctx()
    requests = context.script_requests if context else None
    return requests is not None and requests._state is not ScriptRequestType.CONTINUE  # pyright: ignore[reportPrivateUsage]

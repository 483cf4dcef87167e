"""The settings of the app that are Streamlit's: one that it no longer knew would be passed over in silence."""

from __future__ import annotations

import tomllib

import pytest
from streamlit import config

from tests.ui.conftest import ROOT

WRITTEN = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", [name for name in WRITTEN if name != "theme"])
def test_streamlit_knows_what_is_set(section: str) -> None:
    for name, value in WRITTEN[section].items():
        assert isinstance(config.get_option(f"{section}.{name}"), type(value))


def test_no_run_waits_for_a_collection_of_garbage() -> None:
    assert WRITTEN["runner"]["postScriptGC"] is False

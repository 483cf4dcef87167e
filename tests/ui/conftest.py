"""The app without a browser: AppTest on the real script, the real workbench and a small demo shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "ifdo_ui" / "main.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo shop of these tests is built, once."""
    return tmp_path_factory.mktemp("shop")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, demo_home: Path, tmp_path: Path) -> Iterator[Open]:
    """``app('segments', lang='en', segment=…)``: a page, drawn once; ``url`` opens another shop than the demo."""
    from ifdo_ui import cache

    monkeypatch.setenv("IFDO_HOME", str(demo_home))
    monkeypatch.setenv("IFDO_DEMO_VISITS", "6000")
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")
    monkeypatch.delenv("IFDO_URL", raising=False)

    def opened(page: str = "home", *, url: str | None = None, **params: str) -> AppTest:
        if url:
            monkeypatch.setenv("IFDO_URL", url)
        test = AppTest.from_file(str(MAIN), default_timeout=90)
        for name, value in params.items():
            test.query_params[name] = value
        test.run()
        if page != "home":
            test.switch_page(str(ROOT / "pages" / f"{page}.py"))
            for name, value in params.items():
                test.query_params[name] = value
            test.run()
        return test

    yield opened
    cache.close_all()
    st.cache_resource.clear()


def shown(test: AppTest) -> str:
    """All text on screen, for what must or must not be there."""
    parts = [element.value for kind in ("markdown", "caption", "html", "error", "info") for element in test.get(kind)]
    parts += [button.label for button in test.button]
    return "\n".join(str(part) for part in parts)


def panel(test: AppTest) -> str:
    """The HTML of the 모수 panel."""
    return "".join(str(element.value) for element in test.get("html") if "ifdo-" in str(element.value))

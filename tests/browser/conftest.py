"""The real app in a process of its own, and Debian's chromium before it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
VISITS = "6000"
CHROMIUM = os.environ.get("IFDO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
#: On a page below the root Streamlit first asks for its own address there; these answers are meant.
EXPECTED = "/_stcore/"
SIZES = {"desk": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class App:
    """``streamlit run app.py`` (or another script) on a free port, from another folder than the repository's."""

    def __init__(self, folder: Path, script: Path = ROOT / "app.py", **env: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "app.log"
        cleared = {key: value for key, value in os.environ.items() if not key.startswith(("IFDO_", "STREAMLIT_"))}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={self.port}",
                 "--server.address=127.0.0.1", "--server.headless=true", "--server.fileWatcherType=none"],
                cwd=folder,
                env={**cleared, "IFDO_HOME": str(folder), "IFDO_STATE_URL": f"sqlite:///{folder}/state.db", **env},
                stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip

    def health(self, path: str = "/health") -> str:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=2) as answer:
                return answer.read().decode()
        except OSError as error:
            return getattr(error, "read", lambda: b"")().decode() or str(error)

    def wait(self, word: str = '"ok"', seconds: float = 120, path: str = "/health") -> None:
        end = time.monotonic() + seconds
        while word not in self.health(path):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.health(path) + self.log.read_text()
            time.sleep(0.2)

    def stop(self) -> str:
        """Ends it; what it wrote."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.log.read_text()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on a small demo shop."""
    app = App(tmp_path_factory.mktemp("demo"), IFDO_DEMO_VISITS=VISITS)
    app.wait()
    yield app
    assert "Traceback" not in app.stop()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on a shop without data."""
    folder = tmp_path_factory.mktemp("empty")
    app = App(folder, IFDO_URL=str(folder / "shop.duckdb"))
    app.wait()
    yield app
    assert "Traceback" not in app.stop()


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same demo shop, asked without the app: the same seed gives the same shop."""
    from ifdo_core import Workbench

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IFDO_HOME", str(tmp_path_factory.mktemp("twin")))
        patch.setenv("IFDO_DEMO_VISITS", VISITS)
        with Workbench.open() as workbench:
            yield workbench


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a busy machine is no fault of the app
    if not CHROMIUM:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """``visit(url, size='phone', scheme='dark')``: a page in a fresh browser; it must not complain in its console."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def opened(url: str, size: str = "desk", scheme: str = "light") -> Any:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{said.type}: {said.text} {said.location}")
                if said.type == "error" and EXPECTED not in said.location.get("url", "")
                else None
            ),
        )
        page.goto(url)
        page.locator("[data-testid=stMainBlockContainer] >> :scope *").first.wait_for()
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            assert page.locator("[data-testid=stException]").count() == 0
        context.close()
    assert complaints == []

"""The real app in a process of its own, for what can only be measured from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_S = 180.0


@dataclass(frozen=True)
class App:
    """A script that Streamlit serves. ``log``: what it wrote."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def memory_mb(self) -> int:
        """What it holds now; 0 where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0
        told = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
        return int(told[0]) // 1024 if told else 0

    def cpu_s(self) -> float:
        """Seconds of processor time so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        told = stat.read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self) -> int:
        """Files and sockets that it holds open; 0 where the system does not tell."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return len(list(folder.iterdir())) if folder.exists() else 0


@contextmanager
def served(script: Path, folder: Path, **env: str) -> Generator[App]:
    """``script`` on a free port of localhost, its log and state in ``folder``. Raises OSError where it does not
    answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    state = f"sqlite:///{folder}/state.db"
    log = folder / f"{script.stem}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}",
             "--server.address=127.0.0.1", "--server.headless=true", "--server.fileWatcherType=none",
             "--browser.gatherUsageStats=false"],
            cwd=folder, env={**os.environ, "IFDO_STATE_URL": state, **env},
            stdout=written, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for(f"{url}/_stcore/health")
        yield App(url, port, process, log)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, word: str = "") -> None:
    """Until ``url`` answers with ``word`` in it."""
    end = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if word in answer.read().decode():
                    return
        except OSError:
            if time.monotonic() > end:
                raise
        if time.monotonic() > end:
            raise TimeoutError(url)
        time.sleep(0.2)

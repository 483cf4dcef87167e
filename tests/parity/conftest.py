"""The three engines as fixtures: ``engine`` (empty, for one test) and ``module_engine`` (for a module's tests).

DuckDB and chdb run in this process. For PostgreSQL one throw-away cluster is made per test run, on a
socket in a temporary folder; its own collation is Korean, so that only our columns' order is by bytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ifdo_core.engines import Engine, open_engine

KINDS = ("duckdb", "chdb", pytest.param("postgresql", marks=pytest.mark.postgres))


def _postgresql_folder() -> Path | None:
    """The folder of PostgreSQL's programs, of the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    for path in reversed(found):
        return path.parent
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


def _unprivileged() -> list[str]:
    """What to put before a command: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of a throw-away cluster's database 'postgres'."""
    programs = _postgresql_folder()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (scripts/install-system.sh installs it)")
    folder = Path(tempfile.mkdtemp(prefix="ifdo-pg-"))  # short: a socket's path has at most 107 characters
    data = folder / "data"
    user = _unprivileged()
    if user:
        shutil.chown(folder, "postgres", "postgres")
    collation = ["--locale-provider=icu", "--icu-locale=ko"] if int(programs.parts[-2]) >= 15 else ["--locale=C"]
    options = f"-c fsync=off -c full_page_writes=off -c listen_addresses= -k {folder}"
    try:
        for command in (
            [programs / "initdb", "-D", data, "-U", "ifdo", "-A", "trust", "-E", "UTF8", "-N", *collation],
            [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        ):
            _run([*user, *map(str, command)], folder)
        try:
            yield f"postgresql+psycopg://ifdo@/postgres?host={folder}"
        finally:
            _run([*user, str(programs / "pg_ctl"), "-D", str(data), "-m", "fast", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"


@pytest.fixture(scope="session")
def fresh(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], Engine]]:
    """``fresh(kind, name)``: an engine on a database ``name`` with nothing in it."""
    roots: dict[str, Engine] = {}

    def root(kind: str) -> Engine:
        if kind not in roots:
            chdb = "clickhousedb:///?interface=chdb"
            roots[kind] = open_engine(chdb if kind == "chdb" else request.getfixturevalue("postgresql_url"))
        return roots[kind]

    def make(kind: str, name: str) -> Engine:
        if kind == "duckdb":
            return open_engine("duckdb:///:memory:")
        with root(kind).session() as session:
            session.run(f"DROP DATABASE IF EXISTS {name}")
            session.run(f"CREATE DATABASE {name}")
        if kind == "chdb":
            return open_engine(f"clickhousedb:///{name}?interface=chdb")
        return open_engine(request.getfixturevalue("postgresql_url").replace("/postgres?", f"/{name}?"))

    yield make
    for engine in roots.values():
        engine.close()


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, fresh: Callable[[str, str], Engine]) -> Iterator[Engine]:
    """Each of the three engines, empty."""
    with fresh(request.param, "ifdo_test") as opened:
        yield opened


@pytest.fixture(scope="module", params=KINDS)
def module_engine(request: pytest.FixtureRequest, fresh: Callable[[str, str], Engine]) -> Iterator[Engine]:
    """Each of the three engines, empty at a module's first test; what tests put in stays until the last."""
    with fresh(request.param, "ifdo_test_module") as opened:
        yield opened

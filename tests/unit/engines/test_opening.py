"""Opening servers: what cannot be reached, is not installed or does not exist is named."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from sqlalchemy import func, select

from ifdo_core.engines import open_engine
from ifdo_core.engines.meanings import worded
from ifdo_core.errors import EngineError
from ifdo_core.tables import touched


def failure(url: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        open_engine(url)
    assert "secret" not in caught.value.text("ko")
    return caught.value


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://a:secret@127.0.0.1:1/x", "clickhousedb://a:secret@127.0.0.1:1/x"]
)
def test_a_server_that_is_not_there(url: str) -> None:
    error = failure(url)
    assert error.code == "unreachable"
    assert "127.0.0.1:1" in error.text("ko")


@pytest.mark.parametrize(
    ("module", "package", "url"),
    [
        ("ifdo_core.engines.postgresql", "psycopg", "postgresql://localhost/x"),
        ("ifdo_core.engines.clickhouse", "clickhouse_connect", "clickhousedb://localhost/x"),
    ],
)
def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, module: str, package: str, url: str) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    error = failure(url)
    assert error.code == "no_driver"
    assert "pip install" in error.text("ko")


def test_unknown_words_of_a_driver_are_passed_on() -> None:
    error = worded((), RuntimeError("first line\nsecond"), place="shop")
    assert (error.code, error.facts) == ("failed", {"place": "shop", "detail": "first line"})


def test_two_clickhouses_in_memory_share_nothing() -> None:
    url = "clickhousedb:///?interface=chdb"
    frame = pd.DataFrame({"owner": ["visitor_id"], "id": ["v1"]})
    with open_engine(url) as one:
        one.create([touched])
        one.append(touched, frame)
        with open_engine(url) as other:
            assert not other.has(touched)
            other.create([touched])
        assert one.scalar(select(func.count()).select_from(touched)) == 1
    with open_engine(url) as later:
        assert not later.has(touched)

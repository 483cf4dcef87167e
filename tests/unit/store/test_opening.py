"""Opening one new store from several places at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ifdo_core.store import open_store


def test_several_at_once_all_find_it_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"

    def count(_: int) -> int:
        with open_store(url) as store:
            return len(store.messages.list()) + store.consents.count()

    with ThreadPoolExecutor(8) as several:
        assert list(several.map(count, range(8))) == [0] * 8

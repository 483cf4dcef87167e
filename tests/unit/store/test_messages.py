"""Drafts, versions and images of messages in the store."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ifdo_core.errors import IfdoError
from ifdo_core.store import open_store
from ifdo_core.store.messages import MAX_VERSIONS

NOW = datetime(2026, 11, 24, 3)


def test_drafts_and_versions(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/state.db") as store:
        shelf = store.messages
        first = shelf.save("봄 세일", '{"text": "1"}', NOW, folder="기획전")
        shelf.save("봄 세일", '{"text": "2"}', NOW + timedelta(minutes=1), first.id)
        shelf.save("봄 세일", '{"text": "3"}', NOW + timedelta(minutes=9), first.id)
        assert [one.tree for one in shelf.versions(first.id)] == ['{"text": "3"}', '{"text": "2"}']
        other = shelf.save("가을", "{}", NOW + timedelta(hours=1))
        assert [one.name for one in shelf.list()] == ["가을", "봄 세일"]
        assert [one.id for one in shelf.list("봄")] == [first.id]
        assert [one.id for one in shelf.list(folder="기획전")] == [first.id]
        shelf.move(other.id, "기획전")
        assert len(shelf.list(folder="기획전")) == 2
        shelf.delete(first.id, NOW)
        with pytest.raises(IfdoError):
            shelf.get(first.id)
        shelf.undelete(first.id)
        assert shelf.get(first.id).tree == '{"text": "3"}'
        for n in range(MAX_VERSIONS + 5):
            shelf.save("봄", f'{{"text": "{n}"}}', NOW + timedelta(days=n + 1), first.id)
        assert len(shelf.versions(first.id)) == MAX_VERSIONS


def test_images(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/state.db") as store:
        url = store.messages.put_image(b"abc", NOW)
        assert store.messages.put_image(b"abc", NOW) == url
        assert store.messages.image(url) == b"abc"
        assert store.messages.image("image:none") is None

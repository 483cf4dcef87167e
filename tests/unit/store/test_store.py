"""Saved segments: what is kept, named, copied, deleted and brought back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from ifdo_core.errors import EngineError, IfdoError, SegmentError
from ifdo_core.segments.model import AllOf, Leaf, Segment
from ifdo_core.store import Store, open_store, state_url
from ifdo_core.store.migrations import MIGRATIONS, Migration, current, migrate
from ifdo_core.store.models import Base

OFTEN = Segment(
    AllOf((Leaf("traffic.visit_count", "gte", 5), Leaf("purchase.order_count", "lte", 0))), "자주 오는 손님"
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/deep/er/state.db"


@pytest.fixture
def store(url: str):
    with open_store(url) as opened:
        yield opened


def test_the_folder_is_made_and_a_segment_survives_a_restart(url: str) -> None:
    with open_store(url) as first:
        saved = first.save(OFTEN)
    with open_store(url) as second:
        assert second.get(saved.id) == saved
        assert second.get(saved.id).segment == OFTEN


def test_saving_again_keeps_the_id_and_the_day_it_was_made(store: Store) -> None:
    saved = store.save(OFTEN)
    changed = store.save(Segment(Leaf("traffic.visit_count", "gte", 9), "더 자주"), saved.id)
    assert (changed.id, changed.created_at) == (saved.id, saved.created_at)
    assert changed.updated_at >= saved.updated_at
    assert [item.name for item in store.list()] == ["더 자주"]


def test_names_are_unique_and_trimmed(store: Store) -> None:
    first = store.save(OFTEN)
    assert store.save(OFTEN).name == "자주 오는 손님 (2)"
    assert store.copy(store.copy(first.id).id).name == "자주 오는 손님 (4)"
    assert store.rename(first.id, "  새   이름 ").name == "새 이름"
    assert store.get(first.id).readable().name == "새 이름"
    assert store.rename(first.id, "새 이름").name == "새 이름"


@pytest.mark.parametrize(
    ("name", "code"), [("", "name_is_empty"), ("  ", "name_is_empty"), ("가" * 201, "name_is_long")]
)
def test_a_name_that_cannot_be(store: Store, name: str, code: str) -> None:
    with pytest.raises(IfdoError) as refused:
        store.save(Segment(Leaf("traffic.visit_count", "gte", 5), name))
    assert refused.value.code == code
    assert store.list() == []


def test_a_long_name_is_cut_for_its_number(store: Store) -> None:
    store.save(Segment(OFTEN.where, "가" * 200))
    assert store.save(Segment(OFTEN.where, "가" * 200)).name == "가" * 196 + " (2)"


def test_deleted_is_off_the_list_and_comes_back(store: Store) -> None:
    saved = store.save(OFTEN)
    store.delete(saved.id)
    assert store.list() == []
    with pytest.raises(IfdoError, match="찾을 수 없어요"):
        store.get(saved.id)
    taken = store.save(OFTEN)
    assert taken.name == OFTEN.name  # a deleted one holds no name
    assert store.undelete(saved.id).name == "자주 오는 손님 (2)"
    assert {item.id for item in store.list()} == {saved.id, taken.id}


def test_the_list_is_newest_first_and_can_be_searched(store: Store) -> None:
    names = ["SNS 유입", "장바구니 5만 원", "sns 광고"]
    for name in names:
        store.save(Segment(OFTEN.where, name))
    assert [item.name for item in store.list()] == names[::-1]
    assert [item.name for item in store.list(" Sns ")] == ["sns 광고", "SNS 유입"]


def test_one_that_cannot_be_read_does_not_hide_the_others(store: Store, url: str) -> None:
    broken, good = store.save(OFTEN), store.save(OFTEN)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("update segments set tree = replace(tree, 'visit_count', 'visit_cuont') where segment_id = :id"),
            {"id": broken.id},
        )
    engine.dispose()
    listed = {item.id: item for item in store.list()}
    assert listed[good.id].segment is not None
    assert listed[broken.id].segment is None
    assert "visit_cuont" in str(listed[broken.id].fault)
    with pytest.raises(SegmentError):
        store.get(broken.id)
    store.delete(broken.id)
    assert store.undelete(broken.id).name == OFTEN.name


def test_unknown_ids(store: Store) -> None:
    for act in (store.get, store.copy, store.delete, store.undelete):
        with pytest.raises(IfdoError) as refused:
            act("seg_none")
        assert refused.value.code == "segment_not_found"


def test_threads_share_a_store(store: Store) -> None:
    workers = [threading.Thread(target=store.save, args=(OFTEN,)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({item.name for item in store.list()}) == 8


# --- migrations -------------------------------------------------------------------------------


def test_the_migrations_lead_to_the_models(url: str) -> None:
    open_store(url).close()
    engine = create_engine(url)
    found = inspect(engine)
    for table in Base.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
    engine.dispose()


def test_the_numbers_are_in_order_without_a_gap() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_a_step_is_applied_once_and_a_failing_one_leaves_nothing(url: str) -> None:
    open_store(url).close()
    engine = create_engine(url)

    def fails(connection: object) -> None:
        raise RuntimeError("no")

    more = (*MIGRATIONS, Migration(len(MIGRATIONS) + 1, "fails", fails))
    with pytest.raises(RuntimeError), engine.begin() as connection:
        migrate(connection, more)
    with engine.begin() as connection:
        assert current(connection) == len(MIGRATIONS)
        assert migrate(connection) == ()
    engine.dispose()


def test_a_store_of_a_newer_program_is_refused(url: str) -> None:
    open_store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("insert into migrations values (99, 'later', '2030-01-01 00:00:00')"))
    engine.dispose()
    with pytest.raises(EngineError) as refused:
        open_store(url)
    assert refused.value.code == "state_is_newer"


def test_a_store_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(EngineError) as refused:
        open_store(f"sqlite:///{tmp_path}/file/state.db")
    assert refused.value.code == "state_unavailable"
    assert "IFDO_STATE_URL" in str(refused.value)


def test_the_url_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IFDO_STATE_URL", raising=False)
    assert state_url() == "sqlite:///var/state.db"
    monkeypatch.setenv("IFDO_STATE_URL", "postgresql+psycopg://shop/state")
    assert state_url() == "postgresql+psycopg://shop/state"

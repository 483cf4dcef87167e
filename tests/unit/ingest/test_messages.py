"""What was sent: read from a dealer's file, completed by its results, and made for the demo shop."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine, open_engine
from ifdo_core.ingest import load, told_apart
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.workbench import Workbench

SHOP = ShopSettings()
NOW = datetime(2026, 11, 24, 3)


@pytest.fixture
def engine() -> Engine:
    engine = open_engine(":memory:")
    engine.create(list(tables.canonical.tables.values()))
    return engine


def sent(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"message_id": ["a"], "ts": ["2026-11-20 11:00"], "channel": ["brand_message"], "status": ["accepted"]}
        | {name: [value] for name, value in columns.items()}
    )


def test_a_dealers_file_in_korean(engine: Engine) -> None:
    file = pd.DataFrame(
        {
            "발송번호": ["1", "2", "3"],
            "발송일시": ["2026-11-20 11:00"] * 3,
            "메시지유형": ["브랜드메시지", "알림톡", "친구톡 이미지"],
            "발송결과": ["성공", "실패", "접수"],
            "회원ID": ["m1", "m2", "m3"],
            "실패사유": [None, "차단", None],
        }
    )
    assert told_apart(file) is None
    report = load(engine, SHOP, {"messages": file}, now=NOW)
    assert (report.rows_loaded, report.rows_rejected) == (3, 0)
    rows = engine.frame(tables.messages.select().order_by(tables.messages.c.message_id))
    assert rows.channel.tolist() == ["brand_message", "alimtalk", "brand_message"]
    assert rows.status.tolist() == ["delivered", "failed", "accepted"]
    assert rows.ts[0] == pd.Timestamp("2026-11-20 02:00")
    assert rows.failure[1] == "차단"


def test_results_complete_what_was_sent(engine: Engine) -> None:
    load(engine, SHOP, {"messages": sent(member_id="m1", campaign="spring")}, now=NOW)
    load(engine, SHOP, {"messages": sent(status="delivered", delivered_at="2026-11-20 11:01")}, now=NOW)
    row = engine.frame(tables.messages.select()).iloc[0]
    assert (row.member_id, row.campaign, row.status) == ("m1", "spring", "delivered")
    assert row.delivered_at == pd.Timestamp("2026-11-20 02:01")
    assert load(engine, SHOP, {"messages": sent(status="delivered")}, now=NOW).rows_loaded == 0


def test_new_messages_make_a_new_data_version() -> None:
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(orders=pd.DataFrame({"order_id": ["1"], "ts": ["2026-11-20"], "amount": [1000]}))
        before = workbench.data_version
        workbench.load(messages=sent())
        assert workbench.data_version > before
        assert workbench.holdings.tables["messages"].rows == 1
        assert workbench.engine.scalar(tables.people.select().with_only_columns(tables.people.c.order_count)) == 1


def test_the_demo_shop_sends_only_to_those_it_may() -> None:
    frames = dict(DemoShop(visits=20_000).frames())  # of events the last piece stays, which nothing here asks
    messages, members = frames["messages"], frames["members"].set_index("member_id")
    assert messages.message_id.is_unique
    who = members.loc[messages.member_id]
    brand = (messages.channel == "brand_message").to_numpy()
    assert who.phone[brand].notna().all()
    assert not who.opted_out[brand].fillna(False).any()
    target_m, target_i = (messages.targeting == "M").to_numpy(), (messages.targeting == "I").to_numpy()
    assert who.marketing_consent[target_m].all()
    assert who.channel_friend[target_i].all()
    held = messages.status == "holdout"
    assert 0.07 < held[target_m].mean() < 0.13
    assert messages.delivered_at[held].isna().all()
    assert messages.variant[held].isna().all()
    assert (messages.clicked_at.dropna() > messages.delivered_at[messages.clicked_at.notna()]).all()
    assert messages.opened_at[brand].isna().all()
    assert (messages.status == "failed").any()


def test_a_demo_shop_on_a_day_without_messages() -> None:
    frames = dict(DemoShop(visits=50, days=1, end=datetime(2026, 11, 2, 14, 59, 59)).frames())
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.engine.append(tables.messages, frames["messages"])
        assert not workbench.holdings.has("messages")

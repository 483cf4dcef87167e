"""Loads: the same rows once, all or nothing, every bad row named. All values are invented."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines import open_engine
from ifdo_core.errors import DataError
from ifdo_core.ingest import Mapping, load, reason_text, transform
from ifdo_core.ingest.rejects import REASONS

ROOT = Path(__file__).resolve().parents[3]
SHOP = ShopSettings()
NOW = datetime(2026, 11, 24)
TABLES = [tables.events, tables.orders, tables.order_items, tables.products, tables.members]

EVENTS = pd.DataFrame(
    {
        "ts": ["2026-11-23 10:00:00", "2026-11-23 10:00:05", "2026-11-23 10:00:05"],
        "visitor_id": ["v1", "v1", "v2"],
        "name": ["page_view", "add_to_cart", "page_view"],
        "page_url": ["https://shop.example/", None, "/order/basket.html?utm_source=kakao"],
        "value": [None, "50,000원", None],
    }
)
ORDERS = pd.DataFrame(
    {"order_id": ["0001", "0002"], "ts": ["2026-11-23", "2026. 11. 23. 오후 3:05"], "amount": ["50,000원", "₩12,000"]}
)


@pytest.fixture(params=["duckdb:///:memory:", "clickhousedb:///?interface=chdb"])
def engine(request):
    with open_engine(request.param) as opened:
        yield opened


@pytest.fixture
def duck():
    with open_engine("duckdb:///:memory:") as opened:
        yield opened


def count(engine, table):
    return engine.scalar(select(func.count()).select_from(table)) if engine.has(table) else 0


def counts(engine):
    return {table.name: count(engine, table) for table in [*TABLES, tables.loads, tables.rejected_rows]}


# --- the same rows --------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(engine):
    first = load(engine, SHOP, {"events": EVENTS, "orders": ORDERS}, now=NOW)
    assert (first.rows_read, first.rows_loaded, first.rows_duplicate, first.rows_rejected) == (5, 5, 0, 0)
    before = [engine.frame(select(table)) for table in TABLES]
    again = load(engine, SHOP, {"events": EVENTS, "orders": ORDERS}, now=NOW)
    assert (again.rows_read, again.rows_loaded, again.rows_duplicate) == (5, 0, 5)
    for old, table in zip(before, TABLES, strict=True):
        pd.testing.assert_frame_equal(old, engine.frame(select(table)))
    assert count(engine, tables.loads) == 4


def test_the_same_rows_as_csv_excel_and_parquet_are_the_same(duck, tmp_path):
    typed = EVENTS.assign(ts=pd.to_datetime(EVENTS["ts"]), value=[None, 50000, None])
    EVENTS.to_csv(tmp_path / "a.csv", index=False, encoding="cp949")
    EVENTS.to_csv(tmp_path / "a.tsv", index=False, sep="\t", encoding="utf-16")
    EVENTS.to_excel(tmp_path / "a.xlsx", index=False)
    typed.to_parquet(tmp_path / "a.parquet")
    assert load(duck, SHOP, {"events": EVENTS}, now=NOW).rows_loaded == 3
    for name in ("a.csv", "a.tsv", "a.xlsx", "a.parquet"):
        assert load(duck, SHOP, {"events": tmp_path / name}, now=NOW).rows_loaded == 0, name
    assert load(duck, SHOP, {"events": typed[sorted(typed.columns)]}, now=NOW).rows_loaded == 0


def test_rows_equal_in_all_columns_are_one_event(duck):
    report = load(duck, SHOP, {"events": pd.concat([EVENTS, EVENTS])}, now=NOW)
    assert (report.rows_read, report.rows_loaded, report.rows_duplicate) == (6, 3, 3)


def test_equal_lines_of_an_order_are_different_lines(duck):
    items = pd.DataFrame(
        {"order_id": ["1"] * 3, "product_id": ["a", "a", "b"], "quantity": [1, 1, 1], "price": [10, 10, 5]}
    )
    assert load(duck, SHOP, {"order_items": items}, now=NOW).rows_loaded == 3
    assert load(duck, SHOP, {"order_items": items.iloc[::-1]}, now=NOW).rows_loaded == 0


def test_a_changed_row_replaces_the_old_one_and_late_rows_are_fine(engine):
    load(engine, SHOP, {"orders": ORDERS}, now=NOW)
    changed = ORDERS.assign(status=["반품완료", "결제완료"])
    older = pd.DataFrame({"order_id": ["0000"], "ts": ["2020-01-01"], "amount": [1]})
    report = load(engine, SHOP, {"orders": [changed, older]}, now=NOW)
    assert (report.rows_loaded, report.rows_duplicate) == (2, 1)
    found = engine.execute(select(tables.orders.c.order_id, tables.orders.c.status).order_by(tables.orders.c.order_id))
    assert [tuple(row) for row in found] == [("0000", "paid"), ("0001", "refunded"), ("0002", "paid")]


def test_the_last_of_several_rows_with_one_id_counts(duck):
    twice = pd.DataFrame({"member_id": ["m1", "m1"], "grade": ["일반", "VIP"]})
    report = load(duck, SHOP, {"members": twice}, now=NOW)
    assert (report.rows_loaded, report.rows_duplicate) == (1, 1)
    assert duck.scalar(select(tables.members.c.grade)) == "VIP"


def test_what_a_file_has_no_column_for_stays_as_it_was(engine):
    full = pd.DataFrame({"member_id": ["m1", "m2"], "grade": ["VIP", "일반"], "marketing_consent": ["Y", "N"]})
    consents = pd.DataFrame({"member_id": ["m2", "m3"], "marketing_consent": ["Y", None]})
    load(engine, SHOP, {"members": full}, now=NOW)
    report = load(engine, SHOP, {"members": consents}, now=NOW)
    assert (report.rows_loaded, report.rows_duplicate) == (2, 0)
    members = select(tables.members.c.member_id, tables.members.c.grade, tables.members.c.marketing_consent)
    expected = [("m1", "VIP", True), ("m2", "일반", True), ("m3", None, None)]
    assert [tuple(row) for row in engine.execute(members.order_by(tables.members.c.member_id))] == expected
    assert load(engine, SHOP, {"members": consents}, now=NOW).rows_loaded == 0
    empty = load(engine, SHOP, {"members": full.assign(grade=None)}, now=NOW)
    assert empty.rows_loaded == 2
    assert engine.scalar(select(func.count(tables.members.c.grade))) == 0


def test_files_of_one_load_complete_each_other(duck):
    full = pd.DataFrame(
        {"member_id": ["m1", "m1", "m2"], "grade": ["일반", "VIP", "일반"], "gender": ["여", "여", "남"]}
    )
    phones = pd.DataFrame({"member_id": ["m2", "m1"], "phone": ["010-0000-0002", "010-0000-0001"]})
    grades = pd.DataFrame({"member_id": ["m2"], "grade": [None]})
    load(duck, SHOP, {"members": [full, phones, grades]}, now=NOW)
    columns = [tables.members.c[name] for name in ("member_id", "grade", "gender", "phone")]
    assert [tuple(row) for row in duck.execute(select(*columns).order_by(columns[0]))] == [
        ("m1", "VIP", "female", "01000000001"),
        ("m2", None, "male", "01000000002"),
    ]


def test_an_order_keeps_its_status_where_a_file_has_none(duck):
    load(duck, SHOP, {"orders": ORDERS.assign(status="취소완료")}, now=NOW)
    load(duck, SHOP, {"orders": ORDERS.assign(amount=1)}, now=NOW)
    assert {tuple(row) for row in duck.execute(select(tables.orders.c.status, tables.orders.c.amount))} == {
        ("cancelled", 1)
    }


LINES = st.lists(
    st.tuples(st.sampled_from("12345"), st.sampled_from("ab"), st.integers(1, 3), st.integers(0, 2000)),
    min_size=1,
    max_size=30,
)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_lines_in_any_order_give_the_same_orders(data):
    drawn = data.draw(LINES)
    lines = pd.DataFrame(drawn, columns=["주문번호", "상품코드", "수량", "단가"]).assign(주문일시="2026-11-01")
    shuffled = lines.iloc[data.draw(st.permutations(range(len(lines))))]
    held = []
    for frame in (lines, shuffled):
        with open_engine("duckdb:///:memory:") as engine:
            load(engine, SHOP, {"orders": frame}, now=NOW)
            assert load(engine, SHOP, {"orders": shuffled}, now=NOW).rows_loaded == 0
            held.append([engine.frame(select(table).order_by(*table.columns)) for table in TABLES[1:3]])
    for one, other in zip(*held, strict=True):
        pd.testing.assert_frame_equal(one, other)
    orders, items = held[0]
    amounts: dict[str, int] = {}
    for order, _, quantity, price in drawn:
        amounts[order] = amounts.get(order, 0) + quantity * price
    assert dict(zip(orders["order_id"], orders["amount"], strict=True)) == amounts
    assert len(items) == len(drawn)


# --- all or nothing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [b"", b"order_id,ts,amount\n", b"order_id,ts,amount,ts\n1,2026-01-01,5,x\n", b"order_id,when\n1,2026-01-01\n",
     b"order_id,ts,amount\n1,2026-01-01,5\n2,2026-01-01,\xff\xfe\x80\n",
     b'order_id,ts,amount\n1,2026-01-01,"5\n2,2026-01-01,6\n'],
    ids=["empty", "only header", "duplicate column", "missing columns", "encoding", "open quote"],
)  # fmt: skip
def test_a_bad_file_changes_nothing_at_all(engine, tmp_path, bad):
    load(engine, SHOP, {"events": EVENTS}, now=NOW)
    before = counts(engine)
    good, wrong = tmp_path / "good.csv", tmp_path / "wrong.csv"
    ORDERS.to_csv(good, index=False)
    wrong.write_bytes(bad)
    with pytest.raises(DataError) as caught:
        load(engine, SHOP, {"members": pd.DataFrame({"member_id": ["m1"]}), "orders": [good, wrong]}, now=NOW)
    assert "wrong.csv" in str(caught.value)
    assert counts(engine) == before


@pytest.mark.parametrize("stop_at", [0.0, 0.4, 0.8, 0.85, 0.9])
def test_an_interrupted_load_leaves_nothing_half_loaded(engine, stop_at):
    class Stop(Exception):
        pass

    def progress(fraction, text):
        if fraction >= stop_at:
            raise Stop

    load(engine, SHOP, {"events": EVENTS}, now=NOW)
    before = counts(engine)
    members = pd.DataFrame({"member_id": ["m1"]})
    with pytest.raises(Stop):
        load(engine, SHOP, {"orders": ORDERS, "members": members}, progress=progress, now=NOW)
    assert counts(engine) == before
    assert load(engine, SHOP, {"orders": ORDERS, "members": members}, now=NOW).rows_loaded == 3


KILLED = """
import sys, time
from datetime import datetime
import pandas as pd
from ifdo_core.config import ShopSettings
from ifdo_core.engines import open_engine
from ifdo_core.ingest import load

def progress(fraction, text):
    if fraction >= float(sys.argv[2]):
        print("now", flush=True)
        time.sleep(60)

orders = pd.DataFrame({"order_id": range(5000), "ts": "2026-01-01", "amount": 5})
members = pd.DataFrame({"member_id": range(5000)})
with open_engine(sys.argv[1]) as engine:
    load(engine, ShopSettings(), {"orders": orders, "members": members}, progress=progress, now=datetime(2026, 11, 24))
"""


@pytest.mark.parametrize("moment", [0.8, 0.9])
def test_a_killed_load_leaves_nothing_half_loaded(tmp_path, moment):
    url = str(tmp_path / "shop.duckdb")
    with open_engine(url) as engine:
        load(engine, SHOP, {"events": EVENTS}, now=NOW)
        before = counts(engine)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), url, str(moment)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().strip() == "now"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with open_engine(url) as engine:
        assert counts(engine) == before


# --- bad rows -------------------------------------------------------------------------------------


def rejected(report):
    return [tuple(row) for row in report.rejected[["row", "column", "value", "reason"]].itertuples(index=False)]


def test_bad_rows_are_named_exactly(engine, tmp_path):
    path = tmp_path / "주문.csv"
    lines = [
        "주문번호,주문일시,결제금액,메모,회원아이디",
        "1,2026-11-01,10000,,m1",
        "2,어제,10000,,m1",
        "3,2026-11-01,만원,,m1",
        "4,2026-11-01,-5,,m1",
        "5,2026-11-26 00:00:01,10000,,m1",
        ",2026-11-01,10000,,m1",
        "7,2026-11-01,10000",
        "2.3E+17,2026-11-01,10000,,m1",
        "9,2026-11-01,,,m1",
        "",
        "11,2026-11-24 23:00,10000,,m1",
    ]
    path.write_bytes("\n".join(lines).encode("cp949"))
    report = load(engine, SHOP, {"orders": path}, now=NOW)
    assert rejected(report) == [
        (2, "주문일시", "어제", "not_a_time"),
        (3, "결제금액", "만원", "not_an_amount"),
        (4, "결제금액", "-5", "negative"),
        (5, "주문일시", "2026-11-26 00:00:01", "future"),
        (6, "주문번호", None, "missing"),
        (7, None, "7,2026-11-01,10000", "columns"),
        (8, "주문번호", "2.3E+17", "damaged_id"),
        (9, "결제금액", None, "missing"),
    ]
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (10, 2, 8)
    assert report.unknown_columns == {"주문.csv": ("메모",)}
    assert report.files[0].mapping == "proposed"
    assert set(report.rejected["file"]) == {"주문.csv"}
    kept = engine.frame(select(tables.rejected_rows))
    assert sorted(kept["row"]) == [2, 3, 4, 5, 6, 7, 8, 9]
    noted = engine.execute(select(tables.loads))[0]
    assert (noted.rows_read, noted.rows_loaded, noted.rows_rejected, noted.source) == (10, 2, 8, "주문.csv")


def test_reasons_have_words():
    report_codes = set(REASONS)
    assert {reason_text(code, "ko") for code in report_codes} == set(REASONS.values())
    assert reason_text("a code of later") == "a code of later"


def test_a_row_is_counted_once_however_bad(duck):
    frame = pd.DataFrame({"order_id": [None], "ts": ["x"], "amount": ["y"]})
    report = load(duck, SHOP, {"orders": frame}, now=NOW)
    assert report.rows_rejected == len(report.rejected) == 1


def test_personal_values_of_bad_rows_are_not_kept(duck):
    frame = pd.DataFrame({"member_id": ["m1"], "birthday": ["1990년 어느 날"], "email": ["a@example.com"]})
    report = load(duck, SHOP, {"members": frame}, now=NOW)
    assert rejected(report) == [(1, "birthday", None, "not_a_time")]


def test_many_bad_rows_are_counted_and_only_so_many_named(duck, monkeypatch):
    monkeypatch.setattr("ifdo_core.ingest.rejects.NAMED", 3)
    frame = pd.DataFrame({"order_id": range(10), "ts": "x", "amount": 1})
    report = load(duck, SHOP, {"orders": frame}, now=NOW)
    assert (report.rows_rejected, len(report.rejected)) == (10, 3)


# --- what is kept ---------------------------------------------------------------------------------


def test_ids_from_numbers_and_minor_units(duck):
    frame = pd.DataFrame({"order_id": [12.0, 13.0], "ts": ["2026-01-01"] * 2, "amount": [11.765, 0.285]})
    load(duck, ShopSettings(currency="USD"), {"orders": frame}, now=NOW)
    found = duck.execute(select(tables.orders.c.order_id, tables.orders.c.amount).order_by(tables.orders.c.order_id))
    assert [tuple(row) for row in found] == [("12", 1177), ("13", 29)]


def test_naive_times_are_the_shops_and_offsets_are_themselves(duck):
    frame = pd.DataFrame(
        {"order_id": ["1", "2"], "ts": ["2026-03-08 02:30:00", "2026-03-08T02:30:00+09:00"], "amount": 1}
    )
    load(duck, ShopSettings(timezone="America/New_York"), {"orders": frame}, now=NOW)
    found = duck.execute(select(tables.orders.c.ts).order_by(tables.orders.c.order_id))
    assert [row[0] for row in found] == [datetime(2026, 3, 8, 7, 30), datetime(2026, 3, 7, 17, 30)]


def test_derived_columns_of_events(duck):
    load(duck, SHOP, {"events": EVENTS}, now=NOW)
    found = duck.execute(select(tables.events).where(tables.events.c.visitor_id == "v2"))[0]
    assert (found.page_path, found.page_type, found.utm_source) == ("/order/basket.html", "cart", "kakao")
    assert found.page_host is None


def test_our_own_names_need_no_mapping_and_extra_columns_are_named(duck):
    report = load(duck, SHOP, {"events": EVENTS.assign(비고="x", page_host="no")}, now=NOW)
    assert report.files[0].mapping == "canonical"
    assert report.unknown_columns == {"DataFrame": ("비고", "page_host")}


def test_globs_and_frames_together(duck, tmp_path):
    for place in range(3):
        pd.DataFrame({"order_id": [place], "ts": ["2026-01-01"], "amount": [1]}).to_csv(
            tmp_path / f"{place}.csv", index=False
        )
    report = load(duck, SHOP, {"orders": [str(tmp_path / "*.csv"), ORDERS]}, now=NOW)
    assert (len(report.files), report.rows_loaded) == (4, 5)
    assert duck.execute(select(tables.loads.c.source))[0][0] == "0.csv (+3)"


def test_an_empty_frame_is_no_mistake(duck):
    report = load(duck, SHOP, {"orders": ORDERS.iloc[:0]}, now=NOW)
    assert (report.rows_read, report.rows_loaded) == (0, 0)


def test_progress_rises_to_one(duck):
    told = []
    load(duck, SHOP, {"events": EVENTS, "orders": ORDERS}, progress=lambda f, text: told.append((f, text)), now=NOW)
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert all(text for _, text in told)


def test_the_report_says_what_happened(duck):
    report = load(duck, SHOP, {"orders": pd.concat([ORDERS, ORDERS.assign(amount="x")])}, now=NOW)
    assert report.frame().to_dict("records") == [{"table": "orders", "loaded": 2, "duplicate": 0, "rejected": 2}]
    assert "4줄" in report.insight()
    assert reason_text("not_an_amount") in report.insight()
    assert report.rejected_texts("ko")["reason"].tolist() == [reason_text("not_an_amount", "ko")] * 2
    assert report.now == NOW
    assert len(report.figure().data) == 3


# --- mappings in use ------------------------------------------------------------------------------


def test_a_mapping_saved_as_yaml(duck, tmp_path):
    mapping = Mapping.from_yaml(
        """
        format: 1
        name: ours
        files:
          - table: orders
            dates: dmy
            decimal: ','
            currency: EUR
            timezone: Europe/Berlin
            status_words: {paid: [bezahlt], cancelled: [storniert]}
            tables:
              orders:
                order_id: {join: [Filiale, Bon], with: '-'}
                ts: Zeit
                amount: {minus: [Summe, {optional: Rabatt}, {optional: Pfand}]}
                discount: {times: [Summe, Satz]}
                member_id: {lower: Kunde}
                status: Stand
                channel: {value: app, when: App}
        """
    )
    mapping.save(tmp_path / "ours.yaml")
    assert Mapping.read(tmp_path / "ours.yaml") == mapping
    source = tmp_path / "kasse.csv"
    source.write_text(
        "Filiale;Bon;Zeit;Summe;Rabatt;Satz;Kunde;Stand;App\n"
        "1;7;24.11.2025 15:05;1.234,56;34,56;12,5%;K1;Bezahlt;ja\n"
        "1;8;24.11.2025 15:06;10,00;;10%;K2;Storniert;\n"
    )
    report = load(duck, SHOP, {"orders": source}, mapping=tmp_path / "ours.yaml", now=NOW)
    assert report.rows_rejected == 0
    found = duck.execute(select(tables.orders).order_by(tables.orders.c.order_id))
    assert [(o.order_id, o.ts, o.amount, o.discount, o.member_id, o.status, o.channel) for o in found] == [
        ("1-7", datetime(2025, 11, 24, 14, 5), 120_000, 15_432, "k1", "paid", "app"),
        ("1-8", datetime(2025, 11, 24, 14, 6), 1_000, 100, "k2", "cancelled", None),
    ]
    assert "EUR" in report.insight()


def test_orders_in_lines_fill_two_tables_whatever_their_order(duck, monkeypatch):
    lines = pd.DataFrame(
        {
            "order_id": ["1", "2", "1", "3", "2"],
            "ts": ["2026-11-01"] * 5,
            "product_id": ["a", "a", "b", "c", None],
            "quantity": [1, 2, 3, 1, 1],
            "price": [1000, 1000, 500, 700, 100],
        }
    )
    mapping = Mapping.from_dict(
        {
            "format": 1,
            "name": "lines",
            "files": [
                {
                    "table": "orders",
                    "lines": True,
                    "tables": {
                        "orders": {"order_id": "order_id", "ts": "ts"},
                        "order_items": {name: name for name in ("order_id", "product_id", "quantity", "price")},
                    },
                }
            ],
        }
    )
    expected = [("1", 2500), ("3", 700)]
    for whole in (500_000, 0):
        # With 0 the lines are cut into parts that are grouped one after the other, as for files beyond memory.
        monkeypatch.setattr(transform, "_WHOLE_ROWS", whole)
        report = load(duck, SHOP, {"orders": lines}, mapping=mapping, now=NOW)
        found = duck.execute(
            select(tables.orders.c.order_id, tables.orders.c.amount).order_by(tables.orders.c.order_id)
        )
        assert [tuple(row) for row in found] == expected
        assert rejected(report) == [
            (2, None, "2", "same_order"),
            (5, "product_id", None, "missing"),
        ]
    assert count(duck, tables.order_items) == 3


def test_what_is_no_mapping_or_no_table():
    with open_engine("duckdb:///:memory:") as duck:
        for mapping, sources, code in [
            ("nobody", {"orders": ORDERS}, "no_mapping"),
            ("shopify", {"events": EVENTS}, "no_table_in_mapping"),
            (None, {"visits": EVENTS}, "unknown_table"),
            (None, {}, "no_file"),
            (None, {"orders": "/nowhere/at/all.csv"}, "no_file"),
        ]:
            with pytest.raises(DataError) as caught:
                load(duck, SHOP, sources, mapping=mapping, now=NOW)
            assert caught.value.code == code


# --- large files ----------------------------------------------------------------------------------

BOUNDED = """
import resource, sys
from datetime import datetime
from pathlib import Path
from ifdo_core.config import ShopSettings
from ifdo_core.ingest.loader import _conversion
from ifdo_core.ingest.mapping import canonical
from ifdo_core.ingest.readers import open_source
from ifdo_core.ingest.rejects import Rejects
from ifdo_core.ingest.spool import Spool
from ifdo_core.ingest.transform import Plan, Transform

peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before, rows = peak(), 0
file = canonical("events")
opened = open_source(Path(sys.argv[1]))
plan = Plan.of(file, opened.label, opened.columns)
how = _conversion(file, ShopSettings(), datetime(2026, 11, 24))
with Spool() as spool:
    step = Transform(plan, how, Rejects(), spool)
    for chunk in opened.chunks(plan.wanted):
        for table, found in step.feed(chunk):
            rows += found.num_rows
            spool.add(table, found)
print(rows, peak() - before)
"""


def test_a_file_larger_than_what_it_takes_to_read_it(tmp_path):
    path = tmp_path / "events.csv"
    line = "2026-11-{:02d} 10:{:02d}:{:02d},v{},page_view,https://shop.example/product/{}?from=" + "x" * 600 + "\n"
    block = "".join(line.format(n % 20 + 1, n // 60 % 60, n % 60, n, n % 500) for n in range(10_000))
    times = 90
    with path.open("w") as file:
        file.write("ts,visitor_id,name,page_url\n")
        for _ in range(times):
            file.write(block)
    size = path.stat().st_size >> 20
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 10_000 * times
    assert size > 550
    assert megabytes < 400, f"{megabytes} MB for a file of {size} MB"
    assert time.monotonic() - started < 60

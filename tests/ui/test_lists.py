"""The report, the list and the log of a segment, without a browser."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from ifdo_core import Segment
from ifdo_ui import cache
from ifdo_ui.builder.examples import CART
from tests.ui.conftest import Open, shown

HANGUL = range(0xAC00, 0xD7A4)


def button(test: AppTest, key: str):
    return next(item for item in test.button if item.key == key)


def korean(test: AppTest) -> set[str]:
    return {line for line in shown(test).splitlines() if any(ord(char) in HANGUL for char in line)} - {"한국어"}


def test_the_buttons_stand_in_the_order_of_use(app: Open) -> None:
    test = app("segments", segment="example.cart")
    keys = [item.key for item in test.button if (item.key or "").startswith("head.")]
    assert keys[-4:] == ["head.save", "head.report", "head.list", "head.message"]
    button(test, "head.report").click().run()
    assert "장바구니 5만 원 이상 · 통계 리포트" in shown(test)
    assert test.query_params["view"] == "report"
    button(test, "view.back").click().run()
    assert "view" not in test.query_params
    assert any(item.key == "head.list" for item in test.button)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_report_says_what_the_core_says(app: Open, language: str) -> None:
    test = app("segments", segment="example.cart", view="report", lang=language)
    assert not test.exception
    assert not test.error
    workbench = cache.shop().workbench
    found = workbench.statistics(Segment(CART))
    text = shown(test)
    assert f"{found.visits:,}" in text
    assert len(test.get("plotly_chart")) == len(found.dimensions)
    if language == "en":
        assert "Who" in [item.value for item in test.subheader]
        assert not {line for line in korean(test) if "‘" not in line and "(" not in line}
    else:
        assert found.insight().splitlines()[0].split("‘")[0] in text


def table(test: AppTest) -> pd.DataFrame:
    return test.dataframe[0].value


@pytest.mark.parametrize("what", ["visitors", "members", "visits"])
def test_the_list_is_as_long_as_the_number(app: Open, what: str) -> None:
    test = app("segments", segment="example.cart", view="list", what=what)
    assert not test.exception
    preview = cache.shop().workbench.preview(Segment(CART))
    total = getattr(preview, f"{what}_7d")
    assert f"**{total:,}{'건' if what == 'visits' else '명'}** 가운데 1~{min(50, total)}번째" in shown(test)
    assert len(table(test)) == min(50, total)


def test_masked_until_the_role_may_see(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    test = app("segments", segment="example.cart", view="list", what="members")
    assert table(test)["phone"].dropna().str.contains("****", regex=False).all()
    assert test.toggle[0].disabled
    monkeypatch.setenv("IFDO_ROLE", "admin")
    test = app("segments", segment="example.cart", view="list", what="members")
    assert table(test)["phone"].dropna().str.contains("****", regex=False).all(), "masked by default all the same"
    test.toggle[0].set_value(True).run()
    assert not table(test)["phone"].dropna().str.contains("*", regex=False).any()
    monkeypatch.setenv("IFDO_ROLE", "viewer")
    test = app("segments", segment="example.cart", view="list", what="members")
    assert "내보낼 수 없어요" in shown(test)


def test_search_order_columns_and_pages_are_in_the_link(app: Open) -> None:
    link = {"segment": "example.cart", "view": "list", "what": "visits"}
    test = app("segments", **link, sort="-cart_amount", columns="visitor_id,cart_amount")
    test.query_params["page"] = "2"
    test.run()
    rows = table(test)
    assert list(rows.columns) == ["visitor_id", "cart_amount"]
    page = cache.shop().workbench.listing(
        Segment(CART), "visits", sort="cart_amount", descending=True, columns=("visitor_id", "cart_amount"), offset=50
    )
    assert list(rows.visitor_id) == list(page.frame().visitor_id)
    next(item for item in test.text_input if item.key == "list.search").set_value("no such visitor").run()
    assert test.query_params["q"] == "no such visitor"
    assert "맞는 것이 없어요" in shown(test)


def test_an_empty_list_says_why(app: Open, tmp_path: Path) -> None:
    shop = str(tmp_path / "shop.duckdb")
    test = app("segments", url=shop, segment="example.cart", view="list")
    assert "아직 수집된 방문이 없어" in shown(test)
    assert "아직 조건이 없어" not in shown(app("segments", url=shop, segment="new"))


def test_a_file_is_logged_and_then_offered(app: Open) -> None:
    test = app("segments", segment="example.cart", view="list", what="members")
    button(test, "take.file").click().run()
    assert not test.error
    [entry] = cache.store().exports.newest()
    assert (entry.way, entry.what, entry.masked, entry.format) == ("download", "members", True, "xlsx")
    [offered] = test.get("download_button")
    assert offered.proto.label == "내려받기"
    log = app("exports")
    assert not log.exception
    assert list(log.dataframe[0].value["way"]) == ["내려받기"]
    assert list(log.dataframe[0].value["rows"]) == [entry.rows]


def test_the_demo_shows_the_message_instead_of_sending(app: Open) -> None:
    test = app("segments", segment="example.cart", view="list")
    next(item for item in test.text_input if item.key == "take.to").set_value("marketing@shop.example").run()
    button(test, "take.send").click().run()
    assert not test.exception
    assert "보내지 않고 보여 드리기만 해요" in shown(test)
    assert "marketing@shop.example" in shown(test).replace("\\", "")
    assert cache.store().exports.count() == 0
    next(item for item in test.text_input if item.key == "take.to").set_value("nobody").run()
    button(test, "take.send").click().run()
    assert "이메일 주소로 읽을 수 없어요" in test.error[0].value

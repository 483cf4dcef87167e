"""A page whose question takes minutes for every number but 100; it writes how many statements ran at once."""

import os
import threading
import time
from pathlib import Path

import streamlit as st
from sqlalchemy import text

from ifdo_core.engines import Engine, open_engine
from ifdo_ui.newest import newest

SLOW = "SELECT count(*) FROM range(300000) one, range(300000) two WHERE (one.range * two.range) % 7 = 7 + {number}"


@st.cache_resource
def shop() -> Engine:
    opened = open_engine("duckdb:///:memory:")
    log = Path(os.environ["IFDO_TEST_LOG"])

    def watch() -> None:
        most = 0
        while True:
            most = max(most, opened.running)
            log.with_suffix(".new").write_text(f"{most} {opened.running}")
            log.with_suffix(".new").rename(log)
            time.sleep(0.01)

    threading.Thread(target=watch, daemon=True).start()
    return opened


@st.fragment
def panel() -> None:
    number = int(st.number_input("number", value=100, key="number"))
    query = f"SELECT {number}" if number == 100 else SLOW.format(number=number)
    st.html(f"<b class='asked'>{number}</b>")
    found = newest(shop(), lambda _: shop().scalar(text(query)))
    st.html(f"<b class='found'>{found}</b>")


@st.fragment
def other() -> None:
    st.html(f"<b class='said'>{st.text_input('word', key='word')}</b>")


panel()
other()

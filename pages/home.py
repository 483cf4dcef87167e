"""오늘 › 홈: what changed, how the shop's data is, and what to do next."""

import streamlit as st

from ifdo_ui import changes, home
from ifdo_ui.frame import heading, open_shop, shop_line
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import begin
from ifdo_ui.text import _

shop = open_shop(begin())
heading(_("홈"), shop_line(shop))
home.numbers(shop)
left, right = st.columns([3, 2], gap="large")
with left:
    changes.draw(shop)
    home.daily(shop)
    home.data_state(shop)
with right:
    home.next_steps(shop, PAGES)

"""오늘 › 홈."""

import streamlit as st

from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

st.write(open_shop(begin()).workbench.now)

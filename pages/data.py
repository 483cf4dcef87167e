"""오늘 › 홈."""
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin
import streamlit as st
st.write(open_shop(begin()).workbench.now)

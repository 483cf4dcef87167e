"""고객 › 고객 분석: who buys how, what they will be worth, who is about to go."""

from ifdo_ui.analysis import layout
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

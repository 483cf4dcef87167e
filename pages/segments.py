"""고객 › 세그먼트: build a segment and watch its 모수."""

from ifdo_ui.builder import layout
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

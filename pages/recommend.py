"""상품 › 추천: what to recommend to whom, and why."""

from ifdo_ui.frame import open_shop
from ifdo_ui.products import asking
from ifdo_ui.state import begin

asking.draw(open_shop(begin()))

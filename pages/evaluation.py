"""상품 › 평가: how good the recommendations are."""

from ifdo_ui.frame import open_shop
from ifdo_ui.products import measured
from ifdo_ui.state import begin

measured.draw(open_shop(begin()))

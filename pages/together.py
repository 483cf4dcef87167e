"""상품 › 함께 구매: what is bought together, and who is missing the other half."""

from ifdo_ui.frame import open_shop
from ifdo_ui.products import together
from ifdo_ui.state import begin

together.draw(open_shop(begin()))

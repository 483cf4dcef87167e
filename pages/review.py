"""설정 › 신청 심사: the operator issues numbers and decides on applications."""

from ifdo_ui.channel import review
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

review.draw(open_shop(begin()))

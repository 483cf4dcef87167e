"""고객 › 세그먼트 비교: how segments overlap and differ, and who is in which."""

from ifdo_ui import compare
from ifdo_ui.frame import heading, open_shop
from ifdo_ui.state import begin
from ifdo_ui.text import _

shop = open_shop(begin())
heading(_("세그먼트 비교"), _("세그먼트끼리 얼마나 겹치고 무엇이 다른지, 누가 어디에 드는지 보세요."))
compare.draw(shop)

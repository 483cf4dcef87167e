"""설정 › 내보내기 기록: who took which list, when, and where to."""

from ifdo_ui.frame import heading, open_shop
from ifdo_ui.lists import log
from ifdo_ui.state import begin
from ifdo_ui.text import _

shop = open_shop(begin())
heading(_("내보내기 기록"), _("누가 언제 어떤 목록을 몇 행이나 어디로 가져갔는지 남아요. 지우거나 고칠 수 없어요."))
log.draw(shop)

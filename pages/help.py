"""설정 › 도움말: what shops ask most, answered from this shop's own state."""

from ifdo_ui import help_page
from ifdo_ui.frame import heading, open_shop
from ifdo_ui.state import begin
from ifdo_ui.text import _

shop = open_shop(begin())
heading(_("도움말"), _("많이 묻는 세 가지를 이 쇼핑몰의 지금 상태로 답해요."))
help_page.draw(shop)

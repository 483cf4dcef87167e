"""설정 › 데이터: what data is there, files in, the shop's own facts."""

from ifdo_ui.data import overview, settings, upload
from ifdo_ui.frame import heading, open_shop, shop_line
from ifdo_ui.state import begin
from ifdo_ui.text import _

current = begin()
shop = open_shop(current)
heading(_("데이터"), shop_line(shop))
overview.whose(shop, current.trial is not None)
overview.doctor(shop)
if not shop.workbench.is_demo:
    upload.draw(shop)
    settings.draw(shop)

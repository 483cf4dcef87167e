"""메시지 › 수신 동의: the ledger of consents."""

from ifdo_ui.consents import layout
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

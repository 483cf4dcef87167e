"""메시지 › 발송: plan, confirm, watch and stop a sending."""

from ifdo_ui.frame import open_shop
from ifdo_ui.sending import layout
from ifdo_ui.state import begin

current = begin()
layout.draw(open_shop(current), current)

"""메시지 › 결과: what a campaign brought, against its hold-out."""

from ifdo_ui.frame import open_shop
from ifdo_ui.results import layout
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

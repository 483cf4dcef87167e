"""고객 › 고객 찾기: one person, by member, order or visitor id."""

from ifdo_ui.frame import open_shop
from ifdo_ui.person import layout
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

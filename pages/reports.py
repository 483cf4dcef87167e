"""실시간 › 리포트: every report of the catalogue, found by group or search."""

from ifdo_ui.frame import open_shop
from ifdo_ui.reports import layout
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

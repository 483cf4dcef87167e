"""오늘 › 아침 요약: what changed, why it matters, what to do."""

from ifdo_ui import digest
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

digest.draw(open_shop(begin()))

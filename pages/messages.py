"""메시지 › 브랜드 메시지: write a message, see it as in KakaoTalk, see whom it reaches."""

from ifdo_ui.composer import layout
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

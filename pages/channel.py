"""메시지 › 채널 연동: the Kakao channel, its 080 number, and the application for M and N."""

from ifdo_ui.channel import layout
from ifdo_ui.frame import open_shop
from ifdo_ui.state import begin

layout.draw(open_shop(begin()))

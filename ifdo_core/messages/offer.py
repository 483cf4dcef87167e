"""The first draft of a message that offers one product to people who bought another."""

from __future__ import annotations

from ifdo_core.i18n import translate
from ifdo_core.messages.model import Button, Links, Message

_NAME = 200  # letters of a product's name that a text needs at most


def offer(bought: str, product: str, *, price: str = "", url: str = "") -> Message:
    """Who bought ``bought`` is told of ``product``; ``price`` as people read it, ``url`` where it is sold ('' unknown).

    Within Kakao's limits whatever the names. Without ``url`` the button has no link yet, which the check of the
    composer says.
    """
    bought, product = _short(bought), _short(product)
    lines = [
        translate("#{이름}님, ‘{bought}’ 잘 쓰고 계신가요?").replace("{bought}", bought),
        translate("이런 상품은 어떠세요?"),
        "",
        f"· {product}",
        *([f"· {price}"] if price else []),
    ]
    return Message(
        type="text",
        name=translate("‘{a}’ 산 분께 ‘{b}’").format(a=bought, b=product)[:_NAME],
        text="\n".join(lines),
        buttons=(Button("WL", translate("상품 보기"), Links(mobile=url)),),
        fallbacks=(("이름", translate("고객")),),
    )


def _short(name: str) -> str:
    """One line, without what would be read as a variable."""
    flat = " ".join(name.replace("#{", "# {").split())
    return flat if len(flat) <= _NAME else flat[: _NAME - 1] + "…"

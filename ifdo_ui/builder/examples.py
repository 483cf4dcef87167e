"""The guided first run: three questions that marketers ask, each a segment that opens ready made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ifdo_core.segments.model import AllOf, Leaf, Node, Segment, Value, leaves
from ifdo_ui.text import _

SNS = AllOf((Leaf("acquisition.sns", "in", ("instagram", "facebook")),))
CART = AllOf((Leaf("cart.recent_amount", "gte", 50_000),))
OFTEN = AllOf((Leaf("traffic.visit_count", "gte", 5), Leaf("purchase.order_count", "lte", 0)))


@dataclass(frozen=True)
class Step:
    """Something to try; ``done`` tells from the tree whether it was."""

    text: str
    done: Callable[[Node | None], bool]


@dataclass(frozen=True)
class Example:
    """Its texts are in the language of the moment; ``where`` is the tree it opens with."""

    id: str
    icon: str
    title: str
    question: str
    where: Node
    step: Step

    def segment(self) -> Segment:
        return Segment(self.where, self.title)


def examples() -> tuple[Example, ...]:
    """The three cards, in the order in which they are best tried."""
    return (
        Example(
            "sns",
            "photo_camera",
            _("인스타그램·페이스북에서 온 방문"),
            _("SNS에서 온 손님은 얼마나 될까요?"),
            SNS,
            Step(
                _("SNS 값에 유튜브나 X를 더해 보세요."),
                lambda node: _value(node, "acquisition.sns") != SNS.parts[0].value,
            ),  # type: ignore[union-attr]
        ),
        Example(
            "cart",
            "shopping_cart",
            _("장바구니 5만 원 이상"),
            _("장바구니에 5만 원 이상 담은 손님은? 7만 원이면요?"),
            CART,
            Step(
                _("기준을 7만 원으로 바꿔 보세요. 빠른 선택을 누르거나 ‘7만’이라고 적으면 돼요."),
                lambda node: _value(node, "cart.recent_amount") == 70_000,
            ),
        ),
        Example(
            "often",
            "person_search",
            _("자주 오지만 사지 않은 손님"),
            _("다섯 번 이상 왔는데 한 번도 사지 않은 손님은?"),
            OFTEN,
            Step(_("방문 횟수를 10회 이상으로 좁혀 보세요."), lambda node: _value(node, "traffic.visit_count") == 10),
        ),
    )


def example(example_id: str) -> Example:
    return next(item for item in examples() if item.id == example_id)


def _value(node: Node | None, condition_id: str) -> Value:
    found = (leaf.value for leaf in leaves(node) if leaf.condition == condition_id) if node else ()
    return next(iter(found), None)

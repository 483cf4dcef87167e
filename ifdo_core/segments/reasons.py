"""Why a number is missing, zero or small, and what to do: data, not an exception (product.md, 'Segment builder')."""

from __future__ import annotations

from dataclasses import dataclass, field

from ifdo_core.i18n import current_language, translate

#: Code → (what is so, what to do), Korean msgids. Those of ``NO_NUMBER`` come with None instead of a number.
REASONS: dict[str, tuple[str, str]] = {
    "not_collected": (
        "아직 수집된 방문이 없어 조회할 수 없어요.",
        "설정 › 데이터에서 방문 이벤트를 올리면 모수가 나와요.",
    ),
    "live": (
        "‘{label}’ 조건은 지금 접속한 방문자를 찾는 현재 조건이라 지난 방문의 모수가 없어요.",
        "이 조건을 빼면 나머지 조건의 모수를 볼 수 있어요.",
    ),
    "segment_missing": (
        "‘{label}’ 조건이 쓰는 저장된 세그먼트를 찾을 수 없어요.",
        "지운 세그먼트를 되살리거나 다른 세그먼트를 골라 주세요.",
    ),
    "young": (
        "방문을 수집한 지 {days}일이 되지 않아 7일 모수는 아직 늘어나는 중이에요.",
        "수집을 시작하고 7일이 지나면 온전한 수가 나와요.",
    ),
    "short_history": (
        "‘{label}’ 조건은 {asked}일을 보지만 데이터는 {days}일 치만 있어요.",
        "그 전의 행동은 없는 것으로 셌어요.",
    ),
    "missing_events": (
        "방문 이벤트가 없어 ‘{label}’ 조건을 판단할 수 없어요.",
        "설정 › 데이터에서 방문 이벤트를 올려 주세요.",
    ),
    "missing_orders": (
        "주문 데이터가 없어 ‘{label}’ 조건을 판단할 수 없어요.",
        "설정 › 데이터에서 주문 파일을 올려 주세요.",
    ),
    "missing_order_items": (
        "주문 상품 데이터가 없어 ‘{label}’ 조건을 판단할 수 없어요.",
        "설정 › 데이터에서 주문 상품 파일을 올려 주세요.",
    ),
    "missing_products": (
        "상품 데이터가 없어 ‘{label}’ 조건이 온전하지 않을 수 있어요.",
        "설정 › 데이터에서 상품 파일을 올려 주세요.",
    ),
    "missing_members": (
        "회원 데이터가 없어 ‘{label}’ 조건을 판단할 수 없어요.",
        "설정 › 데이터에서 회원 파일을 올려 주세요.",
    ),
    "missing_messages": (
        "메시지 발송 데이터가 없어 ‘{label}’ 조건을 판단할 수 없어요.",
        "메시지를 보내면 결과가 쌓여요.",
    ),
    "not_analysed": (
        "고객 분석이 아직 돌지 않아 ‘{label}’ 조건을 판단할 수 없어요.",
        "고객 › 고객 분석에서 ‘지금 분석하기’를 눌러 주세요.",
    ),
    "no_visits": ("최근 7일에 방문이 한 건도 없어요.", "수집이 끊기지 않았는지 설정 › 데이터에서 확인해 주세요."),
    "nothing_matches": (
        "‘{label}’ 조건에 맞는 방문이 최근 7일에 없어요.",
        "값을 낮추거나 다른 조건으로 바꿔 보세요.",
    ),
    "nothing_together": (
        "조건마다 맞는 방문은 있지만 모두를 함께 만족하는 방문은 없어요.",
        "조건 하나씩을 뺀 수를 보고 가장 많이 줄이는 조건을 바꿔 보세요.",
    ),
    "standing_now": (
        "‘{label}’ 조건은 지금의 상태로 판단해요.",
        "며칠 전 방문에도 지금의 값을 썼어요.",
    ),
    "short_forecast": (
        "방문이 쌓인 온전한 날이 {days}일이라 아직 예측할 수 없어요.",
        "{least}일이 지나면 다음 7일의 예측이 나와요.",
    ),
}

#: Reasons that stand in the place of the number.
NO_NUMBER = ("not_collected", "live", "segment_missing")


@dataclass(frozen=True)
class Reason:
    """``code`` for programs, ``text`` for people; ``facts`` fill the sentence."""

    code: str
    facts: dict[str, object] = field(default_factory=dict[str, object], compare=False)
    labels: dict[str, str] = field(default_factory=dict[str, str], compare=False)  # language → label of the condition

    def text(self, language: str | None = None) -> str:
        """What is so, and what to do."""
        return " ".join(self.parts(language))

    def parts(self, language: str | None = None) -> tuple[str, str]:
        """What is so; what to do."""
        chosen = language or current_language()
        facts = {**self.facts, "label": self.labels.get(chosen, "")}
        what, todo = REASONS[self.code]
        return translate(what, chosen).format(**facts), translate(todo, chosen).format(**facts)

    def __str__(self) -> str:
        return self.text()

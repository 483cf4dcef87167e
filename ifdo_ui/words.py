"""Words that the builder has for operators and groups."""

from __future__ import annotations

from ifdo_ui.text import _


def operator_word(op: str) -> str:
    """An operator as the word that stands beside its value."""
    words = {
        "eq": _("같음"),
        "ne": _("같지 않음"),
        "gt": _("초과"),
        "gte": _("이상"),
        "lt": _("미만"),
        "lte": _("이하"),
        "between": _("사이"),
        "in": _("중 하나"),
        "not_in": _("모두 아님"),
        "contains": _("포함"),
        "not_contains": _("포함하지 않음"),
        "starts_with": _("(으)로 시작"),
        "ends_with": _("(으)로 끝남"),
        "matches": _("정규식과 일치"),
        "is_known": _("값 있음"),
        "is_unknown": _("값 없음"),
        "is_true": _("예"),
        "is_false": _("아니요"),
        "on": _("당일"),
        "before": _("이전"),
        "after": _("이후"),
        "in_last_days": _("최근 며칠 안"),
        "not_in_last_days": _("최근 며칠 안이 아님"),
        "any_of": _("중 하나라도 있음"),
        "all_of": _("모두 있음"),
        "none_of": _("하나도 없음"),
    }
    return words[op]


#: The ways a group joins its parts; 'none' is not(any), 'not_all' is not(all).
GROUP_KINDS = ("all", "any", "none", "not_all")


def group_word(kind: str) -> str:
    """How a group's heading says what it asks."""
    words = {
        "all": _("모두 만족"),
        "any": _("하나라도 만족"),
        "none": _("하나라도 만족하면 제외"),
        "not_all": _("모두 만족하면 제외"),
    }
    return words[kind]


def joining_word(kind: str) -> str:
    """What stands between two parts of a group."""
    return _("그리고") if kind in ("all", "not_all") else _("또는")

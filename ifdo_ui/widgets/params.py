"""Parameters of a condition: the period it looks at, the product, the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ifdo_core.catalogue.entry import ParamSpec
from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Scalar
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.choice import choices
from ifdo_ui.widgets.slot import Slot

_OF_SHOP = ("category", "product", "brand")


def draw_params(slot: Slot, put: Callable[[str, Scalar | None], None]) -> None:
    """A labelled input for each parameter; ``put(name, value)``, None where it is emptied."""
    for spec in slot.condition.params:
        value = slot.leaf.param(spec.name)
        _draw(slot, spec, spec.default if value is None else value, put)


def _draw(slot: Slot, spec: ParamSpec, value: Scalar | None, put: Callable[[str, Scalar | None], None]) -> None:
    key = f"{slot.key}.param.{spec.name}"
    label = plain(spec.ko if current_language() == "ko" else spec.en)

    def changed() -> None:
        put(spec.name, widget(key, None) or None)

    if spec.type in ("days", "hours", "number"):
        seed(key, int(value) if value is not None else None)
        st.number_input(label, min_value=0, step=1, key=key, on_change=changed, width=124)
    elif spec.type == "goods":
        _goods(slot, spec, label, key, str(value or ""), put)
    elif spec.type in (*_OF_SHOP, "segment") or spec.values or spec.choices:
        seed(key, value)
        _options(slot, spec, label, key, value, changed)
    else:
        seed(key, "" if value is None else str(value))
        written = _written().get(spec.type, _Written())
        st.text_input(
            label,
            key=key,
            on_change=changed,
            placeholder=written.example or _optional(spec),
            help=written.how or None,
            width=240,
        )


@dataclass(frozen=True)
class _Written:
    """How a parameter is written: an example, and how in words. What is wrong about it the core says."""

    example: str = ""
    how: str = ""


def _written() -> dict[str, _Written]:
    """By type of parameter, in the language of the session."""
    return {
        "glob": _Written(_("예: /event/*"), _("주소의 앞부분을 적어 주세요. *는 아무 글자나 여럿을 뜻해요.")),
        "price_range": _Written(
            _("예: 50000..100000"),
            _("작은 값..큰 값처럼 적어 주세요. 50000.. 는 그 이상, ..100000 은 그 이하예요."),
        ),
        "steps": _Written(
            _("예: view_item>add_to_cart"),
            _("이벤트 이름 둘에서 다섯을 일어난 순서대로 >로 이어 주세요. 예: view_item>add_to_cart>purchase"),
        ),
        "tests": _Written(
            _("예: price>=100000"),
            _("속성 이름, 부호(= != >= <= > <), 값 순서로 적고 여럿이면 &로 이어 주세요. 예: price>=100000&color=red"),
        ),
    }


def _options(
    slot: Slot, spec: ParamSpec, label: str, key: str, value: Scalar | None, changed: Callable[[], None]
) -> None:
    if spec.values or spec.choices:
        place = 0 if current_language() == "ko" else 1
        options = list(dict.fromkeys([*(spec.choices or spec.values), *([str(value)] if value else [])]))
        word = lambda choice: spec.values[choice][place] if choice in spec.values else choice  # noqa: E731
    elif spec.type == "segment":
        names = {item.value: item.label for item in slot.suggest("segment")}
        options = list(dict.fromkeys([*names, *([str(value)] if value else [])]))
        word = lambda choice: names.get(choice) or _("지워진 세그먼트")  # noqa: E731
    else:
        options, word = choices(slot, [str(value or "")], of=spec.type)
    st.selectbox(
        label,
        options,
        format_func=word,
        key=key,
        on_change=changed,
        accept_new_options=not spec.choices and spec.type != "segment",
        placeholder=_optional(spec),
        filter_mode="contains",
        width=220,
    )


def _goods(
    slot: Slot, spec: ParamSpec, label: str, key: str, value: str, put: Callable[[str, Scalar | None], None]
) -> None:
    """A product, a category or a brand: first which of them, then which one ('category:신발')."""
    kind, _mark, named = value.partition(":")
    words = {"product": _("상품"), "category": _("카테고리"), "brand": _("브랜드")}
    kind_key = seed(f"{key}.kind", kind or "product")
    chosen = widget(kind_key, "product")
    one_key = seed(f"{key}.{chosen}", named if chosen == kind else None)

    def changed() -> None:
        of = widget(kind_key, "product")
        one = widget(f"{key}.{of}", None)
        put(spec.name, f"{of}:{one}" if one else None)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", width="content"):
        st.selectbox(label, list(words), format_func=words.__getitem__, key=kind_key, on_change=changed,
                     filter_mode=None, width=120)  # fmt: skip
        options, word = choices(slot, [named if chosen == kind else ""], of=chosen)
        st.selectbox(
            f"{label} · {words[chosen]}", options, format_func=word, key=one_key, on_change=changed,
            accept_new_options=True, placeholder=_("골라 주세요"), filter_mode="contains",
            label_visibility="collapsed", width=220,
        )  # fmt: skip


def _optional(spec: ParamSpec) -> str:
    return _("골라 주세요") if spec.required else _("모두")

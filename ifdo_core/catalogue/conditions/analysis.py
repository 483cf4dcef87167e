"""고객 분석: what is known of a visit or a customer only after reckoning: segments it belongs to, scores, grades."""

from ifdo_core.catalogue.factories import condition
from ifdo_core.catalogue.spec import SavedSegments

CONDITIONS = (
    condition("analysis.in_segment", "세그먼트 소속", "In a saved segment", "set", SavedSegments(), "any_of seg_vip",
        ("저장한 세그먼트의 조건을 같은 방문에 대고 다시 봐요. 그 세그먼트를 고치면 함께 바뀌어요.",
         "Asks the saved segment's conditions of the same visit; it follows when that segment is changed."),
        needs=("events", "orders", "order_items", "products", "members", "messages"),
        as_of="visit_end", kind="attribute", needs_visit=False),
)  # fmt: skip

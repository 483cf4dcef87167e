"""The headings under which reports stand: id → (Korean, English, Material symbol), in the order of the screen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GROUPS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "ecommerce": ("전자상거래", "E-commerce", "payments"),
        "purchase": ("구매", "Purchases", "receipt_long"),
        "cohort": ("코호트·리텐션", "Cohorts and retention", "grid_on"),
        "crm": ("고객", "Customers", "groups"),
        "product": ("상품", "Products", "inventory_2"),
    }
)

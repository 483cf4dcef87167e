"""One customer: found by an id, with everything the shop knows of them in the order it happened."""

from ifdo_core.person.ask import customer
from ifdo_core.person.find import at_risk, find
from ifdo_core.person.result import Customer

__all__ = ["Customer", "at_risk", "customer", "find"]

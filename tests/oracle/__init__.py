"""A second, slow and obvious reading of semantics.md: plain loops over lists of dicts.

Nothing here knows SQL, frames or the engine. It may import the catalogue (data) and the segment tree, and
nothing else of ours (import-linter, contract 'oracle'). Where it and the engine differ, one of them has
misread semantics.md.
"""

from tests.oracle.audience import Oracle
from tests.oracle.shop import Row, Shop

__all__ = ["Oracle", "Row", "Shop"]

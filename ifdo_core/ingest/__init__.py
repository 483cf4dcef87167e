"""Files, frames and exports of shop systems into the canonical tables.

``load`` does it; ``told_apart`` and ``propose_mapping`` find out what a file is, ``read_preview`` shows its first rows,
``MAPPINGS`` are the ready mappings by name.
"""

from ifdo_core.ingest.loader import load
from ifdo_core.ingest.mapping import Mapping, ready
from ifdo_core.ingest.propose import Proposal, propose_mapping
from ifdo_core.ingest.readers import Preview, read_preview
from ifdo_core.ingest.rejects import REASONS, reason_text
from ifdo_core.ingest.report import LoadReport
from ifdo_core.ingest.told_apart import told_apart

#: Ready mappings by name.
MAPPINGS = ready()

__all__ = [
    "MAPPINGS",
    "REASONS",
    "LoadReport",
    "Mapping",
    "Preview",
    "Proposal",
    "load",
    "propose_mapping",
    "read_preview",
    "reason_text",
    "told_apart",
]

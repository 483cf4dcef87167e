"""What people make in the app, apart from the shop's data: saved segments, and the log of what was exported."""

from ifdo_core.store.exports import ExportLog, ExportRecord
from ifdo_core.store.segments import SavedSegment, Store, open_store, state_url

__all__ = ["ExportLog", "ExportRecord", "SavedSegment", "Store", "open_store", "state_url"]

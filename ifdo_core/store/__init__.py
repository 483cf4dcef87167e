"""What people make in the app, apart from the shop's data: saved segments today."""

from ifdo_core.store.segments import SavedSegment, Store, open_store, state_url

__all__ = ["SavedSegment", "Store", "open_store", "state_url"]

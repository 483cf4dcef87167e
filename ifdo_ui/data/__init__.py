"""The data page: what is there, files in, the shop's own facts."""

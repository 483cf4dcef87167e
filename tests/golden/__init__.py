"""A shop of 12 visitors, counted by hand: what would fool engine and oracle alike is found here."""

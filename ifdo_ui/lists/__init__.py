"""What is behind a segment: its report, its people and visits, and the log of what was taken out."""

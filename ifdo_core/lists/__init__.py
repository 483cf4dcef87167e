"""The people and visits behind a number: lists on screen, files, e-mail, and the log of what left the house."""

"""Random shops and random segments: the engine must say what the oracle says, and the laws must hold."""

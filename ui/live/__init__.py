"""The screen during a visit."""

"""After a visit: the timeline read back, amended and exported."""

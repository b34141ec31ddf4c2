"""The page of the devices: what is in reach, what is remembered, what is supported."""

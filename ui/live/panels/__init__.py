"""The panels at the side of the live screen: each asks for one kind of command."""

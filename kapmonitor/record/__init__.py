"""The file of one session: everything that happened, in order, append-only."""

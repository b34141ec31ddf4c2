"""The tests mirror the four packages; end_to_end runs the whole program."""

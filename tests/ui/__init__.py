"""Tests of the window, the sound and the command line."""

"""Tests of the virtual patient and its devices."""

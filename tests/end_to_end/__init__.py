"""Tests of the whole program, from a device's bytes to the sealed record."""

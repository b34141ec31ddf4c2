"""Tests of limits, conditions and the board."""

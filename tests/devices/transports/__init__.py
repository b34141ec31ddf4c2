"""Tests of the ways to a device."""

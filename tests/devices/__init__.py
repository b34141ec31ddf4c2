"""Tests of decoders, transports and virtual devices."""

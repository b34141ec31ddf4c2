"""Decoders are tried with real and documented packets, with broken ones, and with noise."""

"""Tests of the session: vocabulary, plans, engine, record and export."""

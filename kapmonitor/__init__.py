"""The session: vocabulary, plans, checklists, engine, record and export; no Qt, no radio."""

__version__ = "0.1.0"

"""The session: vocabulary, plans, checklists, engine, record and export; no Qt, no radio."""

"""The session: vocabulary, plans, checklists, engine, record and export, without Qt and without a radio."""

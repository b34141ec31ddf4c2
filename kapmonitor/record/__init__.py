"""The record: one file per session, append-only, each row chained to the one before by hash.

``recorder`` writes it on a thread of its own, ``reading`` reads it, ``verify`` looks for anything
that was changed, ``folder`` knows where records lie. The format is in ``docs/records.md``.
"""

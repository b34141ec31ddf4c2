"""The keys of an installation: which one opens a record, and who keeps it.

``keys`` is what the rest of the program asks; ``key_file`` is what lies in the data folder,
``wrapping`` how a secret is wrapped there, ``recovery`` the key as people write it down,
``renewal`` another key in its place, ``keyring`` the system's own, ``published`` the key that
everybody has, ``training`` what signs simulations. Why it is so: ``docs/decisions/0007-keys.md``
and ``0011-new-recovery-key.md``.
"""

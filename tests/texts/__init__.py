"""The catalogue of texts: collected from the code and the data files, one .po file a language.

`python3 dev.py run -- python -m tests.texts` brings the catalogues up to date, and
`tests/test_texts.py` says when that was forgotten and when a text has no translation.
"""

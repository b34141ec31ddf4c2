"""Worksheets that come with the program: forms that a visit fills in as far as it knows."""

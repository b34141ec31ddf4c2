"""Colours, fonts and icons for the dark, light and dim appearance."""

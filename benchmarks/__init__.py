"""What is measured: `python3 dev.py bench`."""

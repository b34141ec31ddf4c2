"""A virtual patient and devices that speak the real bytes."""

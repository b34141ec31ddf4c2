"""Bluetooth LE without a radio: virtual sensors, reached in three ways, each test written once."""

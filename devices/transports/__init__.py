"""Where bytes come from: Bluetooth LE, serial ports and files."""

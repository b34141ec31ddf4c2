"""One file per device protocol, each a pure function from bytes to readings."""

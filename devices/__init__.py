"""From bytes to readings: transports, decoders, the catalogue and virtual devices."""

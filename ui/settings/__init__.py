"""What a clinic sets once: staff, plans, limits, sound, devices."""

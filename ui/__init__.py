"""What people meet: the window, the sound and the command line; the only package that knows Qt."""

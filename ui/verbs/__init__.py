"""The verbs of the command line, one module each; none needs Qt before it opens a window."""

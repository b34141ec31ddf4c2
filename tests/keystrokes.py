"""How long a row of key presses takes a person, after the keystroke-level model.

Card, Moran and Newell, "The keystroke-level model for user performance time with interactive
systems" (Communications of the ACM 23, 1980): a press takes 0.28 s on the average (1.20 s whoever
does not know the keyboard), and each decision before one costs 1.35 s more.
"""

AVERAGE, WORST = 0.28, 1.20
DECISION = 1.35


def seconds(presses: int, decisions: int, press: float = WORST) -> float:
    """So many presses with so many decisions before them, without what the program takes."""
    return presses * press + decisions * DECISION

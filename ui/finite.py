"""A number on the command line that must be one: neither nan nor infinite."""

import math
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """Like click's, which lets ``nan`` through: it is neither below the least nor above the most.

    A visit of ``nan`` minutes would never end.
    """

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; fails as a wrong call (exit 2) when it is not finite or out of range."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number of that kind.", param, ctx)
        return number

"""From readings to alarms: limits, conditions, the board and its sounds."""

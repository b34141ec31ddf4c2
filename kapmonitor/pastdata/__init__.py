"""Readings of the past, from any file that holds some: in order of time, as the alarms want them.

One reader a layout: `record` (kapmonitor's own), `table` (a CSV with a time and named columns),
`beats` (no header, a row a heartbeat) and `chart` (``HH:MM,parameter,value``). `find` tells which.
"""

from kapmonitor.pastdata.find import read_past
from kapmonitor.pastdata.model import Moment, PastData

__all__ = ["Moment", "PastData", "read_past"]

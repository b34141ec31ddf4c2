"""The one table of keys: shortcuts, soft keys and the help overlay come from here."""

from dataclasses import dataclass

from kapmonitor.words import tr


@dataclass(frozen=True)
class Key:
    """A key: its action, how it is pressed, its words.

    ``soft`` ones have a button; ``repeats`` ones do it again while they are held down.
    """

    action: str
    press: str
    words: str
    help: str
    soft: bool = True
    repeats: bool = False

    @property
    def text(self) -> str:
        """The words in the chosen language."""
        return tr(self.words)


KEYS = (
    Key("dose", "D", "Dose", "Record the dose, or take it back"),
    Key("acknowledge", "A", "Acknowledge", "Acknowledge the alarm on top"),
    Key("pause", "P", "Pause sound", "Pause the alarm sound for 120 s, or end the pause"),
    Key("round", "R", "Round", "Fill in an observation round"),
    Key("note", "N", "Note", "Write a note or a quick event"),
    Key("cuff", "C", "Cuff", "Start the cuff or stop it; without one, enter a reading by hand"),
    Key("quiet", "Q", "Quiet", "Switch quiet mode on or off"),
    Key("limits", "S", "Limits", "All alarm limits; change one for this visit"),
    Key("take_off", "T", "Sensor off", "A sensor is taken off on purpose, or is watched again"),
    Key("phase", "L", "Phase", "Go to another phase; ready to leave; left"),
    Key("end", "E", "End visit", "End the visit, in two steps"),
    Key("help", "F1", "Help", "Show or hide this list"),
    Key(
        "as_before",
        "F3",
        "As before",
        "A round as the last one: fills in, files nothing",
        soft=False,
    ),
    Key(
        "breath", "H", "Breath", "Counts breaths: press at each one, for half a minute", soft=False
    ),
    Key("scales", "B", "Scales", "A clinic's own scale", soft=False),
    Key("readiness", "V", "Before the dose", "What is asked before the dose", soft=False),
    Key("given", "O", "Oxygen", "Oxygen, rescue medicine, pump", soft=False),
    Key("medicine", "U", "Medicine", "A rescue medicine was given", soft=False),
    Key("pump", "I", "Pump", "Start a pump, change its rate, stop it", soft=False),
    Key("skip", "Z", "What is due", "Leave out what is due, or say it was done early", soft=False),
    Key("baseline", "Shift+D", "Baseline", "Another baseline, with a reason", soft=False),
    Key("event_moved", "1", "Patient moved", "Event: the patient moved", soft=False),
    Key("event_toilet", "2", "Toilet", "Event: toilet", soft=False),
    Key("event_blanket", "3", "Blanket", "Event: blanket", soft=False),
    Key("event_music", "4", "Music changed", "Event: music changed", soft=False),
    Key("event_therapist", "5", "Therapist spoke", "Event: the therapist spoke", soft=False),
    Key("event_talking", "6", "Talking", "Event: the patient speaks", soft=False),
    Key("event_distress", "7", "Distress", "Event: distress", soft=False),
    Key("event_nausea", "8", "Nausea", "Event: nausea", soft=False),
    Key("event_vomiting", "9", "Vomiting", "Event: vomiting", soft=False),
    Key("detail", "Y", "Add to an event", "Add to an event of before", soft=False),
    Key("enter_cuff", "M", "Cuff by hand", "Enter a blood pressure reading by hand", soft=False),
    Key("stop_cuff", "F4", "Stop cuff", "Stop the cuff, also while you are typing", soft=False),
    Key(
        "cuff_schedule",
        "Shift+C",
        "Cuff by plan",
        "Start the cuff at the plan's times, or no more",
        soft=False,
    ),
    Key("alarms", "Shift+A", "Alarms", "All alarms; Ctrl+Enter there: all seen", soft=False),
    Key("person", "W", "Who acts", "Choose who is acting", soft=False),
    Key("reflection", "Shift+N", "Reflection", "A therapist's own note, kept apart", soft=False),
    Key("lock", "K", "Lock", "Lock: hide the patient's code and forbid entries", soft=False),
    Key("entries", "J", "Entries", "All entries; correct one", soft=False),
    Key("unsigned", "G", "To be signed", "What was done under the lock; sign it", soft=False),
    Key(
        "emergency_copy",
        "Shift+B",
        "Emergency copy",
        "Write the record to another disk too",
        soft=False,
    ),
    Key("emergency", "X", "Emergency", "The clinic's emergency list", soft=False),
    Key("called", "Shift+X", "Emergency called", "Emergency was called: filed at once", soft=False),
    Key("theme", "F2", "Theme", "Dark, light or dim", soft=False),
    Key("view_live", "F5", "Live", "Everything: numbers, curves, what is due", soft=False),
    Key("view_big", "F6", "Big numbers", "The numbers over the whole screen", soft=False),
    Key("view_dim", "F7", "Dim room", "Large numbers in little light", soft=False),
    Key("view_therapist", "F8", "Therapist", "Time, phase, and whether all is calm", soft=False),
    Key("second_screen", "F9", "Second screen", "A view on a second screen on or off", soft=False),
    Key("zoom_in", "+", "Zoom in", "Trends: a shorter stretch of time", soft=False, repeats=True),
    Key(
        "zoom_out",
        "-",
        "Zoom out",
        "Trends: a longer stretch, or all of it",
        soft=False,
        repeats=True,
    ),
    Key("earlier", "Ctrl+Left", "Earlier", "Trends: an earlier stretch", soft=False, repeats=True),
    Key("later", "Ctrl+Right", "Later", "Trends: a later stretch", soft=False, repeats=True),
    Key(
        "cursor_left",
        "Alt+Left",
        "Cursor left",
        "Trends: values further left",
        soft=False,
        repeats=True,
    ),
    Key(
        "cursor_right",
        "Alt+Right",
        "Cursor right",
        "Trends: values further right",
        soft=False,
        repeats=True,
    ),
    Key("now", "Ctrl+End", "Now", "Trends: back to now; again: the whole visit", soft=False),
    Key("fullscreen", "F11", "Full screen", "Full screen on or off", soft=False),
    Key("close", "Esc", "Close", "Close the panel at the side", soft=False),
)

PAGE_KEYS = (
    Key("devices", "Ctrl+D", "Devices", "Start page: the devices in reach and those remembered"),
)

PANEL_KEYS = (
    ("Tab", "Next field"),
    ("1 2 3 …", "Choose in a row of the round"),
    (".", "Resting, not roused"),
    ("← →", "Change a choice"),
    ("Ctrl+Enter", "File what the panel holds"),
)


def key_for(action: str) -> Key:
    """The key of an action; raises KeyError for an unknown one."""
    return next(key for key in (*KEYS, *PAGE_KEYS) if key.action == action)

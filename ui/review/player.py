"""Plays a finished visit: the same fold as live, up to a moment that moves. No Qt, no clock."""

from kapmonitor.messages import Pulse
from ui.live.model import LiveModel
from ui.review.past import PastVisitRead, board_of

SPEEDS = (1, 5, 20, 100)


class Player:
    """Where a replay is. Times are session seconds; ``elapsed`` real ones."""

    def __init__(self, past: PastVisitRead) -> None:
        self.past = past
        self.playing = False
        self.speed = 20
        self.model = LiveModel()
        self.position = past.start
        self._next = 0
        self._real = 0.0
        self._feed()

    @property
    def share(self) -> float:
        """The position as a part of the visit, 0 to 1."""
        length = self.past.end - self.past.start
        return (self.position - self.past.start) / length if length else 1.0

    def seek(self, at: float) -> None:
        """Go to a session time; backwards the visit is folded anew."""
        at = min(max(at, self.past.start), self.past.end)
        if at < self.position:
            self.model, self._next = LiveModel(), 0
        jumped = abs(at - self.position) > 5.0
        self.position = at
        self._feed()
        if jumped:
            # What was skipped is no curve to be swept over the strip.
            self.model.taken_pleth()

    def play(self, on: bool) -> None:
        """Play or pause; at the end it begins again."""
        if on and self.position >= self.past.end:
            self.seek(self.past.start)
        self.playing = on

    def advance(self, elapsed: float) -> None:
        """Real time passes; at the end it stands still."""
        self._real += elapsed
        if self.playing:
            self.position = min(self.past.end, self.position + elapsed * self.speed)
            self.playing = self.position < self.past.end
        self._feed()

    @property
    def real(self) -> float:
        """The model's steady clock."""
        return self._real

    def _feed(self) -> None:
        messages = self.past.messages
        first = self._next
        while self._next < len(messages) and messages[self._next][0] <= self.position:
            self._next += 1
        self.model.take((message for _, message in messages[first : self._next]), self._real)
        self.model.board = board_of(self.model.session, self.position)
        utc = self._utc()
        rate = float(self.speed) if self.playing else 1.0
        beat = Pulse(self.position, utc, recording=self.past.path, sound="ok", rate=rate)
        self.model.take([beat, self.past.saved], self._real)

    def _utc(self) -> float:
        entries = self.model.session.entries
        return entries[-1].utc + self.position - entries[-1].at if entries else 0.0

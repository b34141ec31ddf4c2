"""Virtual cuffs that take commands on the wire: the "02 40 DC" cuffs and SunTech's modules.

Each is started, stopped and asked in its real bytes; in a demonstration by the protocol's own
speaker, with everything that this refuses.
"""

from collections.abc import Sequence

from devices.decoders import protocol
from devices.decoders.cuff import CuffSpeaker
from devices.decoders.jamr_bpm188 import START, STOP
from devices.decoders.suntech_nibp import ABORT, READ_PRESSURE, READ_RESULT, START_ADULT
from devices.transports import Chunk
from devices.virtual.device import within
from devices.virtual.vendor_cuffs import VendorCuff, VirtualJamr, VirtualSunTech, suntech_frame
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Delivery, Link, LinkState

_SHORTEST = 0.01


class SpokenCuff(VendorCuff):
    """A cuff that hears the bytes of its start and its stop, and says itself what it does."""

    start, stop = b"", b""

    def write(self, data: bytes, now: float) -> None:
        """Take what a host wrote: one command, as the protocol's speaker writes it."""
        if data == self.start and not self._busy(now):
            super().command("start", now)
        elif data == self.stop:
            super().command("stop", now)

    def command(self, command: str, now: float) -> None:
        """Ask by the wire. Raises DeviceError as the speaker of the protocol does."""
        self.require_link(now)
        try:
            writes = self._speaker().ask(command, now)
        except DeviceError as error:
            raise DeviceError(error.code, **{**error.facts, "source": self.info.id}) from error
        self._say(writes, now)

    def step(self, now: float) -> Sequence[Delivery]:
        """As every device; the speaker is heard in between, whenever it has something to say."""
        delivered: list[Delivery] = []
        while True:
            due = self._speaker().deadline()
            until = now if due is None else min(now, max(due, self._stepped + _SHORTEST))
            items = super().step(until)
            delivered += items
            for item in items:
                if isinstance(item, Link) and item.state is LinkState.UP:
                    self._host = None
                    self._say(self._speaker().opened(item.at), item.at)
            for chunk in self._fresh:
                self._say(self._speaker().feed(chunk.data, chunk.at), until)
            self._fresh = []
            self._say(self._speaker().due(until), until)
            if until >= now:
                return delivered

    def bytes_until(self, now: float) -> list[Chunk]:
        """What it sent."""
        chunks = super().bytes_until(now)
        self._fresh = [*self._fresh, *chunks]
        return chunks

    # The host of a demonstration. A twin on a port has a real one and needs none.
    _host: CuffSpeaker | None = None
    _fresh: Sequence[Chunk] = ()

    def _speaker(self) -> CuffSpeaker:
        if self._host is None:
            host = protocol(self.protocol).make_speaker(may_start=True)
            assert isinstance(host, CuffSpeaker)
            self._host = host
        return self._host

    def _say(self, writes: Sequence[bytes], at: float) -> None:
        for data in writes:
            if self._speaker().allows(data):
                self.write(data, at)


class SpokenJamr(SpokenCuff, VirtualJamr):
    """A BPM-188: it tells its pressure and its result unasked."""

    start, stop = START, STOP


class SpokenSunTech(SpokenCuff, VirtualSunTech):
    """A module that speaks only when asked: acknowledgements, pressure, result."""

    start, stop = START_ADULT, ABORT
    ANSWERS_IN = 0.02  # seconds

    _REQUESTS = (START_ADULT, ABORT, READ_PRESSURE, READ_RESULT)
    _heard = b""
    _answers: Sequence[tuple[float, bytes]] = ()

    def write(self, data: bytes, now: float) -> None:
        """Take requests, each answered a moment later; anything else is not answered."""
        self._begin_planned(now)
        self._heard = (self._heard + data)[-64:]
        while found := [r for r in self._REQUESTS if r in self._heard]:
            request = min(found, key=self._heard.index)
            self._heard = self._heard[self._heard.index(request) + len(request) :]
            self._answers = [*self._answers, (now + self.ANSWERS_IN, self._answer(request, now))]

    def bytes_until(self, now: float) -> list[Chunk]:
        """The answers that are due."""
        self._begin_planned(now)
        self._sent_until = max(self._sent_until, now)
        silent = self._down_spans() + self.faults.silence
        chunks = []
        for at, data in self._answers:
            if at <= now and not within(silent, at):
                self._packets += 1
                chunks.append(Chunk(at, self._spoiled(self._packets - 1, data), self.channel))
        self._answers = [(at, data) for at, data in self._answers if at > now]
        self._fresh = [*self._fresh, *chunks]
        return chunks

    def _answer(self, request: bytes, now: float) -> bytes:
        last = self.cycles[-1] if self.cycles else None
        if request == READ_PRESSURE:
            running = last is not None and last.start <= now < last.end
            told = self._pressures(last) if running and last is not None else []
            return self._live(next((p for at, p in reversed(told) if at <= now), 0))
        if request == READ_RESULT:
            return self._end(last) if last is not None else suntech_frame(*bytes(21))
        if request == START_ADULT and self._busy(now):
            return suntech_frame(ord("B"))
        super().write(request, now)
        return suntech_frame(ord("K" if request == START_ADULT else "A"))

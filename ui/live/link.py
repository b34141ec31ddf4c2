"""The window's side of the line to the engine: messages in, commands out, nothing else shared."""

from collections.abc import Sequence
from typing import Protocol

from kapmonitor.commands import AnyCommand
from kapmonitor.messages import Message


class EngineLink(Protocol):
    """What a live screen needs. No method blocks, none raises."""

    def take(self) -> Sequence[Message]:
        """Everything that arrived since the last call; called some thirty times a second."""

    def ask(self, command: AnyCommand) -> None:
        """Pass a command on; its ``Answered`` comes through the inbox."""

    def watch_window(self) -> None:
        """From now on a window that stops taking is a technical alarm."""

    def close(self) -> None:
        """Let go of the engine; a visit that has not ended can be resumed later."""

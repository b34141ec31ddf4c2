"""The errors that reach a person: each says in one sentence what is wrong and what to do.

Below ``ui`` an error carries an identifier and facts, never a finished sentence; the sentence is
made by ``kapmonitor.words`` at the edge.
"""


class KapmonitorError(Exception):
    """Something that the user can act on.

    ``code`` names the sentence in ``kapmonitor.words``; ``facts`` fill its gaps.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class UsageError(KapmonitorError):
    """The request itself is wrong (unknown protocol, bad plan file): exit code 2."""


class DeviceError(KapmonitorError):
    """A device or its port cannot be used; ``facts`` name it and what happened."""


class RecordError(KapmonitorError):
    """A record cannot be opened, written or trusted."""


class PlanError(UsageError):
    """A plan, checklist or preset file is wrong; ``facts`` name file, place and reason."""


class Refused(KapmonitorError):
    """The engine refuses a command; the visit goes on."""

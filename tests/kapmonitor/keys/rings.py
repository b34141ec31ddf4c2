"""A keyring in memory, so that no test touches the machine's."""


class MemoryRing:
    """Keeps secrets as long as the test lasts."""

    def __init__(self, there: bool = True) -> None:
        self.kept: dict[str, bytes] = {}
        self._there = there

    def there(self) -> bool:
        return self._there

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, secret: bytes) -> bool:
        self.kept[name] = secret
        return True

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)


NO_RING = MemoryRing(there=False)

"""What both stand-ins say of a bumble peer in bleak's and BlueZ's words."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bumble import hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection

PROPERTIES = (
    "broadcast",
    "read",
    "write-without-response",
    "write",
    "notify",
    "indicate",
    "authenticated-signed-writes",
    "extended-properties",
)


def long_uuid(uuid: UUID) -> str:
    """The 128-bit form, small letters with dashes."""
    digits = uuid.to_bytes(force_128=True)[::-1].hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def property_names(characteristic: Any) -> list[str]:
    """What may be done with it."""
    return [
        name for bit, name in enumerate(PROPERTIES) if int(characteristic.properties) >> bit & 1
    ]


def plain_address(address: hci.Address) -> str:
    """Six bytes with colons and nothing else."""
    text: str = address.to_string(with_type_qualifier=False)
    return text


def advertised(data: AdvertisingData) -> tuple[str, list[str]]:
    """Name (or empty) and services of an advertisement."""
    short = (
        AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
        AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    )
    name, services = "", []
    for kind, value in data.ad_structures:
        if kind in short:
            services += [
                long_uuid(UUID.from_bytes(value[place : place + 2]))
                for place in range(0, len(value), 2)
            ]
        elif kind == AdvertisingData.COMPLETE_LOCAL_NAME:
            name = value.decode(errors="replace")
    return name, services


class LinkGone(Exception):
    """The connection ended while an answer was awaited."""


async def while_connected(connection: Connection, work: Coroutine[Any, Any, Any]) -> Any:
    """One exchange with a peer; raises LinkGone, where bumble itself would wait for its timeout."""
    gone = asyncio.Event()

    def on_gone(_reason: int) -> None:
        gone.set()

    connection.on("disconnection", on_gone)
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(gone.wait())
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise LinkGone
        return task.result()
    finally:
        connection.remove_listener("disconnection", on_gone)
        task.cancel()
        watch.cancel()

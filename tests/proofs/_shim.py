"""Builds and loads `shim.c`, which notes and breaks a program's writes, and reads its notes."""

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import SkipTest

from msgspec import Struct

SOURCE = Path(__file__).with_name("shim.c")
ROOT = Path(__file__).parents[2]
ACKS = "acks"
"""A file beside the record in which the program under test says what it called saved."""


class Operation(Struct, frozen=True):
    """Something that was done to a file: ``w`` write, ``t`` truncate, ``s`` sync, ``d`` delete.

    ``name`` is the file's, empty for the folder itself; ``place`` in bytes.
    """

    kind: str
    name: str
    place: int
    data: bytes


def built(folder: Path) -> Path:
    """The shim, compiled into this folder; SkipTest where it cannot be."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        raise SkipTest("watching each write needs Linux and a C compiler (cc)")
    made = folder / "shim.so"
    command = (compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(made), str(SOURCE), "-ldl")
    subprocess.run(command, check=True)
    return made


def run_under(shim: Path, module: str, folder: Path, log: Path | None, *words: str) -> str:
    """Run a proof's module as a program whose writes below ``folder`` are watched."""
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "KAPSHIM_FOLDER": str(folder),
        "KAPSHIM_LOG": "" if log is None else str(log),
    }
    command = (sys.executable, "-m", f"tests.proofs.{module}", str(folder), *words)
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def operations(log: Path, folder: Path) -> Iterator[Operation]:
    """What the shim noted, in order."""
    content = log.read_bytes()
    at = 0
    while at < len(content):
        kind, length, size, place = struct.unpack_from("<cIIq", content, at)
        at += 17
        path = content[at : at + length].decode()
        data = content[at + length : at + length + size]
        at += length + size
        name = path[len(str(folder)) :].lstrip("/")
        yield Operation(kind.decode(), name, place, data)

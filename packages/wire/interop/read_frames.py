#!/usr/bin/env python3
"""Reads Orrery frames. Written from docs/wire-format.md alone, with the standard library only.

    read_frames.py FILE...            prints each frame as JSON
    read_frames.py --check FOLDER     compares every *.frame with the *.json beside it

Exit codes: 0 all read and equal, 1 something differs or is damaged, 3 something could not be run here (zstd).
"""

import ctypes
import ctypes.util
import json
import math
import struct
import sys
import zlib
from pathlib import Path

MAX_SAFE = 2**53 - 1
MAX_RAW = 16 * 1024 * 1024
LANES = {1: "realtime", 2: "standard", 3: "bulk"}


class Damaged(Exception):
    """The bytes are no whole frame of version 1."""


class NotRun(Exception):
    """Something is missing on this machine."""


class Reader:
    """Bytes, read front to back up to an end."""

    def __init__(self, data, pos=0, end=None):
        self.data = data
        self.pos = pos
        self.end = len(data) if end is None else end

    def take(self, count):
        if count > self.end - self.pos:
            raise Damaged(f"{count} bytes wanted at {self.pos}, {self.end - self.pos} there")
        start = self.pos
        self.pos += count
        return self.data[start : self.pos]

    def u8(self):
        return self.take(1)[0]

    def f64(self):
        value = struct.unpack("<d", self.take(8))[0]
        if not math.isfinite(value):
            raise Damaged("a time that is no number")
        return value

    def varint(self):
        value = 0
        for index in range(8):
            byte = self.u8()
            value |= (byte & 127) << (7 * index)
            if byte < 128:
                if value > MAX_SAFE:
                    break
                return value
        raise Damaged("a number beyond 2^53 - 1")

    def string(self):
        try:
            return self.take(self.varint()).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Damaged(f"no UTF-8: {error}") from error

    def table(self, most):
        count = self.varint()
        if count > most or count > self.end - self.pos:
            raise Damaged("a table longer than there are events or bytes")
        return [self.string() for _ in range(count)]


def unzigzag(value):
    return value // 2 if value % 2 == 0 else -(value + 1) // 2


def entry(table, index):
    if index >= len(table):
        raise Damaged("an index beyond its table")
    return table[index]


def unzstd(data, size):
    """One zstd frame, by whatever this machine has: Python 3.14's module or the system's library."""
    try:
        from compression import zstd  # Python 3.14

        raw = zstd.decompress(data)
    except ImportError:
        name = ctypes.util.find_library("zstd")
        if name is None:
            raise NotRun("no zstd on this machine") from None
        library = ctypes.CDLL(name)
        library.ZSTD_decompress.restype = ctypes.c_size_t
        library.ZSTD_decompress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
        library.ZSTD_isError.argtypes = [ctypes.c_size_t]
        library.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t
        library.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
        if library.ZSTD_findFrameCompressedSize(data, len(data)) != len(data):
            raise Damaged("the body is no single zstd frame")
        buffer = ctypes.create_string_buffer(max(1, size))
        written = library.ZSTD_decompress(buffer, size, data, len(data))
        if library.ZSTD_isError(written):
            raise Damaged("the body is no zstd") from None
        raw = buffer.raw[:written]
    if len(raw) != size:
        raise Damaged(f"{len(raw)} bytes unpacked where {size} were announced")
    return raw


def read_time(reader, before):
    value = reader.varint()
    if value % 4 == 0:
        return before + unzigzag(value // 4)
    if value % 4 == 1:
        return before + unzigzag((value - 1) // 4) / 1000
    if value == 2:
        return reader.f64()
    raise Damaged("a time step of unknown form")


def traceparent(data):
    text = data.hex()
    return "-".join((text[0:2], text[2:34], text[34:50], text[50:52]))


def read_frame(data):
    """A frame as a dictionary; payloads in hex."""
    reader = Reader(data, 0, max(0, len(data) - 4))
    if reader.take(4) != b"ORYF":
        raise Damaged("it does not begin with ORYF")
    if reader.u8() != 1:
        raise Damaged("unknown version")
    flags = reader.u8()
    if flags > 15 or flags & 3 not in LANES:
        raise Damaged("unknown flags")
    head = {
        "lane": LANES[flags & 3],
        "contentType": "json" if flags & 4 else "protobuf",
        "compression": "zstd" if flags & 8 else "none",
        "fingerprint": reader.take(8).hex(),
    }
    time = reader.f64()
    count = reader.varint()
    first = reader.varint()
    span = reader.varint()
    if (span < count - 1 if count else span > 0) or first + span > MAX_SAFE:
        raise Damaged("a count that its sequences do not hold")
    publisher, source, world = reader.string(), reader.string(), reader.string()
    types = reader.table(count)
    size = reader.varint()
    raw_size = reader.varint() if flags & 8 else size
    if reader.end - reader.pos != size:
        raise Damaged("another length than announced")
    if zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        raise Damaged("the checksum does not match")
    if raw_size > MAX_RAW:
        raise Damaged("it unpacks to more than is allowed")
    stored = reader.take(size)
    body = Reader(unzstd(stored, raw_size) if flags & 8 else stored)

    keys = ["", *body.table(count)]
    publishers = [publisher, *body.table(count)]
    events = []
    causes = [0] * len(publishers)
    sequence = first - 1
    for number in range(count):
        size = body.varint()
        event = Reader(body.take(size))
        bits = event.varint()
        if number == 0 and bits & 3:
            raise Damaged("a first event with a step or a skip")
        kind = entry(types, bits // 16)
        key = entry(keys, event.varint())
        if bits & 1:
            time = read_time(event, time)
        sequence += 1 + (event.varint() if bits & 2 else 0)
        cause = None
        if bits & 4:
            place = event.varint()
            step = event.varint()
            name = entry(publishers, place // 2)
            causes[place // 2] += -step if place % 2 else step
            if not 0 <= causes[place // 2] <= MAX_SAFE:
                raise Damaged("a cause beyond 2^53 - 1")
            cause = {"publisher": name, "sequence": causes[place // 2]}
        trace = traceparent(event.take(26)) if bits & 8 else None
        events.append(
            {
                "type": kind,
                "key": key,
                "sequence": sequence,
                "timeMs": time,
                "cause": cause,
                "traceparent": trace,
                "payload": event.data[event.pos :].hex(),
            }
        )
    if body.pos != body.end:
        raise Damaged("bytes after the last event")
    last = first + span if count else first - 1
    if sequence != last:
        raise Damaged("sequences other than the header says")
    return {
        **head,
        "publisher": publisher,
        "source": source,
        "world": world,
        "count": count,
        "firstSequence": first,
        "lastSequence": last,
        "timeMs": events[0]["timeMs"] if events else 0,
        "types": types,
        "keys": keys[1:],
        "events": events,
    }


def every_cut_shows(data):
    """A frame cut anywhere, or with any byte changed, must not be read."""
    hurt = [data[:end] for end in range(len(data))]
    hurt += [data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :] for at in range(len(data))]
    for bytes_ in hurt:
        try:
            read_frame(bytes_)
        except (Damaged, NotRun):
            continue
        return False
    return True


def check(folder):
    failed = not_run = 0
    paths = sorted(Path(folder).glob("*.frame"))
    for path in paths:
        data = path.read_bytes()
        try:
            equal = read_frame(data) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            verdict = "pass" if equal and (len(data) > 1000 or every_cut_shows(data)) else "FAIL"
        except NotRun as reason:
            verdict = f"not run: {reason}"
            not_run += 1
        except Damaged as reason:
            verdict = f"FAIL: {reason}"
        failed += verdict.startswith("FAIL")
        print(f"{path.stem:20} {verdict}")
    print(f"{len(paths)} frames: {len(paths) - failed - not_run} pass, {failed} fail, {not_run} not run")
    if failed or not paths:
        return 1
    return 3 if not_run else 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--check":
        return check(arguments[1])
    if not arguments:
        print(__doc__)
        return 1
    for name in arguments:
        print(json.dumps(read_frame(Path(name).read_bytes()), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

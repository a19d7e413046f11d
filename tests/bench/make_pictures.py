#!/usr/bin/env python3
"""Makes pictures that say something about themselves: OUT/picture-N.jpg, .png and .webp.

  make_pictures.py OUT COUNT FIXTURES

Each is a file of FIXTURES (fixtures/embedded) with picture data of its own, 20 to 120 kB of it. The
same arguments make the same bytes. Needs nothing but Python.
"""

import os
import random
import struct
import sys
import zlib


def jpeg(fixture, data):
    """The data stands between the start of the scan and the end of the file."""
    scan = fixture.rindex(b"\xff\xda")
    begin = scan + 2 + struct.unpack(">H", fixture[scan + 2 : scan + 4])[0]
    return fixture[:begin] + data.replace(b"\xff", b"\xff\0") + b"\xff\xd9"


def png(fixture, data):
    """Another chunk of data before the one that is there."""
    chunk = b"IDAT" + data
    chunk = struct.pack(">I", len(data)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    at = fixture.index(b"IDAT") - 4
    return fixture[:at] + chunk + fixture[at:]


def webp(fixture, data):
    at = fixture.index(b"VP8 ")
    old = struct.unpack("<I", fixture[at + 4 : at + 8])[0]
    data += b"\0" * (len(data) % 2)
    rest = fixture[at + 8 + old + old % 2 :]
    body = fixture[8:at] + b"VP8 " + struct.pack("<I", old + len(data))
    body += fixture[at + 8 : at + 8 + old] + data + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    out, count, fixtures = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    kinds = {"jpg": jpeg, "png": png, "webp": webp}
    samples = {kind: open(os.path.join(fixtures, f"tea.{kind}"), "rb").read() for kind in kinds}
    os.makedirs(out, exist_ok=True)
    for number in range(count):
        dice = random.Random(number)
        kind = list(kinds)[number % len(kinds)]
        data = dice.randbytes(dice.choice([20_000, 60_000, 120_000]))
        with open(os.path.join(out, f"picture-{number}.{kind}"), "xb") as file:
            file.write(kinds[kind](samples[kind], data))


main()

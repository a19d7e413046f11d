#!/usr/bin/env python3
"""Makes a media library of many small pictures: OUT/uploads/YYYY/MM/, every file with bytes of its own.

  make_library.py OUT ORIGINALS

Each original is a PNG with its WordPress sizes; on average there are 4.75 files to an original and
12 kB to a file. The same arguments make the same bytes. Needs nothing but Python.
"""

import os
import random
import struct
import sys
import zlib

SIZES = [(150, 150), (300, 225), (768, 576), (1024, 768)]
SUBJECTS = ["red-fox", "lighthouse", "team-meeting", "coffee-cup", "mountain-road", "tea-tin"]


def chunk(kind, data):
    checksum = zlib.crc32(kind + data) & 0xFFFFFFFF
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def picture(width, height, shade):
    """A PNG of one shade without its end: the end comes with each file's own comment."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = (b"\0" + bytes([shade]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 1))


def padding(dice):
    """Bytes that do not compress, so that files are as long as pictures are."""
    return dice.randbytes(dice.choice([1_500, 4_000, 9_000, 20_000]))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out, originals = sys.argv[1], int(sys.argv[2])
    shapes = {size: picture(*size, 90 + i) for i, size in enumerate([(1600, 1200), *SIZES])}
    files = 0
    for number in range(originals):
        dice = random.Random(number)
        year, month = 2016 + number * 10 // originals, number % 12 + 1
        folder = os.path.join(out, "uploads", f"{year}", f"{month:02}")
        os.makedirs(folder, exist_ok=True)
        stem = f"{dice.choice(SUBJECTS)}-{number}"
        sizes = SIZES[: dice.choice([3, 4, 4, 4])]
        for width, height in [(1600, 1200), *sizes]:
            name = stem if (width, height) == (1600, 1200) else f"{stem}-{width}x{height}"
            comment = chunk(b"tEXt", f"Comment\0{name}".encode()) + chunk(b"npAd", padding(dice))
            with open(os.path.join(folder, name + ".png"), "xb") as file:
                file.write(shapes[width, height] + comment + chunk(b"IEND", b""))
            files += 1
    print(f"{files} files of {originals} originals")


main()

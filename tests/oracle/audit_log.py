"""Verifies audit logs and checkpoints, by other code than shelflife's own.

Reads lines of three fields with tabs between them: a catalog, a checkpoint or `-`, and a public key
or `-`. Writes `ok`, or `bad` and why, for each. A catalog is an SQLite file.
"""

import base64
import hashlib
import sqlite3
import struct
import sys
import uuid

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


# ---------------------------------------------------------------- Ed25519, after RFC 8032

def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def add(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, d - c, d + c, t + s
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor, a):
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, a)
        a, factor = add(a, a), factor >> 1
    return total


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(key, text, signature):
    if len(signature) != 64:
        return False
    a, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % Q
    return same(times(s, BASE), add(r, times(h, a)))


# ---------------------------------------------------------------- the log

def entry_hash(chain, seq, at, fields, prev):
    data = b"shelflife-audit-v1\0" + chain + struct.pack(">qq", seq, at)
    for field in fields:
        field = b"" if field is None else str(field).encode()
        data += struct.pack(">I", len(field)) + field
    return hashlib.sha256(data + prev).digest()


def verify_chain(database):
    """The identity of the catalog and the hash of each entry, or why there are none."""
    meta = dict(database.execute("SELECT key, value FROM meta"))
    chain = uuid.UUID(meta["catalog_uuid"])
    hashes, prev, before = [], bytes(32), None
    rows = database.execute(
        "SELECT seq, at_ms, kind, actor, run_id, asset_id, operation_id, payload, prev_hash,"
        " entry_hash FROM audit ORDER BY seq")
    for number, row in enumerate(rows):
        seq, at, found_prev, found = row[0], row[1], row[8], row[9]
        if seq != number:
            return None, "a gap"
        if before is not None and at < before:
            return None, "time runs backwards"
        if found_prev != prev or entry_hash(chain.bytes, seq, at, row[2:8], prev) != found:
            return None, "a broken link"
        hashes.append(found)
        prev, before = found, at
    if meta["audit_length"] != str(len(hashes)) or meta["audit_head"] != prev.hex():
        return None, "another end"
    return (str(chain), hashes), None


def verify_note(note, key, identity, hashes):
    """Why the checkpoint does not speak for the log; `None` if it does."""
    text, _, signatures = note.partition("\n\n")
    text = text.rstrip("\n") + "\n"
    origin, size, head = text.splitlines()
    if key is not None:
        name, key_id, data = key.split("+", 2)
        data = base64.b64decode(data, validate=True)
        wanted = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        if wanted.hex() != key_id or data[0] != 1:
            return "no key"
        vouched = False
        for line in signatures.splitlines():
            dash, who, blob = line.split(" ")
            blob = base64.b64decode(blob, validate=True)
            if dash != "\u2014" or who != name or blob[:4] != wanted:
                continue
            if not signed(data[1:], text.encode(), blob[4:]):
                return "a forged signature"
            vouched = True
        if not vouched:
            return "not signed"
    if origin != "shelflife/" + identity:
        return "another catalog"
    size = int(size)
    if size > len(hashes):
        return "rolled back"
    if hashes[size - 1] != base64.b64decode(head, validate=True):
        return "rewritten"
    return None


def verdict(catalog, note, key):
    database = sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)
    log, why = verify_chain(database)
    database.close()
    if log and note != "-":
        with open(note, encoding="utf-8", newline="") as file:
            why = verify_note(file.read(), None if key == "-" else key, *log)
    return "ok" if why is None else f"bad {why}"


for line in sys.stdin:
    print(verdict(*line.rstrip("\n").split("\t")))

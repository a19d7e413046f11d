#!/usr/bin/env python3
"""measure.py PROGRAM UPLOADS BIG ASSETS: the measuring part of tests/bench/run.

Every figure is the median of five. What is compared runs in turns, so that a busy moment of the
machine hits both. Times are of whole processes, from their start to their end.
"""

import os
import random
import shlex
import shutil
import statistics
import struct
import sys
import time
import zlib

from removals import BATCH, Removals

ROUNDS = 5
MEBIBYTE = 1 << 20
LOOKS = 1_000_000
PROGRAM, UPLOADS, BIG, ASSETS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
SCRATCH = os.path.join(os.path.dirname(BIG), "scan")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": SCRATCH, "LC_ALL": "C"}


def run(*words, may_end_with=(0,)):
    """Seconds and peak memory in bytes of one process; its output is thrown away, and what it says of
    mistakes where it may end with one."""
    thrown = (1, 2) if 2 in may_end_with else (1,)
    null = [(os.POSIX_SPAWN_OPEN, handle, "/dev/null", os.O_WRONLY, 0) for handle in thrown]
    began = time.perf_counter()
    child = os.posix_spawnp(words[0], words, ENVIRONMENT, file_actions=null)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    if code not in may_end_with:
        sys.exit(f"ended with {code}: {shlex.join(words)}")
    return seconds, usage.ru_maxrss * 1024


def shelflife(folder, *words, **options):
    files = ["--config", f"{folder}/shelflife.toml", "--catalog", f"{folder}/catalog.db"]
    return run(PROGRAM, *files, "--no-input", *words, **options)


def new_catalog():
    """An empty catalog of the library, as if it had never been catalogued."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SCRATCH)
    marker = os.path.join(UPLOADS, ".shelflife-root")
    if os.path.exists(marker):
        os.unlink(marker)
    shelflife(SCRATCH, "init", "--root", UPLOADS)
    os.sync()


def scans():
    """First and second scans, each beside what reads, or lists, the same files."""
    quoted = shlex.quote(UPLOADS)
    hashing = f"find {quoted} -type f -print0 | xargs -0 -P2 -n 500 sha256sum"
    listing = f"find {quoted} -printf '%p %s %T@ %C@ %i\\n'"
    run("sh", "-c", hashing)
    first, again, other, other_list = [], [], [], []
    for _ in range(ROUNDS):
        other.append(run("sh", "-c", hashing))
        new_catalog()
        first.append(shelflife(SCRATCH, "scan"))
        other_list.append(run("sh", "-c", listing))
        again.append(shelflife(SCRATCH, "scan"))
    shutil.rmtree(SCRATCH)
    return first, again, other, other_list


def middle(runs, part=0):
    return statistics.median(one[part] for one in runs)


def each(*words, **options):
    """Medians of five rounds over twenty assets spread over the catalog: seconds and memory."""
    ids = [str(1 + number * (ASSETS - 1) // 19) for number in range(20)]
    rounds = []
    for _ in range(ROUNDS):
        runs = [shelflife(BIG, *[id if w == "ID" else w for w in words], **options) for id in ids]
        rounds.append((statistics.mean(one[0] for one in runs), max(one[1] for one in runs)))
    return middle(rounds), middle(rounds, 1)


def several(*words, **options):
    runs = [shelflife(BIG, *words, **options) for _ in range(ROUNDS)]
    return middle(runs), middle(runs, 1)


def audit_entries():
    """How many entries the big catalog's log has, by SQLite's own count."""
    import sqlite3

    connection = sqlite3.connect(f"file:{BIG}/catalog.db?mode=ro", uri=True)
    return connection.execute("SELECT count(*) FROM audit").fetchone()[0]


def embedded():
    """A check of pictures, which reads what they say, beside the program that others read them with."""
    pictures = os.path.join(os.path.dirname(BIG), "pictures", "export")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(run("exiftool", "-fast2", "-r", "-json", pictures))
        ours.append(shelflife(BIG, "check", "--without-catalog", pictures, may_end_with=(0, 1)))
    return ours, theirs


def ten_times(export):
    """An export with every item of another ten times over, made once.

    Line by line: what this process holds at its peak would count as the memory of its children.
    """
    copy = export + ".ten"
    if os.path.exists(copy):
        return copy
    with open(copy + ".part", "w", encoding="utf-8") as out:
        for turn in range(10):
            has_begun = False
            for line in open(export, encoding="utf-8"):
                is_item = line.startswith("<item>")
                has_begun |= is_item
                if is_item or turn == (9 if has_begun else 0):
                    out.write(line)
    os.rename(copy + ".part", copy)
    return copy


def checks():
    """Checks of an export, beside a parser of XML in turns, and of one ten times as long."""
    export = os.path.join(os.path.dirname(BIG), "export.xml")
    if not os.path.exists(export) or shutil.which("xmllint") is None:
        print("no export, or no xmllint: checks of an export are not measured")
        return

    def check(file):
        return shelflife(BIG, "check", "--without-catalog", file, may_end_with=(0, 1))

    parsing, checking = [], []
    for _ in range(ROUNDS):
        parsing.append(run("xmllint", "--stream", "--noout", export))
        checking.append(check(export))
    longer = [check(ten_times(export)) for _ in range(ROUNDS)]
    size = os.path.getsize(export) / MEBIBYTE
    yield ("check : xmllint --stream", middle(checking) / middle(parsing), "x", 3.0,
           f"{size:.0f} MiB, {middle(checking):.2f} s : {middle(parsing):.2f} s")
    yield "check, memory", middle(checking, 1) / MEBIBYTE, "MiB", 64, ""
    yield ("check of ten times, memory", middle(longer, 1) / MEBIBYTE, "MiB", 64,
           f"{10 * size:.0f} MiB in {middle(longer):.2f} s")


def broken():
    """Checks of broken and hostile files, each by itself: the slowest and the largest of them."""
    folder = os.path.join("..", "shared", "data", "corpus", "robustness")
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names
             if not name.endswith(".json")]
    if not files:
        return
    ends = (0, 1, 2)
    rounds = [[shelflife(BIG, "check", "--without-catalog", file, may_end_with=ends) for file in files]
              for _ in range(3)]
    slowest = max(statistics.median(times) for times in zip(*[[run[0] for run in one] for one in rounds]))
    largest = max(run[1] for one in rounds for run in one)
    yield ("check of a broken file, the slowest", slowest * 1000, "ms", 100, f"of {len(files)} files")
    yield "check of a broken file, memory", largest / MEBIBYTE, "MiB", 64, ""


def picture(path, note):
    """A PNG of 128 x 128 with something to see; another note makes other bytes of the same picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    cells = random.Random(7).randbytes(64)
    rows = [b"\0" + bytes(cells[y // 16 * 8 + x // 16] for x in range(128)) for y in range(128)]
    header = struct.pack(">IIBBBBB", 128, 128, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tEXt", b"Comment\0" + note), (b"IDAT", zlib.compress(b"".join(rows)))]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in [*parts, (b"IEND", b"")]))


def recognizing():
    """One picture that shows rejected content, held against the looks of so many others."""
    folder = os.path.join(os.path.dirname(BIG), f"looks-{LOOKS}")
    if not os.path.exists(f"{folder}/complete"):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(f"{folder}/uploads")
        picture(f"{folder}/uploads/first.png", b"one")
        shelflife(folder, "init", "--root", f"{folder}/uploads")
        shelflife(folder, "scan")
        shelflife(folder, "reject", "1", "--reason", "measured")
        run(os.path.join(os.path.dirname(PROGRAM), "examples", "make_looks"), f"{folder}/catalog.db",
            str(LOOKS))
        picture(f"{folder}/uploads/second.png", b"two")
        shelflife(folder, "scan")
        open(f"{folder}/complete", "w").close()
    shown = [shelflife(folder, "show", "2") for _ in range(ROUNDS)]
    yield "show among a million looks", middle(shown) * 1000, "ms", 50, "the whole process"
    yield "show, memory", middle(shown, 1) / MEBIBYTE, "MiB", 64, ""
    scanned = []
    for _ in range(ROUNDS):
        name = str(time.time_ns())
        picture(f"{folder}/uploads/{name}.png", name.encode())
        scanned.append(shelflife(folder, "scan"))
    yield "scan of one more, memory", middle(scanned, 1) / MEBIBYTE, "MiB", 64, f"{middle(scanned):.3f} s"


def removing():
    """A clean beside a bare loop, and what comes after all of a library was cleaned."""
    removals = Removals(shelflife, UPLOADS, os.path.join(os.path.dirname(BIG), "removal"))
    rounds = [removals.clean_beside_bare(1 + number * BATCH) for number in range(ROUNDS)]
    cleaning, bare = middle([clean for clean, _, _ in rounds]), statistics.median(r[1] for r in rounds)
    yield (f"clean {BATCH:,} : bare loop", cleaning / bare, "x", 2.0,
           f"{rounds[0][2]} files, {cleaning:.2f} s : {bare:.2f} s")
    runs, memory, operations = removals.recover_after_all()
    yield "recover", middle(runs), "s", 5, f"a journal of {operations} operations"
    yield "recover, memory", middle(runs, 1) / MEBIBYTE, "MiB", 256, ""
    yield "clean of the rest, memory", memory / MEBIBYTE, "MiB", 256, f"{operations} operations"
    shutil.rmtree(removals.folder)


def measures():
    """Each measure: what, value, unit, limit, remark."""
    yield from checks()
    yield from broken()
    first, again, hashing, listing = scans()
    files = sum(len(names) for _, _, names in os.walk(UPLOADS)) - 1
    yield ("first scan : sha256sum", middle(first) / middle(hashing), "x", 2.0,
           f"{files} files, {middle(first):.2f} s : {middle(hashing):.2f} s")
    yield ("second scan : find", middle(again) / middle(listing), "x", 4.0,
           f"{middle(again):.2f} s : {middle(listing):.2f} s")
    yield "first scan, memory", middle(first, 1) / MEBIBYTE, "MiB", 128, ""
    yield "second scan, memory", middle(again, 1) / MEBIBYTE, "MiB", 128, ""
    yield from recognizing()
    yield from removing()
    if shutil.which("exiftool"):
        ours, theirs = embedded()
        yield ("check 2,000 : exiftool", middle(ours) / middle(theirs), "x", 0.05,
               f"{middle(ours):.2f} s : {middle(theirs):.2f} s")
        yield "check 2,000, memory", middle(ours, 1) / MEBIBYTE, "MiB", 64, ""
    else:
        print("there is no exiftool to compare with", flush=True)
    entries = audit_entries()
    catalog = f"{ASSETS} assets"
    yield "show", each("show", "ID")[0] * 1000, "ms", 15, catalog
    yield "why", each("why", "ID")[0] * 1000, "ms", 15, catalog
    reuse = each("reuse", "check", "ID", "--placement", "blog", may_end_with=(0, 1))
    yield "reuse check", reuse[0] * 1000, "ms", 15, catalog
    found = several("reuse", "find", "running shoes", "--placement", "blog", "--limit", "20",
                    may_end_with=(0, 1))
    yield "reuse find, two words", found[0] * 1000, "ms", 50, catalog
    change = several("context", "change", "brand/house", "--note", "measured")
    yield ("context change, per 50,000", change[0] * 50_000 / (ASSETS / 20), "s", 1,
           f"{ASSETS // 20} assets in {change[0]:.2f} s")
    yield "context change, memory", change[1] / MEBIBYTE, "MiB", 128, ""
    validate = several("validate", may_end_with=(0, 1))
    yield ("validate, per 100,000", validate[0] * 1e5 / ASSETS, "s", 1,
           f"{ASSETS} assets in {validate[0]:.2f} s")
    yield "validate, memory", validate[1] / MEBIBYTE, "MiB", 128, ""
    sweep = several("sweep", may_end_with=(0, 1))
    yield "sweep, plan", sweep[0], "s", 2.5, catalog
    yield "sweep, memory", sweep[1] / MEBIBYTE, "MiB", 128, ""
    verify = several("audit", "verify")
    yield ("audit verify, per million", verify[0] * 1e6 / entries, "s", 5,
           f"{entries} entries in {verify[0]:.2f} s")
    yield "audit verify, memory", verify[1] / MEBIBYTE, "MiB", 128, ""


def main():
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"{cores} cores, load {load:.1f} before, medians of {ROUNDS}\n")
    over = 0
    print(f"{'measure':<26} {'value':>9}     {'limit':>6}      ")
    for what, value, unit, limit, remark in measures():
        fits = value <= limit
        over += not fits
        print(f"{what:<26} {value:>9.2f} {unit:<3} {limit:>6} {'ok' if fits else 'OVER':<5} {remark}",
              flush=True)
    if load > cores / 2:
        print("\nthe machine was busy: the figures say little")
    print(f"\n{over} over their limit")
    sys.exit(over > 0)


main()

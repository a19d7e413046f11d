"""What a clean costs beside a bare loop that moves the same files and syncs as often, and what a
recovery of a long journal costs. Part of measure.py."""

import json
import os
import shutil
import sqlite3
import time

BATCH = 2_000
CONFIG = """
[clean]
max_items = 1000000
max_bytes = 1000000000000
max_percent = 100
max_items_per_day = 1000000
max_bytes_per_day = 1000000000000
max_percent_per_day = 100
unknown_uses = "warn"

[plans]
second_person_above = 1000000
"""


def sync_folder(path):
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(handle)
    os.close(handle)


def append_and_sync(log, text):
    os.write(log, text)
    os.fsync(log)


def move_bare(uploads, assets, store):
    """The renames and the syncs of a clean, without a catalog, a look at the bytes, or a log that
    could be verified. Returns the seconds."""
    os.makedirs(store)
    log = os.open(os.path.join(store, "log"), os.O_WRONLY | os.O_CREAT, 0o600)
    began = time.perf_counter()
    for number, paths in assets.items():
        append_and_sync(log, b"i" * 1_000)
        folder = os.path.join(store, f"{number:032}")
        os.mkdir(folder, 0o700)
        part = os.open(os.path.join(folder, "manifest.part"), os.O_WRONLY | os.O_CREAT, 0o600)
        append_and_sync(part, json.dumps(paths).encode())
        os.close(part)
        os.rename(os.path.join(folder, "manifest.part"), os.path.join(folder, "manifest.json"))
        sync_folder(folder)
        sync_folder(store)
        for place, path in enumerate(paths):
            os.rename(os.path.join(uploads, path), os.path.join(folder, f"{place:04}.bin"))
        sync_folder(folder)
        for above in {os.path.dirname(path) for path in paths}:
            sync_folder(os.path.join(uploads, above))
        append_and_sync(log, b"d" * 1_000)
    seconds = time.perf_counter() - began
    os.close(log)
    return seconds


def move_back(uploads, assets, store):
    """The store stays, without its files: ext4 passes over the inodes of files that were deleted in
    the last seconds, and the clean that follows would look past one after another of them."""
    for number, paths in assets.items():
        folder = os.path.join(store, f"{number:032}")
        for place, path in enumerate(paths):
            os.rename(os.path.join(folder, f"{place:04}.bin"), os.path.join(uploads, path))
    os.sync()


def files_of(catalog, first, last):
    """The paths of assets that have files, by their numbers."""
    connection = sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)
    query = "SELECT asset_id, folder, name FROM file WHERE asset_id BETWEEN ? AND ? ORDER BY 1, 3"
    assets = {}
    for number, folder, name in connection.execute(query, (first, last)):
        path = os.path.join(os.fsdecode(folder), os.fsdecode(name))
        assets.setdefault(number, []).append(path)
    connection.close()
    return assets


class Removals:
    """A copy of a library that is taken apart."""

    def __init__(self, shelflife, library, folder):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.folder, self.uploads = folder, os.path.join(folder, "uploads")
        shutil.copytree(library, self.uploads, symlinks=True)
        marker = os.path.join(self.uploads, ".shelflife-root")
        if os.path.exists(marker):
            os.unlink(marker)
        self.catalog = os.path.join(folder, "catalog.db")
        self.shelflife = lambda *words, **options: shelflife(folder, *words, **options)
        self.shelflife("init", "--root", self.uploads)
        config = os.path.join(folder, "shelflife.toml")
        text = open(config, encoding="utf-8").read()
        kept = text[:text.index("\n[clean]")]
        rest = text[text.index("\n[plans]") + 1:]
        rest = rest[rest.index("\n[") if "\n[" in rest else len(rest):]
        open(config, "w", encoding="utf-8").write(kept + CONFIG + rest)
        self.shelflife("scan")
        os.sync()

    def clean_beside_bare(self, first):
        """Seconds of a clean of a batch, of the bare loop over the same, and how many files."""
        last = first + BATCH - 1
        assets = files_of(self.catalog, first, last)
        numbers = [str(number) for number in assets]
        self.shelflife("reject", *numbers, "--reason", "measured", may_end_with=(0, 3))
        store = os.path.join(self.folder, f"bare-{first}")
        os.sync()
        bare = move_bare(self.uploads, assets, store)
        move_back(self.uploads, assets, store)
        clean = self.shelflife("clean", "--apply", may_end_with=(0, 3))
        return clean, bare, sum(map(len, assets.values()))

    def recover_after_all(self):
        """A recovery once everything was cleaned: its runs, and the memory of the clean."""
        self.shelflife("reject", "--state", "draft", "--reason", "measured", may_end_with=(0, 3))
        memory = self.shelflife("clean", "--apply", may_end_with=(0, 3))[1]
        runs = [self.shelflife("recover", may_end_with=(0, 1)) for _ in range(5)]
        connection = sqlite3.connect(f"file:{self.catalog}?mode=ro", uri=True)
        done = connection.execute("SELECT count(*) FROM operation").fetchone()[0]
        connection.close()
        return runs, memory, done

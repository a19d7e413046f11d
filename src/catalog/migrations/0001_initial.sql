-- The first schema. Instants are milliseconds since 1970 UTC (_ms), civil dates are ISO text (_on),
-- file times are nanoseconds since 1970 UTC (_ns), names and paths are bytes as the disk has them.

-- Facts about the catalog itself, and the numbers that are given out once only.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The folders that are catalogued. `device` and `files` let a scan notice a missing mount.
CREATE TABLE root (
    id         INTEGER PRIMARY KEY NOT NULL,
    name       TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL CHECK (kind IN ('production', 'draft')),
    device     INTEGER NOT NULL,
    files      INTEGER NOT NULL DEFAULT 0,
    scanned_ms INTEGER
) STRICT;

-- One row per asset, kept narrow: a sweep reads all of them.
CREATE TABLE asset (
    id            INTEGER PRIMARY KEY NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('draft', 'approved', 'rejected', 'expired',
                                                    'withdrawn', 'quarantined', 'purged')),
    was           TEXT    CHECK (was IN ('rejected', 'expired', 'withdrawn')),
    since_ms      INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    root_id       INTEGER NOT NULL REFERENCES root (id),
    path          BLOB    NOT NULL,
    sha256        BLOB    NOT NULL CHECK (length(sha256) = 32),
    media_type    TEXT    NOT NULL,
    width         INTEGER,
    height        INTEGER,
    attachment_id INTEGER,
    added_ms      INTEGER NOT NULL,
    files_missing INTEGER NOT NULL DEFAULT 0 CHECK (files_missing IN (0, 1)),
    starts_ms     INTEGER,
    expires_ms    INTEGER,
    review_ms     INTEGER,
    CHECK ((state IN ('quarantined', 'purged')) = (was IS NOT NULL))
) STRICT;
-- A path may come back with other content after its old asset left the library.
CREATE UNIQUE INDEX asset_path ON asset (root_id, path) WHERE was IS NULL;
CREATE INDEX asset_former_path ON asset (path) WHERE was IS NOT NULL;
CREATE INDEX asset_sha256 ON asset (sha256);
CREATE INDEX asset_attachment ON asset (attachment_id) WHERE attachment_id IS NOT NULL;

-- What people recorded about an asset; no row until somebody did.
CREATE TABLE description (
    asset_id           INTEGER PRIMARY KEY NOT NULL REFERENCES asset (id),
    title              TEXT,
    source_note        TEXT,
    rights_note        TEXT,
    rights_reviewed_by TEXT,
    rights_reviewed_on TEXT,
    owner              TEXT,
    zone               TEXT,
    starts_on          TEXT,
    expires_on         TEXT,
    review_on          TEXT,
    no_expiry_reason   TEXT
) STRICT;
CREATE INDEX description_owner ON description (owner) WHERE owner IS NOT NULL;

-- An empty text declares the picture decorative.
CREATE TABLE alt_text (
    asset_id INTEGER NOT NULL REFERENCES asset (id),
    locale   TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    PRIMARY KEY (asset_id, locale)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_placement (
    asset_id  INTEGER NOT NULL REFERENCES asset (id),
    placement TEXT    NOT NULL,
    PRIMARY KEY (asset_id, placement)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_placement_placement ON asset_placement (placement, asset_id);

-- The files of an asset. A file of no asset is ambiguous, and `ambiguity` says why.
CREATE TABLE file (
    id          INTEGER PRIMARY KEY NOT NULL,
    asset_id    INTEGER REFERENCES asset (id),
    root_id     INTEGER NOT NULL REFERENCES root (id),
    folder      BLOB    NOT NULL,
    name        BLOB    NOT NULL,
    role        TEXT    CHECK (role IN ('original', 'scaled', 'rotated', 'edited', 'size', 'twin')),
    ambiguity   TEXT,
    sha256      BLOB    NOT NULL CHECK (length(sha256) = 32),
    bytes       INTEGER NOT NULL,
    media_type  TEXT    NOT NULL,
    width       INTEGER,
    height      INTEGER,
    modified_ns INTEGER NOT NULL,
    changed_ns  INTEGER NOT NULL,
    inode       INTEGER NOT NULL,
    device      INTEGER NOT NULL,
    place       TEXT    NOT NULL CHECK (place IN ('library', 'quarantine', 'missing', 'gone')),
    CHECK ((asset_id IS NULL) = (ambiguity IS NOT NULL)),
    CHECK ((asset_id IS NULL) = (role IS NULL))
) STRICT;
CREATE UNIQUE INDEX file_path ON file (root_id, folder, name) WHERE place IN ('library', 'missing');
CREATE INDEX file_asset ON file (asset_id);

-- What imports say about attachments and their files: proof for grouping. More than one attachment
-- may stand on one file; the asset itself names the first of them.
CREATE TABLE attachment (
    id       INTEGER PRIMARY KEY NOT NULL,
    folder   BLOB    NOT NULL,
    name     BLOB    NOT NULL,
    asset_id INTEGER REFERENCES asset (id)
) STRICT;
CREATE INDEX attachment_folder ON attachment (folder);
CREATE INDEX attachment_asset ON attachment (asset_id) WHERE asset_id IS NOT NULL;
CREATE TABLE attachment_file (
    attachment_id INTEGER NOT NULL REFERENCES attachment (id),
    name          BLOB    NOT NULL,
    role          TEXT    NOT NULL,
    PRIMARY KEY (attachment_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE context (
    id        INTEGER PRIMARY KEY NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('campaign', 'offer', 'season', 'product', 'packaging',
                                               'brand', 'claim', 'template', 'provider')),
    slug      TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    title     TEXT,
    owner     TEXT,
    rule      TEXT    NOT NULL CHECK (rule IN ('expire', 'review', 'ignore')),
    zone      TEXT,
    starts_on TEXT,
    ends_on   TEXT,
    starts_ms INTEGER,
    ends_ms   INTEGER,
    UNIQUE (kind, slug)
) STRICT;
CREATE TABLE context_revision (
    context_id   INTEGER NOT NULL REFERENCES context (id),
    number       INTEGER NOT NULL,
    effective_ms INTEGER NOT NULL,
    note         TEXT    NOT NULL,
    PRIMARY KEY (context_id, number)
) STRICT, WITHOUT ROWID;
-- `pinned` is the revision that the approval saw; NULL before there was one.
CREATE TABLE asset_context (
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    context_id INTEGER NOT NULL REFERENCES context (id),
    pinned     INTEGER,
    PRIMARY KEY (asset_id, context_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_context_context ON asset_context (context_id, asset_id);

-- A NULL scope is unknown, '*' is written out as unrestricted, else codes separated by spaces.
CREATE TABLE license (
    id          INTEGER PRIMARY KEY NOT NULL,
    key         TEXT    NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    holder      TEXT,
    document    TEXT,
    note        TEXT,
    zone        TEXT,
    starts_on   TEXT,
    ends_on     TEXT,
    starts_ms   INTEGER,
    ends_ms     INTEGER,
    perpetual   INTEGER NOT NULL CHECK (perpetual IN (0, 1)),
    territories TEXT,
    placements  TEXT,
    credit      TEXT,
    reviewed_by TEXT,
    reviewed_on TEXT
) STRICT;
CREATE TABLE asset_license (
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    license_id INTEGER NOT NULL REFERENCES license (id),
    PRIMARY KEY (asset_id, license_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_license_license ON asset_license (license_id, asset_id);

-- A hold keeps an asset's files where they are. It is over once released or past `until_ms`.
CREATE TABLE hold (
    id          INTEGER PRIMARY KEY NOT NULL,
    asset_id    INTEGER NOT NULL REFERENCES asset (id),
    reason      TEXT    NOT NULL,
    placed_by   TEXT    NOT NULL,
    placed_ms   INTEGER NOT NULL,
    until_ms    INTEGER,
    released_by TEXT,
    released_ms INTEGER
) STRICT;
CREATE INDEX hold_asset ON hold (asset_id) WHERE released_ms IS NULL;

-- One execution of a command that changed something. Unfinished means stopped half-way.
CREATE TABLE run (
    id          TEXT    PRIMARY KEY NOT NULL,
    command     TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    started_ms  INTEGER NOT NULL,
    finished_ms INTEGER,
    exit_code   INTEGER
) STRICT, WITHOUT ROWID;

-- File work: begun before the first file moves, closed with the state change it leads to.
CREATE TABLE operation (
    id        TEXT    PRIMARY KEY NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('quarantine', 'restore')),
    asset_id  INTEGER NOT NULL REFERENCES asset (id),
    run_id    TEXT    NOT NULL REFERENCES run (id),
    state     TEXT    NOT NULL CHECK (state IN ('intent', 'done', 'aborted', 'partial', 'lost')),
    opened_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    -- The quarantine folder that holds the files: the operation's own, or the one it restores from.
    store     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX operation_open ON operation (asset_id) WHERE state IN ('intent', 'partial');
CREATE INDEX operation_asset ON operation (asset_id, opened_ms);
CREATE TABLE operation_file (
    operation_id TEXT    NOT NULL REFERENCES operation (id),
    number       INTEGER NOT NULL,
    file_id      INTEGER NOT NULL REFERENCES file (id),
    stored_name  TEXT    NOT NULL,
    sha256       BLOB    NOT NULL CHECK (length(sha256) = 32),
    bytes        INTEGER NOT NULL,
    mode         INTEGER NOT NULL,
    modified_ns  INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'moved', 'returned', 'drifted',
                                                   'missing', 'failed')),
    PRIMARY KEY (operation_id, number)
) STRICT, WITHOUT ROWID;

-- The audit log: a hash chain. `payload` is hashed as the exact bytes stored.
CREATE TABLE audit (
    seq          INTEGER PRIMARY KEY NOT NULL,
    at_ms        INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    run_id       TEXT    NOT NULL,
    asset_id     INTEGER,
    operation_id TEXT,
    payload      TEXT    NOT NULL,
    prev_hash    BLOB    NOT NULL CHECK (length(prev_hash) = 32),
    entry_hash   BLOB    NOT NULL CHECK (length(entry_hash) = 32)
) STRICT;
CREATE INDEX audit_asset ON audit (asset_id, seq) WHERE asset_id IS NOT NULL;

-- Words of names, titles, alt texts and notes, for searching. Made anew from the tables above.
CREATE VIRTUAL TABLE asset_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

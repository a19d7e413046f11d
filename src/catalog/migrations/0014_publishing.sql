-- Publishing moves the files of a draft to a folder that is served. A CHECK cannot be changed in
-- place, so both tables are made anew; the files of operations go first, because they name them.
CREATE TABLE operation_before AS
    SELECT id, kind, asset_id, run_id, state, opened_ms, closed_ms, store, plan_id FROM operation;
CREATE TABLE operation_file_before AS
    SELECT operation_id, number, file_id, stored_name, sha256, bytes, mode, modified_ns, state
    FROM operation_file;
DROP TABLE operation_file;
DROP TABLE operation;
CREATE TABLE operation (
    id         TEXT    PRIMARY KEY NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('quarantine', 'restore', 'purge', 'publish')),
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    run_id     TEXT    NOT NULL REFERENCES run (id),
    state      TEXT    NOT NULL CHECK (state IN ('intent', 'done', 'aborted', 'partial', 'lost')),
    opened_ms  INTEGER NOT NULL,
    closed_ms  INTEGER,
    -- The quarantine folder that holds the files: the operation's own, or the one that it restores
    -- from or deletes. What is published has none.
    store      TEXT    NOT NULL,
    -- The plan that it carries out a step of.
    plan_id    INTEGER REFERENCES plan (id),
    -- Where a publication brings the files.
    to_root_id INTEGER REFERENCES root (id),
    to_folder  BLOB,
    CHECK ((kind = 'publish') = (to_root_id IS NOT NULL)),
    CHECK ((to_root_id IS NULL) = (to_folder IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX operation_open ON operation (asset_id) WHERE state IN ('intent', 'partial');
CREATE INDEX operation_asset ON operation (asset_id, opened_ms);
CREATE INDEX operation_quarantined ON operation (opened_ms) WHERE kind = 'quarantine';
CREATE TABLE operation_file (
    operation_id TEXT    NOT NULL REFERENCES operation (id),
    number       INTEGER NOT NULL,
    file_id      INTEGER NOT NULL REFERENCES file (id),
    -- The name in the quarantine folder, or in the folder that it is published to.
    stored_name  TEXT    NOT NULL,
    sha256       BLOB    NOT NULL CHECK (length(sha256) = 32),
    bytes        INTEGER NOT NULL,
    mode         INTEGER NOT NULL,
    modified_ns  INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'moved', 'returned', 'drifted',
                                                   'missing', 'failed')),
    -- Where a file was before it was published; any other has its path still.
    from_root_id INTEGER REFERENCES root (id),
    from_folder  BLOB,
    from_name    BLOB,
    PRIMARY KEY (operation_id, number),
    CHECK ((from_root_id IS NULL) = (from_folder IS NULL)),
    CHECK ((from_root_id IS NULL) = (from_name IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO operation (id, kind, asset_id, run_id, state, opened_ms, closed_ms, store, plan_id)
    SELECT id, kind, asset_id, run_id, state, opened_ms, closed_ms, store, plan_id
    FROM operation_before;
INSERT INTO operation_file (operation_id, number, file_id, stored_name, sha256, bytes, mode,
                            modified_ns, state)
    SELECT operation_id, number, file_id, stored_name, sha256, bytes, mode, modified_ns, state
    FROM operation_file_before;
DROP TABLE operation_before;
DROP TABLE operation_file_before;

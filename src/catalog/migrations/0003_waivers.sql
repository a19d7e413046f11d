-- Findings that somebody accepts for a while. A waiver is over once revoked or past `until_ms`.
CREATE TABLE waiver (
    id         INTEGER PRIMARY KEY NOT NULL,
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    rule       TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    granted_by TEXT    NOT NULL,
    granted_ms INTEGER NOT NULL,
    until_on   TEXT    NOT NULL,
    until_ms   INTEGER NOT NULL,
    revoked_by TEXT,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX waiver_asset ON waiver (asset_id) WHERE revoked_ms IS NULL;

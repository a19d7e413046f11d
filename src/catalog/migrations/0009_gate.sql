-- Risks that somebody saw in an asset. While one is not cleared the asset is neither approved nor
-- used; a cleared one is kept.
CREATE TABLE risk (
    id         INTEGER PRIMARY KEY NOT NULL,
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    kind       TEXT    NOT NULL CHECK (kind IN ('third-party-brand', 'protected-design', 'likeness',
                                                'inaccurate-product', 'prohibited-motif')),
    note       TEXT,
    raised_by  TEXT    NOT NULL,
    raised_ms  INTEGER NOT NULL,
    clear_note TEXT,
    cleared_by TEXT,
    cleared_ms INTEGER
) STRICT;
CREATE INDEX risk_asset ON risk (asset_id);
CREATE UNIQUE INDEX risk_open ON risk (asset_id, kind) WHERE cleared_ms IS NULL;

-- Decisions about a part of what an asset is: one placement, one text.

-- Rejections for one placement: the asset is not used there, and stays what it is elsewhere. One
-- that was taken back is kept.
CREATE TABLE placement_rejection (
    id          INTEGER PRIMARY KEY NOT NULL,
    asset_id    INTEGER NOT NULL REFERENCES asset (id),
    placement   TEXT    NOT NULL,
    code        TEXT,
    reason      TEXT,
    rejected_by TEXT    NOT NULL,
    rejected_ms INTEGER NOT NULL,
    lift_reason TEXT,
    lifted_by   TEXT,
    lifted_ms   INTEGER,
    CHECK (code IS NOT NULL OR reason IS NOT NULL)
) STRICT;
CREATE INDEX placement_rejection_asset ON placement_rejection (asset_id);
CREATE UNIQUE INDEX placement_rejection_open ON placement_rejection (asset_id, placement)
    WHERE lifted_ms IS NULL;

-- Who read an alternative text and found that it says what the picture shows. Another text in its
-- place was read by nobody.
ALTER TABLE alt_text ADD COLUMN reviewed_by TEXT;
ALTER TABLE alt_text ADD COLUMN reviewed_on TEXT;

-- What pictures look like. The bytes of what was looked at before have none until they are looked at
-- again.
ALTER TABLE look ADD COLUMN look_hash BLOB CHECK (length(look_hash) = 32);
CREATE INDEX look_pixels ON look (pixels) WHERE pixels IS NOT NULL;
CREATE INDEX look_near ON look (look_hash) WHERE look_hash IS NOT NULL;
-- What is remembered.
CREATE INDEX asset_ended ON asset (sha256) WHERE state NOT IN ('draft', 'approved');
-- Every look hash once, one behind the other: what a new picture is held against. A million of them
-- are read as a few thousand rows.
CREATE TABLE look_pack (
    number INTEGER PRIMARY KEY NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) > 0 AND length(hashes) % 32 = 0)
) STRICT;

-- What files say about themselves. A row means that the file was looked into, by a reader of that
-- edition; without a text it said nothing. The asset is the one that is spoken of: of a sidecar
-- that is the asset of the picture beside it.
CREATE TABLE file_claims (
    file_id  INTEGER PRIMARY KEY NOT NULL REFERENCES file (id),
    asset_id INTEGER NOT NULL REFERENCES asset (id),
    edition  INTEGER NOT NULL,
    claims   TEXT    CHECK (json_valid(claims))
) STRICT;
CREATE INDEX file_claims_asset ON file_claims (asset_id);

-- What was seen of pictures, by their bytes: the hash of the pixels, or that they could not be
-- decoded. All of it can be computed again from the files, so no audit entry tells of a row.
CREATE TABLE look (
    sha256 BLOB PRIMARY KEY NOT NULL CHECK (length(sha256) = 32),
    pixels BLOB CHECK (length(pixels) = 32)
) STRICT, WITHOUT ROWID;

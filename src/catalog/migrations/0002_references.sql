-- Where assets are used: what was read to find out, and what it told. A reference says what the
-- place in the site says: an attachment, a file, or whatever was uploaded to a post. Which asset
-- that is, is asked when it is needed, by the attachments and files known then.
CREATE TABLE reference_source (
    id      INTEGER PRIMARY KEY NOT NULL,
    name    TEXT    NOT NULL UNIQUE,
    kind    TEXT    NOT NULL CHECK (kind IN ('wxr', 'rest', 'pages', 'sql', 'theme')),
    sha256  BLOB    NOT NULL CHECK (length(sha256) = 32),
    made_ms INTEGER NOT NULL,
    read_ms INTEGER NOT NULL,
    site    TEXT,
    -- Names of areas, separated by spaces.
    areas   TEXT    NOT NULL,
    gaps    INTEGER NOT NULL,
    found   INTEGER NOT NULL
) STRICT;

CREATE TABLE reference (
    id            INTEGER PRIMARY KEY NOT NULL,
    source_id     INTEGER NOT NULL REFERENCES reference_source (id),
    attachment_id INTEGER,
    folder        BLOB,
    name          BLOB,
    children_of   INTEGER,
    means         TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    holder_kind   TEXT    NOT NULL,
    holder_id     TEXT    NOT NULL,
    holder_label  TEXT    NOT NULL,
    status        TEXT    NOT NULL CHECK (status IN ('published', 'scheduled', 'private', 'draft',
                                                     'revision', 'trash', 'unknown')),
    CHECK ((folder IS NULL) = (name IS NULL)),
    CHECK ((attachment_id IS NOT NULL) + (name IS NOT NULL) + (children_of IS NOT NULL) = 1)
) STRICT;
CREATE INDEX reference_of_source ON reference (source_id);
CREATE INDEX reference_attachment ON reference (attachment_id) WHERE attachment_id IS NOT NULL;
CREATE INDEX reference_file ON reference (name, folder) WHERE name IS NOT NULL;
CREATE INDEX reference_children ON reference (children_of) WHERE children_of IS NOT NULL;
-- Fields of posts are told before the posts themselves.
CREATE INDEX reference_unsettled ON reference (source_id, holder_id) WHERE status = 'unknown';

-- Which post an attachment was uploaded to: a gallery without numbers shows these.
CREATE TABLE reference_child (
    source_id     INTEGER NOT NULL REFERENCES reference_source (id),
    attachment_id INTEGER NOT NULL,
    parent_id     INTEGER NOT NULL,
    PRIMARY KEY (attachment_id, source_id, parent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_child_of_source ON reference_child (source_id);

-- Saved plans. `digest` is over the plan and all its steps; the entries of the audit log at `saved`
-- and `approved` say the same digest, and who saved and who approved it.
CREATE TABLE plan (
    id          INTEGER PRIMARY KEY NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('sweep', 'clean')),
    command     TEXT    NOT NULL,
    policy      TEXT    NOT NULL,
    made_ms     INTEGER NOT NULL,
    until_ms    INTEGER NOT NULL,
    digest      BLOB    NOT NULL CHECK (length(digest) = 32),
    saved       INTEGER NOT NULL,
    approved    INTEGER,
    begun_ms    INTEGER,
    finished_ms INTEGER
) STRICT;

-- `step` is sealed by the plan's digest as the exact bytes stored. `takes` says the same as it: a
-- step that takes nothing tells what was left alone, and why. The asset may be merged into another
-- one later: then it is no reference any more.
CREATE TABLE plan_step (
    plan_id  INTEGER NOT NULL REFERENCES plan (id),
    asset_id INTEGER NOT NULL,
    step     TEXT    NOT NULL,
    takes    INTEGER NOT NULL CHECK (takes IN (0, 1)),
    done_ms  INTEGER,
    PRIMARY KEY (plan_id, asset_id)
) STRICT, WITHOUT ROWID;

-- The plan that an operation carries out a step of, and how much was moved in the last hours.
ALTER TABLE operation ADD COLUMN plan_id INTEGER REFERENCES plan (id);
CREATE INDEX operation_quarantined ON operation (opened_ms) WHERE kind = 'quarantine';

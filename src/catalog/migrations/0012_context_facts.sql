-- What is on record about a revision of a context: where a campaign leads, what proves a claim.
CREATE TABLE context_fact (
    context_id INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (context_id, number, name, value),
    FOREIGN KEY (context_id, number) REFERENCES context_revision (context_id, number)
) STRICT, WITHOUT ROWID;

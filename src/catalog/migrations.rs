//! The schema's history: append only, in order, never edited once released.

/// Migration `n` brings a catalog from schema `n` to schema `n + 1`.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_references.sql"),
    include_str!("migrations/0003_waivers.sql"),
    include_str!("migrations/0004_claims.sql"),
    include_str!("migrations/0005_file_lookups.sql"),
    include_str!("migrations/0006_purge.sql"),
];

/// What the schema must hash to at each version, beginning with version 1: anything else in the
/// file (a trigger, a view, another table) was put there by somebody else.
pub(super) const SCHEMA_HASHES: &[&str] = &[
    "cf4889cc85c46d476477553d1c951009b614a5f9ac5ca6738dbe4ea5407821a9",
    "452fa6a3458f05ea9ec95b37301510ef94de1800e777003d8b6cd1dcba80b236",
    "d7b9d53bf295226af1074b7cf2bc44e5f34c86e016c4bc5c27f2d7625114e68a",
    "c7b6653b3f54df2875317f9a8c663ea7f14de7173ae41740d055dad2e3727d75",
    "f31764e6742a19fb7ea7e483c94e8a4a8c8f2730bfa493d29435a95a73aa3a2e",
    "47ee38207f65f3353f725c56fe29c7ec572700163d06028d9db0a04d3f151a30",
];

/// The schema that this program writes.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

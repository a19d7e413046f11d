//! The schema's history: append only, in order, never edited once released.

/// Migration `n` brings a catalog from schema `n` to schema `n + 1`.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_references.sql"),
    include_str!("migrations/0003_waivers.sql"),
    include_str!("migrations/0004_claims.sql"),
    include_str!("migrations/0005_file_lookups.sql"),
    include_str!("migrations/0006_plans.sql"),
    include_str!("migrations/0007_purge.sql"),
    include_str!("migrations/0008_looks.sql"),
    include_str!("migrations/0009_gate.sql"),
    include_str!("migrations/0010_exclusions.sql"),
    include_str!("migrations/0011_look_hashes.sql"),
    include_str!("migrations/0012_context_facts.sql"),
    include_str!("migrations/0013_partial_decisions.sql"),
    include_str!("migrations/0014_publishing.sql"),
];

/// What the schema must hash to at each version, beginning with version 1: anything else in the
/// file (a trigger, a view, another table) was put there by somebody else.
pub(super) const SCHEMA_HASHES: &[&str] = &[
    "cf4889cc85c46d476477553d1c951009b614a5f9ac5ca6738dbe4ea5407821a9",
    "452fa6a3458f05ea9ec95b37301510ef94de1800e777003d8b6cd1dcba80b236",
    "d7b9d53bf295226af1074b7cf2bc44e5f34c86e016c4bc5c27f2d7625114e68a",
    "c7b6653b3f54df2875317f9a8c663ea7f14de7173ae41740d055dad2e3727d75",
    "f31764e6742a19fb7ea7e483c94e8a4a8c8f2730bfa493d29435a95a73aa3a2e",
    "08e65a7d57a724f0d48bc8b89a3affd9ef7c95c102841bda40c9048701047c2e",
    "bea77063c0b25d96f7f46662299db16beb8588ebb1a1803e8247068931c15562",
    "39a01a15fb782fff94c161be718d178545387a6c111ff5279d4cbb69b8bee90c",
    "1b7a077a646283b1c75d89ef80be342e598ee92923c68793cee24ba597127f4e",
    "9c0933b708090772a1a75d0d65cd6030fc99e8892c99979f1998afecf9c44e5f",
    "552b405102512374b001bc8147bdcd5596c70cb5abe5f00d4e97b913df4a773c",
    "b971a0dc2c93cd11a6b6ca606a3d9b9e54c0f9fc4581b6cfc6fcfda6722ef341",
    "3e5b546b8895270be2b0d63fceee846ad8b9b3d7efeb315cd7ee221ed7fba9eb",
    "0468db9821e13d9e9bff676b97d5eb86817d777f75898d989ea944d3b25417c2",
];

/// The schema that this program writes.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

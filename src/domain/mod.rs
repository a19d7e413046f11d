//! What is decided, and why: the pure core.
//!
//! Nothing in this folder reads a clock, a file, the environment or the catalog,
//! and nothing prints. Facts and the instant come in as arguments, verdicts and
//! plans go out as values.

pub mod actor;
pub mod approver;
pub mod asset;
pub mod checkpoint;
pub mod claims;
pub mod cleanup;
pub mod context;
pub mod context_fact;
pub mod describe;
pub mod expiry;
pub mod gate;
pub mod group;
pub mod impact;
pub mod intake;
pub mod leftover;
pub mod license;
pub mod lifecycle;
pub mod memory;
pub mod metadata;
pub mod operation;
pub mod path;
pub mod pause;
pub mod plan;
pub mod policy;
pub mod policy_review;
pub mod proposal;
pub mod publication;
pub mod purge;
pub mod recovery;
pub mod reference;
pub mod rejection;
pub mod replacement;
pub mod requirement;
pub mod reuse;
pub mod review;
pub mod risk;
pub mod risk_set;
pub mod takedown;
pub mod territory;
pub mod testimony;
pub mod text;
pub mod time;
pub mod unchanged;
pub mod validation;
pub mod variation;
pub mod window;
pub mod words;

//! The one test binary: every capability through the front door.
#![expect(clippy::disallowed_methods, reason = "tests arrange files and read their own variables")]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod approval;
mod approvers;
mod architecture;
mod archive;
mod attachment_table;
mod binary;
mod calendar;
mod calls;
mod catalogs;
mod checking;
mod churn;
mod claims;
mod cleanup;
mod command_line;
mod concurrency;
mod configuration;
mod context_facts;
mod contexts;
mod crash;
mod credentials;
mod decisions;
mod demonstration;
mod description;
mod disks;
mod displacing;
mod docs;
mod equal_risk;
mod evidence;
mod expiry;
mod fencing;
mod fidelity;
mod files;
mod findings;
mod foreseeing;
mod formats;
mod grouping;
mod handbook;
mod hardening;
mod holds;
mod hostile;
mod import;
mod json;
mod kin;
mod leftovers;
mod licenses;
mod lifecycle;
mod log_of_changes;
mod looks;
mod media;
mod memory;
mod model;
mod pausing;
mod pixels;
mod plans;
mod policies;
mod proposals;
mod publishing;
mod purge;
mod realworld;
mod rebuilding;
mod references;
mod rejections;
mod replacing;
mod requirements;
mod restore;
mod reuse;
mod reviewing;
mod risks;
mod scanning;
mod selecting;
mod selftest;
mod signals;
mod stand_ins;
mod support;
mod table;
mod takedown;
mod traversal;
mod usage;
mod validation;
mod variations;
mod waiting;
mod waivers;
mod wxr;
mod wxr_broken;
mod wxr_hostile;

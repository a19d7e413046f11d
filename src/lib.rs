//! shelflife: the life of generated marketing images in a media library.
//!
//! The library exists for the program and its tests; its API is not stable. Who may use whom:
//!
//! ```text
//! domain   → –                  exports, media, files, catalog, config, clock → domain
//! report   → domain, exit       output → domain, report, exit
//! error    → catalog, config, domain, exit, files, media
//! executor → catalog, domain, error, files
//! mutant   → –                  catalog, executor, files → mutant
//! commands → everything but cli and output
//! cli      → everything
//! ```

pub mod catalog;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod domain;
pub mod error;
pub mod executor;
pub mod exit;
pub mod exports;
pub mod files;
pub mod media;
mod mutant;
pub mod output;
pub mod report;

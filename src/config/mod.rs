//! The configuration file: read safely, checked whole, turned into values of the domain.
//!
//! Nothing is loaded from the current folder by itself, no value is expanded, and a key that is
//! not known is an error: a file planted beside the pictures must not be able to say anything.

mod check;
mod error;
mod example;
mod file;
mod mistakes;
mod open;
mod people;
mod placement;
mod publish;
mod removal;
mod review;

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::domain::asset::{Digest, RootKind};
use crate::domain::policy::Policy;
use crate::domain::publication::Template;
use crate::domain::reference::SiteAddress;

pub use error::{ConfigError, Place};
pub use example::{Answers, commented_example};

/// What one configuration file says, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file itself.
    pub path: PathBuf,
    pub policy: Policy,
    /// The catalog's file.
    pub catalog: PathBuf,
    /// The folder that cleaned files go to.
    pub quarantine: PathBuf,
    /// In the order of the file, never empty.
    pub roots: Vec<RootConfig>,
    /// Where approved drafts go; `None`: they stay where they are.
    pub publish: Option<PublishConfig>,
    /// What is the site's own on the web.
    pub addresses: Vec<SiteAddress>,
}

/// A folder of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootConfig {
    pub name: String,
    pub path: PathBuf,
    pub kind: RootKind,
}

/// Where approved drafts go, and under which names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishConfig {
    /// The name of a root of kind production.
    pub root: String,
    pub folder: Template,
    /// Without the extension.
    pub name: Template,
}

/// Where a configuration may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// The file that the call or the environment names: taken even if it is not there.
    pub named: Option<PathBuf>,
    /// The usual places, tried in this order.
    pub usual: Vec<PathBuf>,
}

impl Lookup {
    /// The file to load, if one is named or there is one in a usual place.
    pub fn find(&self) -> Option<&Path> {
        let there = |path: &&PathBuf| path.symlink_metadata().is_ok();
        self.named.as_ref().or_else(|| self.usual.iter().find(there)).map(PathBuf::as_path)
    }
}

/// Reads and checks the file at `path`, which must be absolute.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let text = open::read(path)?;
    let config = parse(path, &text)?;
    config.check_separation()?;
    Ok(config)
}

/// [`load`] with every mistake that can be told, not only the first.
pub fn load_whole(path: &Path) -> Result<Config, Vec<ConfigError>> {
    let text = open::read(path).map_err(|error| vec![error])?;
    let config = mistakes::parse(path, &text)?;
    config.check_separation().map_err(|error| vec![error])?;
    Ok(config)
}

/// Reads the policy and the rules of the file at `path`, which must be absolute; the rest of it is
/// checked as far as it is there, and not used.
pub fn load_policy(path: &Path) -> Result<Policy, ConfigError> {
    file::read_policy(path, &open::read(path)?)
}

/// Checks the text of a configuration file, without looking at any disk.
///
/// Relative paths in it are meant from the folder of `path`.
pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    file::read(path, text)
}

impl Config {
    /// The SHA-256 of [`Policy::canonical_text`].
    pub fn policy_hash(&self) -> Digest {
        Digest(Sha256::digest(self.policy.canonical_text()).into())
    }

    /// Refuses folders that contain each other, and a catalog or quarantine that would be served
    /// or scanned. Links are followed as far as the folders exist.
    pub fn check_separation(&self) -> Result<(), ConfigError> {
        check::separation(self)
    }
}

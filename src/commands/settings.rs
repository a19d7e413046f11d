//! What a command was started with, and the configuration that follows.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{self, Config, Lookup};
use crate::error::Error;

/// Where configuration, catalog and new files are looked for.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub lookup: Lookup,
    /// `--catalog`, absolute: taken instead of the configured one.
    pub catalog: Option<PathBuf>,
    /// Where a person's configuration and catalog are usually kept.
    pub config_home: Option<PathBuf>,
    pub state_home: Option<PathBuf>,
    /// Where files may be put that are gone when the command is.
    pub temporary: PathBuf,
    /// For how long a command waits for another run to end.
    pub wait: Duration,
    /// What the environment says about the kill switch; anything but nothing pauses.
    pub paused: Option<String>,
    /// The configuration, once it was asked for.
    pub loaded: Option<Arc<Config>>,
}

impl Settings {
    /// The configuration, read when it is first asked for.
    pub fn config(&mut self) -> Result<Arc<Config>, Error> {
        if let Some(config) = &self.loaded {
            return Ok(Arc::clone(config));
        }
        let mut config = config::load(&self.config_file()?)?;
        if let Some(catalog) = &self.catalog {
            config.catalog.clone_from(catalog);
            config.check_separation()?;
        }
        let config = Arc::new(config);
        self.loaded = Some(Arc::clone(&config));
        Ok(config)
    }

    /// The file that the configuration is read from.
    pub fn config_file(&self) -> Result<PathBuf, Error> {
        let no_config = || Error::NoConfig { looked: self.lookup.usual.clone() };
        self.lookup.find().map(PathBuf::from).ok_or_else(no_config)
    }
}

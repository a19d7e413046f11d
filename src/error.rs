//! What ends a command: one enum that knows its exit code and what to do next.

use std::io;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::domain::time::TimeError;
use crate::exit::ExitCode;

/// A failure that ends a command. Messages are lower-case fragments; the cause is in the source.
///
/// A finding, a refusal, a verdict of "no" and an empty result are not errors but items of the
/// report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The call makes no sense, in a way that the argument parser cannot see.
    #[error("{message}")]
    Usage { message: String, hint: Option<String> },

    #[error("`--as-of` asks what would be, and `{command}` changes what is")]
    AsOfChanges { command: &'static str },

    #[error(transparent)]
    Time(#[from] TimeError),

    #[error("no asset `{0}` in the catalog")]
    UnknownAsset(String),

    #[error("`{text}` is more than one asset: {}", candidates.join(", "))]
    AmbiguousAsset { text: String, candidates: Vec<String> },

    #[error("no configuration found")]
    NoConfig { looked: Vec<PathBuf> },

    #[error(transparent)]
    Config(#[from] ConfigError),

    #[error("cannot read standard input")]
    Input(#[source] io::Error),

    #[error("cannot write beneath {}", path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error("stopped by a signal")]
    Interrupted,

    /// Something that cannot happen did.
    #[error("a defect of shelflife itself")]
    Internal(#[source] anyhow::Error),
}

impl Error {
    /// A usage error without a hint.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// Exhaustive on purpose: a new variant has to choose its code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage { .. }
            | Self::AsOfChanges { .. }
            | Self::Time(_)
            | Self::UnknownAsset(_)
            | Self::AmbiguousAsset { .. } => ExitCode::Usage,
            Self::NoConfig { .. } => ExitCode::Config,
            Self::Config(error) => config_code(error),
            Self::Input(source) | Self::Write { source, .. } => io_code(source),
            Self::Interrupted => ExitCode::Partial,
            Self::Internal(_) => ExitCode::Defect,
        }
    }

    /// What to do next, where there is something better than the message itself.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } => hint.clone(),
            Self::AsOfChanges { .. } => {
                Some("leave `--as-of` out, or ask `show`, `why` or `list` with it".to_owned())
            }
            Self::UnknownAsset(_) => Some(
                "name it as `#12`, by its path, or as `sha256:` and the first digits".to_owned(),
            ),
            Self::AmbiguousAsset { .. } => Some("name one of them by its number".to_owned()),
            Self::NoConfig { looked } => Some(no_config_hint(looked)),
            Self::Config(error) => error.hint(),
            Self::Interrupted => {
                Some("what was done is recorded; run the command again to go on".to_owned())
            }
            Self::Internal(_) => Some("report it, with the command and this message".to_owned()),
            Self::Time(_) | Self::Input(_) | Self::Write { .. } => None,
        }
    }

    /// The lines of an input file that the error is about, with a caret beneath.
    pub fn excerpt(&self) -> Vec<String> {
        match self {
            Self::Config(ConfigError::Invalid { place, .. }) => place.excerpt.clone(),
            _ => Vec::new(),
        }
    }
}

fn config_code(error: &ConfigError) -> ExitCode {
    match error {
        ConfigError::Read { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            ExitCode::Permission
        }
        ConfigError::Read { .. }
        | ConfigError::NotAFile { .. }
        | ConfigError::TooLarge { .. }
        | ConfigError::NotText { .. }
        | ConfigError::WritableByOthers { .. }
        | ConfigError::ForeignOwner { .. }
        | ConfigError::Invalid { .. }
        | ConfigError::Within { .. } => ExitCode::Config,
    }
}

fn io_code(source: &io::Error) -> ExitCode {
    match source.kind() {
        io::ErrorKind::PermissionDenied => ExitCode::Permission,
        _ => ExitCode::Io,
    }
}

fn no_config_hint(looked: &[PathBuf]) -> String {
    let looked: Vec<_> = looked.iter().map(|path| path.display().to_string()).collect();
    format!(
        "run `shelflife init`, or name a file with `--config` (looked at {})",
        looked.join(", ")
    )
}

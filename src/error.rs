//! What ends a command: one enum that knows its exit code and what to do next.

use std::io;
use std::path::PathBuf;

use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::domain::pause::{self, Paused, Source};
use crate::domain::time::TimeError;
use crate::exit::ExitCode;
use crate::exports::ExportError;
use crate::files::{FileError, FileKind};

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

    #[error("`{text}` names no asset: `sha256:` takes 4 to 64 hexadecimal digits")]
    NoAssetName { text: String },

    #[error("no configuration found")]
    NoConfig { looked: Vec<PathBuf> },

    #[error(transparent)]
    Config(#[from] ConfigError),

    #[error(transparent)]
    Catalog(#[from] CatalogError),

    #[error(transparent)]
    File(#[from] FileError),

    #[error(transparent)]
    Export(#[from] ExportError),

    #[error("cannot read standard input")]
    Input(#[source] io::Error),

    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("cannot write beneath {}", path.display())]
    Write { path: PathBuf, source: io::Error },

    /// The kill switch is on.
    #[error("paused {}", pause::in_words(by))]
    Paused { by: Vec<Paused> },

    #[error("stopped by a signal")]
    Interrupted { signal: usize },

    /// A guard against moving too much, or on the wrong disk.
    #[error("{what}: {why}")]
    Guard { what: String, why: String, hint: String },

    #[error("another run is at work: {holder}")]
    RunLocked { holder: String },

    /// Something that cannot happen did.
    #[error("a defect of shelflife itself")]
    Internal(#[source] anyhow::Error),
}

impl Error {
    /// A usage error without a hint.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// A guard that held; nothing was changed.
    pub fn guard(what: String, why: String, hint: impl Into<String>) -> Self {
        Self::Guard { what, why, hint: hint.into() }
    }

    /// Exhaustive on purpose: a new variant has to choose its code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage { .. }
            | Self::AsOfChanges { .. }
            | Self::Time(_)
            | Self::UnknownAsset(_)
            | Self::NoAssetName { .. }
            | Self::AmbiguousAsset { .. } => ExitCode::Usage,
            Self::NoConfig { .. } => ExitCode::Config,
            Self::Config(error) => config_code(error),
            Self::Catalog(error) => catalog_code(error),
            Self::File(error) => file_code(error),
            Self::Export(ExportError::Read { source, .. }) => io_code(source),
            Self::Input(source) | Self::Read { source, .. } | Self::Write { source, .. } => {
                io_code(source)
            }
            Self::Interrupted { signal: 2 } => ExitCode::Interrupted,
            Self::Interrupted { .. } => ExitCode::Terminated,
            Self::Paused { .. } => ExitCode::Paused,
            Self::Guard { .. } => ExitCode::Guard,
            Self::RunLocked { .. } => ExitCode::Busy,
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
            Self::UnknownAsset(_) | Self::NoAssetName { .. } => Some(
                "name it as `#12`, by its path, or as `sha256:` and the first digits".to_owned(),
            ),
            Self::AmbiguousAsset { .. } => Some("name one of them by its number".to_owned()),
            Self::NoConfig { looked } => Some(no_config_hint(looked)),
            Self::Config(error) => error.hint(),
            Self::Catalog(error) => catalog_hint(error),
            Self::File(error) => file_hint(error),
            Self::Paused { by } => Some(pause_hint(by)),
            Self::Interrupted { .. } => {
                Some("what was done is recorded; run the command again to go on".to_owned())
            }
            Self::Guard { hint, .. } => Some(format!("nothing was changed; {hint}")),
            Self::RunLocked { .. } => {
                Some("try again once it has ended, or wait for it: --wait 10min".to_owned())
            }
            Self::Internal(_) => Some("report it, with the command and this message".to_owned()),
            Self::Export(_)
            | Self::Time(_)
            | Self::Input(_)
            | Self::Read { .. }
            | Self::Write { .. } => None,
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

/// How every source that pauses is taken away.
fn pause_hint(by: &[Paused]) -> String {
    let is_variable = |paused: &&Paused| paused.source == Source::Environment;
    let variable = by.iter().find(is_variable).map(|_| "unset SHELFLIFE_PAUSED");
    let others = by.iter().any(|paused| !is_variable(&paused));
    let resume = others.then_some("`shelflife resume --reason TEXT`");
    let steps: Vec<_> = resume.into_iter().chain(variable).collect();
    format!("once the cause is known: {}", steps.join(", and "))
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
        | ConfigError::SecretKey { .. }
        | ConfigError::WritableByOthers { .. }
        | ConfigError::ForeignOwner { .. }
        | ConfigError::Invalid { .. }
        | ConfigError::Within { .. } => ExitCode::Config,
    }
}

fn catalog_code(error: &CatalogError) -> ExitCode {
    use CatalogError as E;
    match error {
        E::Absent { .. } | E::Newer { .. } | E::Older { .. } => ExitCode::Config,
        E::Foreign { .. } | E::ForeignSchema { .. } | E::StrayLog { .. } | E::Damaged { .. } => {
            ExitCode::Integrity
        }
        E::Changed { .. } | E::InOperation { .. } | E::RecordChanged { .. } | E::Fenced { .. } => {
            ExitCode::Changed
        }
        E::Held { .. } | E::InUse { .. } | E::PathTaken { .. } | E::Exists { .. } => ExitCode::No,
        E::Present { .. } => ExitCode::Usage,
        E::Busy { .. } => ExitCode::Busy,
        E::Paused { .. } => ExitCode::Paused,
        E::Setting { .. } => ExitCode::Defect,
        E::Open { .. } | E::Full { .. } | E::Sql { .. } => ExitCode::Io,
    }
}

fn catalog_hint(error: &CatalogError) -> Option<String> {
    use CatalogError as E;
    let hint = match error {
        E::Absent { .. } => {
            "run `shelflife init`, or name the catalog with `--catalog`; if it is lost, look at \
             `shelflife recover --rebuild`"
        }
        E::Newer { .. } => "use the version of shelflife that wrote it, or a later one",
        E::Older { .. } => "run a command that writes, such as `scan`, to bring it up to date",
        E::Foreign { .. } | E::ForeignSchema { .. } | E::Damaged { .. } => {
            "keep the file as it is and restore a backup beside it"
        }
        E::StrayLog { .. } => {
            "move it to the catalog that it was beside, with its `-shm`; what is in no copy of that one is \
             in the log only"
        }
        E::Changed { .. } | E::RecordChanged { .. } => "look at it again and repeat the command",
        E::InOperation { .. } => "run `shelflife recover` if no other run is at work",
        E::Held { .. } => "release the hold first, if you may",
        E::InUse { .. } => "take it out there first, and read the site again",
        E::PathTaken { .. } => "decide which of the two belongs there, and move the other away",
        E::Busy { .. } => "another command is writing; try again",
        E::Paused { .. } => "once the cause is known: `shelflife resume --reason TEXT`",
        E::Fenced { .. } => {
            "somebody replaced run.lock beside the catalog, or its disk keeps no locks; once no run is \
             at work, `shelflife recover` settles what is half done"
        }
        E::Full { .. } => "free some space, then run the command again",
        E::Present { .. }
        | E::Exists { .. }
        | E::Setting { .. }
        | E::Open { .. }
        | E::Sql { .. } => {
            return None;
        }
    };
    Some(hint.to_owned())
}

fn file_code(error: &FileError) -> ExitCode {
    match error {
        FileError::Io { source, .. } => io_code(source),
        FileError::Unsupported { .. } => ExitCode::Io,
        FileError::Path { .. } | FileError::OperationName { .. } => ExitCode::Usage,
        FileError::Escape { .. }
        | FileError::NotRegular { .. }
        | FileError::Own { .. }
        | FileError::SeveralNames { .. }
        | FileError::OtherMarker { .. } => ExitCode::Guard,
        FileError::Unsafe { .. } | FileError::Unwritable { .. } => ExitCode::Permission,
        FileError::OtherBytes { .. } => ExitCode::Integrity,
        FileError::ChangedWhileReading { .. } => ExitCode::Changed,
    }
}

/// What to do about a file, where there is something better than the message itself.
pub fn file_hint(error: &FileError) -> Option<String> {
    let hint = match error {
        FileError::Io { .. } if error.is_not_permitted() => {
            "it may be immutable: `lsattr -d` on it and on its folder tells, `chattr -i` ends that; or its \
             folder is sticky and it belongs to another user"
        }
        FileError::Io { .. } if error.is_denied() => {
            "let this account read it, and change the folder that it is in"
        }
        FileError::Escape { .. } | FileError::NotRegular { kind: FileKind::Symlink, .. } => {
            "no link is followed: put the file itself in its place, or take the link out and scan"
        }
        FileError::Unsupported { .. } => {
            "keep it on another one, such as ext4, xfs or btrfs: `shelflife doctor --selftest DIR` tells \
             what the file system of a folder can do"
        }
        FileError::OtherMarker { .. } => "mount the right disk, or name the right catalog",
        FileError::ChangedWhileReading { .. } => "run it again once the file is written",
        FileError::Unsafe { .. } => "let it belong to you, and let nobody else in",
        FileError::Unwritable { .. } => {
            "the catalog, what SQLite keeps beside it (`-wal`, `-shm`) and their \
             folder have to be this account's to write: `ls -la` shows them, `chmod u+w` mends it"
        }
        FileError::SeveralNames { .. } => "remove its other names, or put both on one file system",
        FileError::Io { .. }
        | FileError::Path { .. }
        | FileError::NotRegular { .. }
        | FileError::Own { .. }
        | FileError::OtherBytes { .. }
        | FileError::OperationName { .. } => return None,
    };
    Some(hint.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_has_a_code_of_its_own_wherever_it_is_missing() {
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let path = || PathBuf::from("x");
        let write = |source| Error::Write { path: path(), source };
        let config = |source| Error::from(ConfigError::Read { path: path(), source });
        let file = |source| Error::from(FileError::Io { operation: "read", path: path(), source });
        assert_eq!(write(denied()).exit_code(), ExitCode::Permission);
        assert_eq!(config(denied()).exit_code(), ExitCode::Permission);
        assert_eq!(file(denied()).exit_code(), ExitCode::Permission);
        assert_eq!(write(full()).exit_code(), ExitCode::Io);
        assert_eq!(config(full()).exit_code(), ExitCode::Config);
        assert_eq!(file(full()).exit_code(), ExitCode::Io);
    }
}

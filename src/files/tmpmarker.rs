//! Stand-in until `private.rs` and `quarantine.rs` and `Root::write_marker` land: delete this file then.
use super::{FileError, Result, Root};
impl Root {
    pub fn write_marker(&self, uuid: &str) -> Result<()> {
        let path = self.path().join(".shelflife-root");
        #[expect(clippy::disallowed_methods, reason = "tmp")]
        std::fs::write(&path, format!("{uuid}\n")).map_err(|e| FileError::io("write", &path, e))
    }
}
#[derive(Debug)]
pub struct Quarantine;
impl Quarantine {
    #[expect(clippy::disallowed_methods, reason = "tmp")]
    pub fn create(path: &std::path::Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| FileError::io("create", path, e))?;
        Ok(Self)
    }
}
#[expect(clippy::disallowed_methods, reason = "tmp")]
pub fn create_private_dir(path: &std::path::Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|e| FileError::io("create", path, e))
}
#[expect(clippy::disallowed_methods, reason = "tmp")]
pub fn write_new_private(path: &std::path::Path, b: &[u8]) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, b).map_err(|e| FileError::io("create", path, e))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .map_err(|e| FileError::io("create", path, e))
}

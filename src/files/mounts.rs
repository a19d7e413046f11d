//! Folders that are reached under several paths, because they are mounted in more than one place.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// One line of `/proc/self/mountinfo` (proc(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    /// The file system, as its numbers.
    device: String,
    /// The folder of that file system which is seen here.
    root: PathBuf,
    /// Where it is seen.
    point: PathBuf,
}

/// Whether the folder at `path` is also seen beneath `other`, both as the kernel names them. Where
/// the kernel does not tell what is mounted, nothing is.
pub(super) fn is_seen_beneath(path: &Path, other: &Path) -> bool {
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    is_seen(&read(&mounts), path, other)
}

fn read(text: &[u8]) -> Vec<Mount> {
    let lines = text.split(|byte| *byte == b'\n');
    let mounts = lines.filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ').skip(2);
        let device = String::from_utf8(fields.next()?.to_vec()).ok()?;
        Some(Mount { device, root: unescaped(fields.next()?), point: unescaped(fields.next()?) })
    });
    mounts.collect()
}

/// The kernel writes spaces, tabs, line ends and backslashes as `\040`.
fn unescaped(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..3).filter(|_| *first == b'\\');
        let code = code.and_then(|code| str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 8).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { behind.get(3..).unwrap_or_default() } else { behind };
    }
    PathBuf::from(OsString::from_vec(bytes))
}

fn is_seen(mounts: &[Mount], path: &Path, other: &Path) -> bool {
    let Some((device, place)) = place_of(mounts, path) else { return false };
    let within = place_of(mounts, other)
        .is_some_and(|(there, above)| there == device && place.starts_with(above));
    let mounted = |mount: &Mount| {
        mount.point.starts_with(other) && mount.device == device && place.starts_with(&mount.root)
    };
    within || mounts.iter().any(mounted)
}

/// The file system of a path, and the path within it: that of the last mount on the way.
fn place_of<'m>(mounts: &'m [Mount], path: &Path) -> Option<(&'m str, PathBuf)> {
    let above = mounts.iter().filter(|mount| path.starts_with(&mount.point));
    let mount = above.max_by_key(|mount| mount.point.components().count())?;
    let rest = path.strip_prefix(&mount.point).ok()?;
    Some((&mount.device, mount.root.join(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &[u8] = b"22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 8:1 /srv/up/real /srv/ql rw,relatime shared:1 - ext4 /dev/sda1 rw
31 22 8:1 /srv/store /srv/up/shown\\040here rw,relatime - ext4 /dev/sda1 rw
32 22 8:17 / /mnt/disk rw,relatime - ext4 /dev/sdb1 rw
33 22 8:17 /uploads /var/www/uploads rw,relatime - ext4 /dev/sdb1 rw
a line that is no mount
";

    #[test]
    fn a_folder_that_is_mounted_twice_is_where_it_really_is() {
        let mounts = read(MOUNTS);
        let seen = |path: &str, other: &str| is_seen(&mounts, Path::new(path), Path::new(other));
        for (path, other) in [
            ("/srv/ql", "/srv/up"),
            ("/srv/ql/deeper", "/srv/up/real"),
            ("/srv/store", "/srv/up"),
            ("/srv/store/v1", "/srv/up"),
            ("/srv/up/real", "/srv/up"),
            ("/mnt/disk/uploads/away", "/var/www/uploads"),
        ] {
            assert!(seen(path, other), "{path} {other}");
        }
        for (path, other) in [
            ("/srv/quarantine", "/srv/up"),
            ("/srv/up", "/srv/ql"),
            ("/srv/uploads", "/srv/up"),
            ("/mnt/disk/quarantine", "/var/www/uploads"),
            ("/mnt/disk/srv/up/real", "/srv/up"),
        ] {
            assert!(!seen(path, other), "{path} {other}");
        }
        assert!(!is_seen(&[], Path::new("/srv/ql"), Path::new("/srv/up")), "nobody can tell");
    }

    #[test]
    fn what_the_kernel_escapes_is_read_as_it_is() {
        assert_eq!(unescaped(b"/a\\040b\\134c\\04"), Path::new("/a b\\c\\04"));
    }
}

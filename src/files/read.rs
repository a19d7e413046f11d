//! Reading a file once: digest, content and the stamp that both belong to.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use rustix::fs::fstat;
use sha2::{Digest as _, Sha256};

use super::{FileError, FileStat, Folder, Result, Root};
use crate::domain::asset::{Content, Digest, FileStamp};
use crate::domain::path::RelPath;

/// The size that hashed fastest; most files of a library fit in it.
const BUFFER: usize = 256 * 1024;
/// What is read of a file that is not hashed, before more is asked for.
const HEAD: usize = 32 * 1024;

thread_local! {
    static BYTES: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
}

/// What one reading of a file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead<T = Content> {
    pub digest: Digest,
    pub content: T,
    pub stamp: FileStamp,
    pub mode: u32,
    pub links: u64,
}

/// Tells from a file's bytes what is wanted of them: its content, or more than that.
pub type Sniff<'a, T = Content> = &'a (dyn Fn(&mut Head<'_>) -> T + Sync);

/// Reads the file once, and tells its digest, content and stamp.
///
/// Fails with [`FileError::ChangedWhileReading`] if size, times or inode were different afterwards.
pub fn read_file<T>(folder: &Folder, name: &[u8], sniff: Sniff<'_, T>) -> Result<FileRead<T>> {
    let (stat, (digest, content)) = read_through(folder, name, |file, buffer, bytes| {
        let filled = fill(file, buffer)?;
        let first = buffer.get(..filled).unwrap_or_default();
        let content = sniff(&mut Head { first, file, bytes, position: 0 });
        Ok((hash_on(file, buffer, filled)?, content))
    })?;
    Ok(FileRead { digest, content, stamp: stat.stamp, mode: stat.mode, links: stat.links })
}

/// Reads of the file only what `sniff` asks for, a few kilobytes of most; there is no digest then.
///
/// Fails like [`read_file`].
pub fn look_at<T>(folder: &Folder, name: &[u8], sniff: Sniff<'_, T>) -> Result<(T, FileStat)> {
    let (stat, content) = read_through(folder, name, |file, buffer, bytes| {
        let room = buffer.get_mut(..HEAD).unwrap_or_default();
        let filled = fill(file, room)?;
        let first = room.get(..filled).unwrap_or_default();
        Ok(sniff(&mut Head { first, file, bytes, position: 0 }))
    })?;
    Ok((content, stat))
}

/// Reads the file once for its digest alone. Fails like [`read_file`].
pub fn hash_file(folder: &Folder, name: &[u8]) -> Result<(Digest, FileStat)> {
    let (stat, digest) = read_through(folder, name, |file, buffer, _| {
        let filled = fill(file, buffer)?;
        hash_on(file, buffer, filled)
    })?;
    Ok((digest, stat))
}

/// Reads every file as [`read_file`] does, on all threads; the results are in the order of `paths`.
///
/// Fastest if the files of a folder stand together.
pub fn read_batch<T: Send>(
    root: &Root,
    paths: &[RelPath],
    sniff: Sniff<'_, T>,
) -> Vec<Result<FileRead<T>>> {
    paths
        .par_chunk_by(|a, b| a.folder() == b.folder())
        .flat_map(|together| {
            let folder = together.first().map(|path| root.folder(path.folder()));
            together.par_iter().map(move |path| match &folder {
                Some(Ok(folder)) => read_file(folder, path.name(), sniff),
                _ => read_file(&root.folder(path.folder())?, path.name(), sniff),
            })
        })
        .collect()
}

/// Opens the file, lets `read` have it with this thread's buffer, and checks that it stayed as it
/// was.
fn read_through<T>(
    folder: &Folder,
    name: &[u8],
    read: impl FnOnce(&File, &mut [u8], u64) -> io::Result<T>,
) -> Result<(FileStat, T)> {
    let failed = |source: io::Error| FileError::io("read", &folder.path_of(name), source);
    let (file, before) = folder.open_file(name)?;
    let result =
        BYTES.with_borrow_mut(|buffer| read(&file, buffer, before.stamp.bytes)).map_err(failed)?;
    let after = FileStat::from(fstat(&file).map_err(|errno| failed(errno.into()))?);
    if after.stamp == before.stamp {
        Ok((before, result))
    } else {
        Err(FileError::ChangedWhileReading { path: folder.path_of(name) })
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Hashes what is in the buffer and then the rest of the file.
fn hash_on(file: &File, buffer: &mut [u8], mut filled: usize) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    loop {
        hasher.update(buffer.get(..filled).unwrap_or_default());
        if filled < buffer.len() {
            return Ok(Digest(hasher.finalize().into()));
        }
        filled = fill(file, buffer)?;
    }
}

/// The beginning of a file in memory, and the rest of it on demand.
///
/// Reading here does not move the file's own position.
#[derive(Debug)]
pub struct Head<'a> {
    first: &'a [u8],
    file: &'a File,
    bytes: u64,
    position: u64,
}

impl Head<'_> {
    /// What is in memory of the file, from its first byte on: 32 KiB or all of it, at least.
    pub fn first(&self) -> &[u8] {
        self.first
    }
}

impl Read for Head<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.position).unwrap_or(usize::MAX);
        let count = match self.first.get(at..).filter(|rest| !rest.is_empty()) {
            Some(mut rest) => rest.read(buffer)?,
            None if self.position >= self.bytes => 0,
            None => self.file.read_at(buffer, self.position)?,
        };
        self.position += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}

impl Seek for Head<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
        };
        self.position = position
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::domain::asset::Dimensions;
    use crate::files::FileKind;

    fn unknown(_: &mut Head<'_>) -> Content {
        Content::default()
    }

    fn opened(temporary: &tempfile::TempDir) -> (Root, Folder) {
        let root = Root::open(temporary.path()).unwrap();
        let folder = root.folder(b"").unwrap();
        (root, folder)
    }

    #[test]
    fn a_file_is_hashed_whatever_its_size_is_to_the_buffer() {
        let temporary = tempfile::tempdir().unwrap();
        let (_, folder) = opened(&temporary);
        for size in [0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER] {
            let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
            fs::write(temporary.path().join("a.bin"), &bytes).unwrap();
            let expected = Digest(Sha256::digest(&bytes).into());
            assert_eq!(read_file(&folder, b"a.bin", &unknown).unwrap().digest, expected, "{size}");
            assert_eq!(hash_file(&folder, b"a.bin").unwrap().0, expected, "{size}");
        }
    }

    #[test]
    fn the_head_reads_beyond_what_is_in_memory_and_leaves_the_hash_alone() {
        let temporary = tempfile::tempdir().unwrap();
        let (_, folder) = opened(&temporary);
        let mut bytes = vec![7; BUFFER + 100];
        bytes[BUFFER + 50] = 9;
        fs::write(temporary.path().join("a.bin"), &bytes).unwrap();

        let sniff = |head: &mut Head<'_>| {
            let mut far = [0; 2];
            head.seek(SeekFrom::Start(BUFFER as u64 + 49)).unwrap();
            head.read_exact(&mut far).unwrap();
            assert_eq!(far, [7, 9]);
            assert_eq!(head.seek(SeekFrom::End(-1)).unwrap(), BUFFER as u64 + 99);
            assert_eq!(head.read(&mut far).unwrap(), 1);
            assert_eq!(head.read(&mut far).unwrap(), 0);
            head.seek(SeekFrom::Start(u64::MAX)).unwrap();
            assert_eq!(head.read(&mut far).unwrap(), 0);
            assert!(head.seek(SeekFrom::Current(1)).is_err());
            let dimensions = Some(Dimensions { width: 1, height: 1 });
            Content { media_type: "image/png".to_owned(), dimensions }
        };
        let (looked, stat) = look_at(&folder, b"a.bin", &sniff).unwrap();
        assert_eq!((looked.media_type.as_str(), stat.stamp.bytes), ("image/png", 262_244));
        let read = read_file(&folder, b"a.bin", &sniff).unwrap();
        assert_eq!(read.digest, Digest(Sha256::digest(&bytes).into()));
        assert_eq!(read.content.media_type, "image/png");
        assert_eq!(read.stamp.bytes, BUFFER as u64 + 100);
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let (_, folder) = opened(&temporary);
        let path = temporary.path().join("a.bin");
        fs::write(&path, b"begun").unwrap();
        let append = |_: &mut Head<'_>| {
            File::options().append(true).open(&path).unwrap().write_all(b"!").unwrap();
            Content::default()
        };
        let error = read_file(&folder, b"a.bin", &append).unwrap_err();
        assert!(matches!(error, FileError::ChangedWhileReading { .. }), "{error:?}");
    }

    #[test]
    fn links_pipes_sockets_and_folders_are_never_opened() {
        let temporary = tempfile::tempdir().unwrap();
        let (_, folder) = opened(&temporary);
        let path = |name: &str| temporary.path().join(name);
        symlink("/etc/passwd", path("link.png")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, path("pipe.png"), 0o600.into()).unwrap();
        let _socket = UnixListener::bind(path("socket.png")).unwrap();
        fs::create_dir(path("folder.png")).unwrap();

        let cases = [
            ("link.png", FileKind::Symlink),
            ("pipe.png", FileKind::Fifo),
            ("socket.png", FileKind::Socket),
            ("folder.png", FileKind::Folder),
        ];
        for (name, expected) in cases {
            match read_file(&folder, name.as_bytes(), &unknown).unwrap_err() {
                FileError::NotRegular { kind, .. } => assert_eq!(kind, expected),
                other => panic!("{name}: {other:?}"),
            }
        }
        let device = Root::open(std::path::Path::new("/dev")).unwrap().folder(b"").unwrap();
        let error = hash_file(&device, b"null").unwrap_err();
        assert!(matches!(error, FileError::NotRegular { kind: FileKind::Device, .. }), "{error:?}");
    }

    #[test]
    fn the_catalogs_own_file_is_not_opened_under_any_name() {
        let temporary = tempfile::tempdir().unwrap();
        fs::write(temporary.path().join("catalog.db"), b"SQLite").unwrap();
        fs::hard_link(temporary.path().join("catalog.db"), temporary.path().join("a.png")).unwrap();
        let (root, folder) = opened(&temporary);
        let own = folder.stat(b"catalog.db").unwrap().unwrap().identity();
        let root = root.leaving_alone([own].into());
        let error = hash_file(&root.folder(b"").unwrap(), b"a.png").unwrap_err();
        assert!(matches!(error, FileError::Own { .. }), "{error:?}");
    }

    #[test]
    fn a_name_with_a_separator_is_no_name() {
        let temporary = tempfile::tempdir().unwrap();
        let (_, folder) = opened(&temporary);
        for name in [&b"../a"[..], b"a/b", b"..", b".", b"", b"a\0"] {
            let error = hash_file(&folder, name).unwrap_err();
            assert!(matches!(error, FileError::Path { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_batch_answers_in_the_order_asked_with_failures_in_place() {
        let temporary = tempfile::tempdir().unwrap();
        let (root, _) = opened(&temporary);
        let mut paths = Vec::new();
        for folder in ["a", "b"] {
            fs::create_dir(temporary.path().join(folder)).unwrap();
            for number in 0..40 {
                let path = format!("{folder}/{number}.bin");
                fs::write(temporary.path().join(&path), path.as_bytes()).unwrap();
                paths.push(RelPath::new(path).unwrap());
            }
        }
        paths.insert(13, RelPath::new("a/none.bin").unwrap());
        paths.insert(50, RelPath::new("nowhere/none.bin").unwrap());

        let read = read_batch(&root, &paths, &unknown);
        assert_eq!(read.len(), paths.len());
        for (path, result) in paths.iter().zip(read) {
            match result {
                Ok(read) => {
                    let expected = Digest(Sha256::digest(path.as_bytes()).into());
                    assert_eq!(read.digest, expected, "{path}");
                }
                Err(error) => {
                    assert!(error.is_missing(), "{error:?}");
                    assert_eq!(path.name(), b"none.bin");
                }
            }
        }
    }
}

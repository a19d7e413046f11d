//! ZIP archives written by hand, sound and broken.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A member as an archive has it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) packed: Vec<u8>,
    pub(crate) length: u32,
    pub(crate) checksum: u32,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// A mode of Unix.
    pub(crate) mode: u32,
}

impl Member {
    pub(crate) fn stored(name: &str, bytes: &[u8]) -> Self {
        let mut checksum = flate2::Crc::new();
        checksum.update(bytes);
        Self {
            name: name.as_bytes().to_vec(),
            packed: bytes.to_vec(),
            length: u32::try_from(bytes.len()).unwrap(),
            checksum: checksum.sum(),
            method: 0,
            flags: 0,
            mode: 0o100_644,
        }
    }

    pub(crate) fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        let packed = encoder.finish().unwrap();
        Self { packed, method: 8, ..Self::stored(name, bytes) }
    }

    fn fields(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(20_u16.to_le_bytes());
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.checksum.to_le_bytes());
        bytes.extend(u32::try_from(self.packed.len()).unwrap().to_le_bytes());
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    fn record(&self, at: u32) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02\x14\x03".to_vec();
        bytes.extend(self.fields());
        bytes.extend([0; 6]);
        bytes.extend((self.mode << 16).to_le_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend(&self.name);
        bytes
    }
}

/// An archive of these members.
pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        directory.extend(member.record(u32::try_from(bytes.len()).unwrap()));
        bytes.extend(b"PK\x03\x04");
        bytes.extend(member.fields());
        bytes.extend(&member.name);
        bytes.extend(&member.packed);
    }
    end(bytes, &directory, u16::try_from(members.len()).unwrap())
}

/// An archive whose directory names the first member `count` times.
pub(crate) fn overlapping(member: &Member, count: u16) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend(member.fields());
    bytes.extend(&member.name);
    bytes.extend(&member.packed);
    end(bytes, &member.record(0).repeat(usize::from(count)), count)
}

fn end(mut bytes: Vec<u8>, directory: &[u8], count: u16) -> Vec<u8> {
    let begin = u32::try_from(bytes.len()).unwrap();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend(begin.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

//! The bytes of a member, unpacked as they are read.
//!
//! **Invariant:** no more is given than the directory says, and the end is only given if length and
//! checksum fit.

use std::io::{self, BufReader, Read};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::directory::{Fields, Record};
use super::shared::{Section, Shared};

/// The header before a member (APPNOTE.TXT 4.3.7), without name and extra field.
const HEADER: usize = 30;
const NAME_LENGTH_AT: usize = 26;

enum Packing<'a> {
    Stored(Section<'a>),
    Deflated(Box<DeflateDecoder<BufReader<Section<'a>>>>),
}

/// A member that is being read.
pub(super) struct Unpacked<'a> {
    packing: Packing<'a>,
    checksum: Crc,
    expected: u32,
    left: u64,
}

impl<'a> Unpacked<'a> {
    /// Finds the member and goes to its beginning.
    pub(super) fn open(source: &Shared<'a>, record: &Record) -> io::Result<Self> {
        let mut header = [0; HEADER];
        source.section(record.at, HEADER as u64).read_exact(&mut header)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(broken("its header is not where the directory says"));
        }
        let mut lengths = Fields(header.get(NAME_LENGTH_AT..).unwrap_or_default());
        let (name, extra) = (u64::from(lengths.u16()), u64::from(lengths.u16()));
        let mut name_here = Vec::new();
        source.section(record.at + HEADER as u64, name).read_to_end(&mut name_here)?;
        if name_here != record.name {
            return Err(broken("it has two different names"));
        }
        let packed = source.section(record.at + HEADER as u64 + name + extra, record.packed);
        let packing = if record.is_deflated() {
            Packing::Deflated(Box::new(DeflateDecoder::new(BufReader::new(packed))))
        } else {
            Packing::Stored(packed)
        };
        let (expected, left) = (record.checksum, record.length);
        Ok(Self { packing, checksum: Crc::new(), expected, left })
    }
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.packing {
            Packing::Stored(section) => section.read(buffer)?,
            Packing::Deflated(decoder) => decoder.read(buffer)?,
        };
        self.left = (self.left.checked_sub(read as u64))
            .ok_or_else(|| broken("it is longer than the directory says"))?;
        self.checksum.update(buffer.get(..read).unwrap_or_default());
        if read > 0 {
            return Ok(read);
        }
        if self.left > 0 {
            return Err(broken("it is shorter than the directory says"));
        }
        if self.checksum.sum() != self.expected {
            return Err(broken("its checksum does not fit"));
        }
        Ok(0)
    }
}

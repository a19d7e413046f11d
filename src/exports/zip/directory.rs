//! The directory at the end of an archive (APPNOTE.TXT 4.3.12 to 4.3.16), followed record by record.

use std::io::{self, BufReader, Read};

use super::ArchiveDefect;
use super::shared::{Section, Shared};

/// The last record, without its comment.
const END: usize = 22;
const MAX_COMMENT: usize = 0xffff;
/// The record that tells where the last record of ZIP64 is.
const LOCATOR: u64 = 20;
const END_64: usize = 56;
const RECORD: usize = 46;
/// What stands in a field whose value is in the extra field of ZIP64.
const ELSEWHERE_16: u64 = 0xffff;
const ELSEWHERE_32: u64 = 0xffff_ffff;

const ENCRYPTED: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The system of an archive whose attributes hold a mode of Unix.
const UNIX: u8 = 3;

/// What the directory says about a member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Record {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    /// Its length in the archive.
    pub(super) packed: u64,
    pub(super) length: u64,
    /// Where its own header is.
    pub(super) at: u64,
    pub(super) is_link: bool,
}

impl Record {
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/") && self.length == 0
    }

    pub(super) fn is_deflated(&self) -> bool {
        self.method == DEFLATED
    }

    /// Whether it is a file that can be read.
    pub(super) fn check(&self) -> Result<(), ArchiveDefect> {
        if self.flags & ENCRYPTED != 0 {
            return Err(ArchiveDefect::Encrypted);
        }
        if self.is_link {
            return Err(ArchiveDefect::Link);
        }
        if !matches!(self.method, STORED | DEFLATED) {
            return Err(ArchiveDefect::Method(self.method));
        }
        Ok(())
    }
}

/// Numbers as they follow each other, the least byte first. Zero beyond the end.
pub(super) struct Fields<'b>(pub(super) &'b [u8]);

impl Fields<'_> {
    fn number(&mut self, bytes: usize) -> u64 {
        let (field, rest) = self.0.split_at(bytes.min(self.0.len()));
        self.0 = rest;
        field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::try_from(self.number(2)).unwrap_or_default()
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::try_from(self.number(4)).unwrap_or_default()
    }

    fn u64(&mut self) -> u64 {
        self.number(8)
    }
}

/// The records that are not read yet.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    source: BufReader<Section<'a>>,
    left: u64,
}

impl<'a> Directory<'a> {
    /// Finds the directory, or says why there is none.
    pub(super) fn find(source: &Shared<'a>) -> io::Result<Result<Self, ArchiveDefect>> {
        let length = source.length();
        let tail_at = length.saturating_sub((END + MAX_COMMENT) as u64);
        let mut tail = Vec::new();
        source.section(tail_at, length).read_to_end(&mut tail)?;
        let Some(at) = last_record_in(&tail) else {
            return Ok(Err(ArchiveDefect::Broken("its directory is missing")));
        };
        let mut fields = Fields(tail.get(at + 4..).unwrap_or_default());
        let disks = (fields.u16(), fields.u16());
        let (here, mut count) = (u64::from(fields.u16()), u64::from(fields.u16()));
        let (mut size, mut begin) = (u64::from(fields.u32()), u64::from(fields.u32()));
        if count == ELSEWHERE_16 || size == ELSEWHERE_32 || begin == ELSEWHERE_32 {
            if let Some(found) = last_record_64(source, tail_at + at as u64)? {
                (count, size, begin) = found;
            }
        } else if disks != (0, 0) || here != count {
            return Ok(Err(ArchiveDefect::Split));
        }
        if begin.checked_add(size).is_none_or(|end| end > length) {
            return Ok(Err(ArchiveDefect::Broken("its directory is beyond its end")));
        }
        let source = BufReader::new(source.section(begin, size));
        Ok(Ok(Self { source, left: count }))
    }

    /// The next record. `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, ArchiveDefect> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let cut_off = |_| ArchiveDefect::Broken("its directory ends early");
        let mut header = [0; RECORD];
        self.source.read_exact(&mut header).map_err(cut_off)?;
        let Some(rest) = header.strip_prefix(b"PK\x01\x02") else {
            return Err(ArchiveDefect::Broken("its directory has something else in it"));
        };
        let (mut record, lengths) = fixed_fields(rest);
        record.name = self.bytes(lengths.0).map_err(cut_off)?;
        let extra = self.bytes(lengths.1).map_err(cut_off)?;
        self.bytes(lengths.2).map_err(cut_off)?;
        record.read_extra(&extra);
        Ok(Some(record))
    }

    fn bytes(&mut self, length: u16) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::from(length)];
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Where the last record begins, which only its comment follows.
fn last_record_in(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END)?;
    (0..=last).rev().find(|at| {
        let record = tail.get(*at..).unwrap_or_default();
        let mut comment = Fields(record.get(END - 2..).unwrap_or_default());
        record.starts_with(b"PK\x05\x06") && usize::from(comment.u16()) == record.len() - END
    })
}

/// Count, size and place of the directory, as the last record of ZIP64 has them.
fn last_record_64(source: &Shared<'_>, end: u64) -> io::Result<Option<(u64, u64, u64)>> {
    let Some(at) = end.checked_sub(LOCATOR) else { return Ok(None) };
    let mut locator = Vec::new();
    source.section(at, LOCATOR).read_to_end(&mut locator)?;
    let Some(rest) = locator.strip_prefix(b"PK\x06\x07") else { return Ok(None) };
    let at = Fields(rest.get(4..).unwrap_or_default()).u64();
    let mut record = Vec::new();
    source.section(at, END_64 as u64).read_to_end(&mut record)?;
    let Some(rest) = record.strip_prefix(b"PK\x06\x06") else { return Ok(None) };
    let mut fields = Fields(rest.get(28..).unwrap_or_default());
    Ok(Some((fields.u64(), fields.u64(), fields.u64())))
}

/// The fields behind the signature, and the lengths of name, extra field and comment.
fn fixed_fields(header: &[u8]) -> (Record, (u16, u16, u16)) {
    let mut fields = Fields(header);
    let [_, system] = fields.u16().to_le_bytes();
    fields.u16();
    let (flags, method) = (fields.u16(), fields.u16());
    fields.u32();
    let checksum = fields.u32();
    let (packed, length) = (u64::from(fields.u32()), u64::from(fields.u32()));
    let lengths = (fields.u16(), fields.u16(), fields.u16());
    fields.u32();
    let mode = fields.u32() >> 16;
    let at = u64::from(fields.u32());
    let is_link = system == UNIX && mode & 0o170_000 == 0o120_000;
    (Record { name: Vec::new(), flags, method, checksum, packed, length, at, is_link }, lengths)
}

impl Record {
    /// Takes what does not fit into 32 bits from the extra field of ZIP64.
    fn read_extra(&mut self, extra: &[u8]) {
        let mut rest = extra;
        while let Some((head, after)) = rest.split_at_checked(4) {
            let mut fields = Fields(head);
            let (kind, size) = (fields.u16(), usize::from(fields.u16()));
            let (body, after) = after.split_at(size.min(after.len()));
            if kind == 1 {
                let mut fields = Fields(body);
                for value in [&mut self.length, &mut self.packed, &mut self.at] {
                    if *value == ELSEWHERE_32 {
                        *value = fields.u64();
                    }
                }
            }
            rest = after;
        }
    }
}

//! The files of a folder, looked up by what their names say.

use std::collections::BTreeMap;

use super::FolderFile;
use super::name::{Format, Kind, Name, Suffix};
use crate::domain::asset::Dimensions;

/// A file with its name taken apart.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) file: &'a FolderFile,
    pub(super) name: Name<'a>,
}

impl<'a> Entry<'a> {
    pub(super) fn bytes(&self) -> &'a [u8] {
        &self.file.name
    }

    pub(super) fn pixels(&self) -> Option<Dimensions> {
        self.file.content.dimensions
    }
}

/// How alike two extensions have to be for one file to count as the other's base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alike {
    Exactly,
    ButForCase,
    BothPictures,
}

/// Sorted names by stem.
type ByStem<'a> = BTreeMap<&'a [u8], Vec<&'a [u8]>>;

/// All files of the folder, sorted by name.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    entries: BTreeMap<&'a [u8], Entry<'a>>,
    index: BTreeMap<(Kind, Format), ByStem<'a>>,
}

impl<'a> Folder<'a> {
    pub(super) fn new(files: &'a [FolderFile]) -> Self {
        let entries: BTreeMap<_, _> = files
            .iter()
            .map(|file| (file.name.as_slice(), Entry { file, name: Name::parse(&file.name) }))
            .collect();
        let mut index: BTreeMap<(Kind, Format), ByStem<'a>> = BTreeMap::new();
        let mut add = |kind, format, stem, name| {
            index.entry((kind, format)).or_default().entry(stem).or_default().push(name);
        };
        for (&bytes, Entry { name, .. }) in &entries {
            let Some(format) = name.format else { continue };
            let whole = if name.appended { Kind::Appended } else { Kind::Whole };
            add(whole, format, name.stem, bytes);
            if let Some((stem, suffix)) = name.suffix.filter(|_| !name.appended) {
                add(suffix.kind(), format, stem, bytes);
            }
        }
        Self { entries, index }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.values()
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<&Entry<'a>> {
        self.entries.get(name)
    }

    /// The files of this kind, stem and format, sorted by name.
    pub(super) fn found(
        &self,
        kind: Kind,
        stem: &[u8],
        format: Format,
    ) -> impl Iterator<Item = &Entry<'a>> {
        self.names(kind, stem, format).iter().filter_map(|name| self.get(name))
    }

    fn names(&self, kind: Kind, stem: &[u8], format: Format) -> &[&'a [u8]] {
        let by_stem = self.index.get(&(kind, format));
        by_stem.and_then(|by_stem| by_stem.get(stem)).map_or(&[], Vec::as_slice)
    }

    /// The pictures of this kind and stem whose extension is closest to `extension`.
    ///
    /// Of the edits in one format only the first counts: they only stand in for an upload. Left out
    /// is what `twin` says is another file's twin; the other file is the better base.
    pub(super) fn nearest(
        &self,
        kind: Kind,
        stem: &[u8],
        extension: &[u8],
        twin: impl Fn(&Entry<'a>) -> bool,
    ) -> Option<(Alike, Vec<&Entry<'a>>)> {
        let most = if kind == Kind::Edited { 1 } else { usize::MAX };
        let mut by_likeness: BTreeMap<Alike, Vec<&Entry<'a>>> = BTreeMap::new();
        for format in Format::PICTURES {
            for entry in self.found(kind, stem, format).take(most).filter(|entry| !twin(entry)) {
                by_likeness.entry(alike(entry.name.extension, extension)).or_default().push(entry);
            }
        }
        by_likeness.into_iter().next()
    }

    /// Sizes of the file that a WordPress would have made: `NAME-300x200` in its own format, with
    /// these very pixels, not larger than it.
    pub(super) fn own_sizes(&self, of: &Entry<'a>) -> Vec<Dimensions> {
        let Some((format, pixels)) = of.name.format.zip(of.pixels()) else { return Vec::new() };
        self.found(Kind::Size, of.name.stem, format)
            .filter(|size| alike(size.name.extension, of.name.extension) <= Alike::ButForCase)
            .filter_map(|size| match size.name.suffix {
                Some((_, Suffix::Size(written))) => size.pixels().filter(|real| *real == written),
                _ => None,
            })
            .filter(|size| size.fits_into(pixels))
            .collect()
    }
}

fn alike(one: &[u8], other: &[u8]) -> Alike {
    if one == other {
        Alike::Exactly
    } else if one.eq_ignore_ascii_case(other) {
        Alike::ButForCase
    } else {
        Alike::BothPictures
    }
}

//! Which files of one folder belong to one asset.
//!
//! WordPress keeps an upload and everything made of it in one folder and tells them apart by name
//! alone, and people use the same names. So a file joins a group only on proof, asked in this order:
//!
//! 1. **Attachment metadata** of an import lists the file. Attachments that share their main file or
//!    their upload are one group; a file that two others claim is ambiguous.
//! 2. **Name and pixels**: the name has a suffix that WordPress writes, a base of that stem is
//!    here, and the pixels bear it out (the table below).
//! 3. **Earlier membership**: the file was not the original of its asset at the last scan.
//!
//! | name | base | pixels |
//! |---|---|---|
//! | `x-300x200.jpg` | `x.*` | exactly those of the suffix, not larger than the base |
//! | `x-300x200@2x.jpg`, `x@2x.jpg` | `x.*` | twice those of the suffix or of the base, ± 1 |
//! | `x-scaled.jpg` | `x.*` | the base's shape, not larger |
//! | `x-rotated.jpg` | `x.*` | those of the base, lying or standing |
//! | `x-e1700000000000.jpg` | `x.*` | no side longer than the base's longest |
//! | `x.jpg.webp`, `x.webp`, `.avif` likewise | `x.jpg` | those of the base |
//! | `x-pdf.jpg` | `x.pdf` | any; there is only one preview |
//!
//! WordPress lower-cases the extension of what it makes and may write another format, so a base of
//! the same extension wins, then one that differs in case, then any other picture. If `x.*` is gone,
//! `x-scaled`, then `x-rotated`, then the first edit stands in for it, as base and as original.
//! WordPress names sizes after the upload, not after what it made of it: a `-rotated`, `@2x` or
//! `-300x200` file with sizes of its own was uploaded under that name, if its pixels don't claim the
//! opposite.
//!
//! **A name whose base is not here proves nothing**: `banner-300x250.jpg` alone is an original, a
//! common size of ads. **A name whose base is here while the pixels are unknown or disagree is
//! ambiguous**: reported, in no group, never moved. Only a WebP or AVIF of the same stem with other
//! pixels is simply another picture. **What was an asset's original stays one** when a base turns up
//! later, if people give such names too (sizes, `-rotated`, `x.webp`); only metadata overrules that.

mod attachments;
mod earlier;
mod folder;
mod name;
mod pattern;
mod pixels;

use std::collections::BTreeMap;
use std::fmt;

use self::folder::Folder;
use self::name::{Name, Suffix};
use super::asset::{AssetId, Content, Dimensions, Role};
use super::path::RelPath;

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFile {
    /// Its name in the folder, without any path.
    pub name: Vec<u8>,
    pub content: Content,
    /// What it was when it was last there, if it was.
    pub earlier: Option<Membership>,
}

/// A file's place in an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub asset: AssetId,
    pub role: Role,
    /// Whether the asset goes by it: it is the original, and stands for all of it.
    pub goes_by: bool,
    /// Whether it was there at the last scan, with the bytes that it has now.
    pub unchanged: bool,
}

/// What an import told about an attachment whose files are in this folder: names without a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct KnownAttachment {
    /// WordPress's post id.
    pub id: i64,
    /// The last part of `_wp_attached_file`.
    pub main: Vec<u8>,
    /// What was uploaded, if WordPress made the main file of it.
    pub original_image: Option<Vec<u8>>,
    /// Of `sizes` in `_wp_attachment_metadata`.
    pub sizes: Vec<Vec<u8>>,
    /// Of `_wp_attachment_backup_sizes`: what edits replaced.
    pub backups: Vec<Vec<u8>>,
}

/// An original and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What was uploaded, or what stands in for it if that is gone.
    pub original: Vec<u8>,
    /// The other files, sorted by name.
    pub members: Vec<Member>,
    /// Ids of the attachments that the files belong to, sorted; none without an import.
    pub attachments: Vec<i64>,
    /// The asset that this group goes on with. No other group of the folder has the same one.
    ///
    /// If its recorded original is in no group, that file is gone and [`Self::original`] stands in.
    pub asset: Option<AssetId>,
}

/// A file that was made of a group's original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: Vec<u8>,
    pub role: Role,
    pub proof: Proof,
}

/// Why a file belongs to its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// The metadata of its attachment lists it.
    Attachment,
    /// Its name says so, and its pixels and the base's do not contradict.
    NameAndPixels,
    /// It was a member at the last scan.
    Earlier,
}

/// A file that may belong to one of the candidates. It is in no group and never moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    pub name: Vec<u8>,
    /// Names in this folder, sorted.
    pub candidates: Vec<Vec<u8>>,
    pub why: Doubt,
}

/// Why a file is in no group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// More than one base fits.
    SeveralBases,
    /// Attachments that are otherwise apart list it.
    SeveralAttachments,
    /// It would be the preview of a PDF that has more than one.
    SeveralPreviews,
    /// Its pixel size, or the base's, could not be read.
    UnknownPixels,
    /// Its pixel size is not the one that its name announces or its base allows.
    OtherPixels,
    /// It looks like a rendition but has sizes of its own, as only an upload has.
    OwnSizes,
    /// The sizes of its base show that WordPress did not turn the base.
    BaseNotTurned,
    /// The file it is named after is gone; what that one is named after is here.
    BaseGone,
    /// The file it was made from is ambiguous itself.
    AmbiguousBase,
}

/// A reason that completes "is in no group: ".
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SeveralBases => "more than one file could be its original",
            Self::SeveralAttachments => "more than one attachment lists it",
            Self::SeveralPreviews => "more than one file could be the preview of the PDF",
            Self::UnknownPixels => "its pixel size or that of its original cannot be read",
            Self::OtherPixels => "its pixel size does not agree with its name",
            Self::OwnSizes => "it is named like a rendition but has sizes of its own",
            Self::BaseNotTurned => {
                "it is named like a turned picture but its original was not turned"
            }
            Self::BaseGone => "the file that it is named after is gone",
            Self::AmbiguousBase => "the file that it was made from is ambiguous",
        })
    }
}

/// Every file of the folder, once: in a group or ambiguous.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grouping {
    /// Sorted by original.
    pub groups: Vec<Group>,
    /// Sorted by name.
    pub ambiguous: Vec<Ambiguous>,
}

/// What one file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict<'a> {
    /// An original.
    Upload,
    MadeOf {
        base: &'a [u8],
        role: Role,
        proof: Proof,
    },
    Doubtful {
        candidates: Vec<&'a [u8]>,
        why: Doubt,
    },
}

/// Each file's verdict, by name.
type Verdicts<'a> = BTreeMap<&'a [u8], Verdict<'a>>;

/// Sorts the files of one folder into groups. The order of the arguments does not matter.
///
/// Names are taken as unique; of a repeated one only a single file counts.
pub fn plan_groups(files: &[FolderFile], known: &[KnownAttachment]) -> Grouping {
    let folder = Folder::new(files);
    let clusters = attachments::clusters(known, &folder);
    let mut verdicts = attachments::verdicts(&clusters, &folder);
    pattern::judge_rest(&folder, &mut verdicts);
    let settled = attachments::listed(&clusters);
    earlier::judge_again(&folder, &settled, &mut verdicts);
    let mut grouping = assemble(&verdicts);
    attachments::note_ids(&clusters, &mut grouping);
    earlier::note_assets(&folder, &mut grouping);
    grouping
}

/// The path of the original that a file without a record is a size of, by its name and its pixels.
///
/// `None` unless both say so: `banner-300x250.jpg` may be a picture of its own.
pub fn possible_original(path: &RelPath, pixels: Option<Dimensions>) -> Option<RelPath> {
    let name = Name::parse(path.name());
    let (base, Suffix::Size(written)) = name.suffix? else { return None };
    let original = [base, b".", name.extension].concat();
    path.with_name(&original).ok().filter(|_| pixels == Some(written))
}

/// Follows each file to its original and puts the two together.
fn assemble(verdicts: &Verdicts<'_>) -> Grouping {
    let mut groups: BTreeMap<&[u8], Vec<Member>> = BTreeMap::new();
    let mut ambiguous = Vec::new();
    for (&name, verdict) in verdicts {
        match verdict {
            Verdict::Upload => {
                groups.entry(name).or_default();
            }
            Verdict::MadeOf { base, role, proof } => match original_of(base, verdicts) {
                Some(original) => {
                    let member = Member { name: name.to_vec(), role: *role, proof: *proof };
                    groups.entry(original).or_default().push(member);
                }
                None => ambiguous.push(doubtful(name, &[base], Doubt::AmbiguousBase)),
            },
            Verdict::Doubtful { candidates, why } => {
                ambiguous.push(doubtful(name, candidates, *why));
            }
        }
    }
    let group = |(original, members): (&[u8], _)| Group {
        original: original.to_vec(),
        members,
        attachments: Vec::new(),
        asset: None,
    };
    Grouping { groups: groups.into_iter().map(group).collect(), ambiguous }
}

fn doubtful(name: &[u8], candidates: &[&[u8]], why: Doubt) -> Ambiguous {
    let mut candidates: Vec<_> = candidates.iter().map(|name| name.to_vec()).collect();
    candidates.sort_unstable();
    Ambiguous { name: name.to_vec(), candidates, why }
}

/// The original at the end of the chain that starts at `name`, or `None` if it ends in a doubt.
fn original_of<'a>(name: &'a [u8], verdicts: &Verdicts<'a>) -> Option<&'a [u8]> {
    let mut at = name;
    // A chain visits no file twice, so it is never longer than the folder.
    for _ in 0..verdicts.len() {
        match verdicts.get(at)? {
            Verdict::Upload => return Some(at),
            Verdict::MadeOf { base, .. } => at = base,
            Verdict::Doubtful { .. } => return None,
        }
    }
    None
}

//! The first proof: the metadata of attachments.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::{Entry, Folder};
use super::name::{self, Name, Suffix};
use super::{Doubt, Grouping, KnownAttachment, Proof, Verdict, Verdicts};
use crate::domain::asset::{Dimensions, Role};
use crate::domain::path::stem_and_extension;

/// Attachments of the same upload, and the files here that they list.
pub(super) struct Cluster<'a> {
    ids: Vec<i64>,
    original: &'a [u8],
    /// Every listed file that is here, the original among them.
    files: BTreeMap<&'a [u8], Role>,
}

/// Puts attachments together that share their main file or their upload, as the posts do that a
/// translation plugin makes for each language.
pub(super) fn clusters<'a>(known: &[KnownAttachment], folder: &Folder<'a>) -> Vec<Cluster<'a>> {
    let mut sets: BTreeMap<usize, Vec<&KnownAttachment>> = BTreeMap::new();
    let mut set_of: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for (number, attachment) in known.iter().enumerate() {
        let anchors = anchors(attachment);
        let met: BTreeSet<_> =
            anchors.iter().filter_map(|name| set_of.get(name)).copied().collect();
        let size = |set: &usize| sets.get(set).map_or(0, Vec::len);
        let target = met.iter().copied().max_by_key(size).unwrap_or(number);
        for other in met.into_iter().filter(|set| *set != target) {
            let moved = sets.remove(&other).unwrap_or_default();
            let names = moved.iter().flat_map(|attachment| self::anchors(attachment));
            set_of.extend(names.map(|name| (name, target)));
            sets.entry(target).or_default().extend(moved);
        }
        sets.entry(target).or_default().push(attachment);
        set_of.extend(anchors.into_iter().map(|name| (name, target)));
    }
    let in_order = |mut set: Vec<&KnownAttachment>| {
        set.sort_unstable();
        cluster(&set, folder)
    };
    sets.into_values().filter_map(in_order).collect()
}

/// Verdicts on the files that attachments list.
pub(super) fn verdicts<'a>(clusters: &[Cluster<'a>], folder: &Folder<'a>) -> Verdicts<'a> {
    let mut lists: BTreeMap<&'a [u8], Vec<(&Cluster<'a>, Role)>> = BTreeMap::new();
    for cluster in clusters {
        for (name, role) in &cluster.files {
            lists.entry(name).or_default().push((cluster, *role));
        }
    }
    let listed = folder.entries().filter_map(|entry| lists.remove_entry(entry.bytes()));
    listed.map(|(name, lists)| (name, verdict(name, &lists))).collect()
}

fn verdict<'a>(name: &'a [u8], lists: &[(&Cluster<'a>, Role)]) -> Verdict<'a> {
    match lists {
        [(cluster, _)] if cluster.original == name => Verdict::Upload,
        [(cluster, role)] => {
            Verdict::MadeOf { base: cluster.original, role: *role, proof: Proof::Attachment }
        }
        _ => Verdict::Doubtful {
            candidates: lists.iter().map(|(cluster, _)| cluster.original).collect(),
            why: Doubt::SeveralAttachments,
        },
    }
}

/// The names of all files that attachments list.
pub(super) fn listed<'a>(clusters: &[Cluster<'a>]) -> BTreeSet<&'a [u8]> {
    clusters.iter().flat_map(|cluster| cluster.files.keys().copied()).collect()
}

/// Writes into each group the attachments that it belongs to.
pub(super) fn note_ids(clusters: &[Cluster<'_>], grouping: &mut Grouping) {
    let ids: BTreeMap<_, _> = clusters.iter().map(|set| (set.original, &set.ids)).collect();
    for group in &mut grouping.groups {
        let members = group.members.iter().map(|member| &member.name);
        let names = std::iter::once(&group.original).chain(members);
        let found: BTreeSet<i64> =
            names.filter_map(|name| ids.get(name.as_slice())).copied().flatten().copied().collect();
        group.attachments = found.into_iter().collect();
    }
}

/// Names that belong to one upload only: the main file, the upload, and the main file before edits.
fn anchors(attachment: &KnownAttachment) -> Vec<Vec<u8>> {
    let main = Some(attachment.main.clone());
    [main, attachment.original_image.clone(), unedited(attachment)].into_iter().flatten().collect()
}

/// What the main file was called before it was edited, if the backups have it.
fn unedited(attachment: &KnownAttachment) -> Option<Vec<u8>> {
    let (stem, extension) = stem_and_extension(&attachment.main);
    let before = [name::unedited(stem)?, b".", extension].concat();
    attachment.backups.contains(&before).then_some(before)
}

/// What of the attachments' lists is here, or `None` if nothing is.
fn cluster<'a>(set: &[&KnownAttachment], folder: &Folder<'a>) -> Option<Cluster<'a>> {
    let mut files = BTreeMap::new();
    for attachment in set {
        for (name, role) in roles(attachment) {
            if let Some(entry) = folder.get(name) {
                files.entry(entry.bytes()).or_insert(role);
            }
        }
    }
    let uploads = set.iter().filter_map(|attachment| attachment.original_image.clone());
    let unedited = set.iter().filter_map(|attachment| unedited(attachment));
    let mains = set.iter().map(|attachment| attachment.main.clone());
    let mut likely = uploads.chain(unedited).chain(mains);
    let original = likely
        .find_map(|name| folder.get(&name).map(Entry::bytes))
        .or_else(|| largest(files.keys().filter_map(|name| folder.get(name))))?;
    let ids: BTreeSet<i64> = set.iter().map(|attachment| attachment.id).collect();
    Some(Cluster { ids: ids.into_iter().collect(), original, files })
}

/// The file with the most pixels; of equal ones the first by name.
pub(super) fn largest<'f, 'a: 'f>(files: impl Iterator<Item = &'f Entry<'a>>) -> Option<&'a [u8]> {
    let area = |entry: &Entry<'_>| entry.pixels().map_or(0, Dimensions::area);
    files.min_by_key(|entry| (std::cmp::Reverse(area(entry)), entry.bytes())).map(Entry::bytes)
}

/// Every name that the attachment lists, with the role it gives it. The first of two roles counts.
fn roles(attachment: &KnownAttachment) -> impl Iterator<Item = (&[u8], Role)> {
    let KnownAttachment { main, original_image, sizes, backups, .. } = attachment;
    let upload = original_image.as_deref().map(|name| (name, Role::Original));
    let main = Some((main.as_slice(), named_role(main, Role::Twin)));
    let backups = backups.iter().map(|name| (name.as_slice(), named_role(name, Role::Edited)));
    let sizes = sizes.iter().map(|name| (name.as_slice(), Role::Size));
    upload.into_iter().chain(main).chain(sizes).chain(backups)
}

fn named_role(name: &[u8], otherwise: Role) -> Role {
    match Name::parse(name).suffix {
        Some((_, Suffix::Size(_) | Suffix::DoubleSize(_) | Suffix::Double)) => Role::Size,
        Some((_, Suffix::Scaled)) => Role::Scaled,
        Some((_, Suffix::Rotated)) => Role::Rotated,
        Some((_, Suffix::Edited)) => Role::Edited,
        Some((_, Suffix::Preview)) | None => otherwise,
    }
}

//! The third proof: what the files were at the last scan.

use std::collections::{BTreeMap, BTreeSet};

use super::attachments::largest;
use super::folder::{Entry, Folder};
use super::{Group, Grouping, Membership, Proof, Verdict, Verdicts};
use crate::domain::asset::{AssetId, Role};

/// Lets earlier membership decide where the other proofs left a file alone or in doubt.
///
/// Files in `settled` keep their verdict: attachment metadata has spoken.
pub(super) fn judge_again<'a>(
    folder: &Folder<'a>,
    settled: &BTreeSet<&'a [u8]>,
    verdicts: &mut Verdicts<'a>,
) {
    let open = |entry: &&Entry<'a>| !settled.contains(entry.bytes());
    for entry in folder.entries().filter(open) {
        if stays_original(entry, folder, verdicts) {
            verdicts.insert(entry.bytes(), Verdict::Upload);
        }
    }
    let originals = recorded_originals(folder);
    let mut strays: BTreeMap<AssetId, Vec<(&Entry<'a>, Role)>> = BTreeMap::new();
    for entry in folder.entries().filter(open) {
        let Some(earlier) = entry.file.earlier else { continue };
        let original = originals.get(&earlier.asset).and_then(|names| names.first());
        let strays_now = match verdicts.get(entry.bytes()) {
            Some(Verdict::MadeOf { base, .. }) => original.is_some_and(|original| {
                original != base
                    && verdicts.get(original) == Some(&Verdict::Upload)
                    && was_made_before(earlier, folder.get(base))
            }),
            _ => true,
        };
        if strays_now && earlier.role != Role::Original {
            strays.entry(earlier.asset).or_default().push((entry, earlier.role));
        }
    }
    for (asset, strays) in strays {
        gather(&strays, originals.get(&asset).map_or(&[], Vec::as_slice), verdicts);
    }
}

/// The files that are recorded as an asset's original, by asset: the one that it goes by before those
/// that were it once.
fn recorded_originals<'a>(folder: &Folder<'a>) -> BTreeMap<AssetId, Vec<&'a [u8]>> {
    let mut originals: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in folder.entries() {
        if let Some(Membership { asset, role: Role::Original, goes_by, .. }) = entry.file.earlier {
            let names = originals.entry(asset).or_default();
            let at = if goes_by { 0 } else { names.len() };
            names.insert(at, entry.bytes());
        }
    }
    originals
}

/// Whether a file was not made of this base: it did not change, and the base is of another asset, or
/// came after it.
fn was_made_before(file: Membership, base: Option<&Entry<'_>>) -> bool {
    let base = base.and_then(|base| base.file.earlier);
    let is_older = base.is_some_and(|base| base.asset == file.asset && base.unchanged);
    file.unchanged && !is_older
}

/// Whether the file was an asset's original and nothing proves that it can't be one.
///
/// Names of sizes, turned pictures and twins are given by people too. The other patterns only
/// people who want to mislead would choose; they count unless the base is of another asset. What only
/// stood in for its base is made of it again once that is back.
fn stays_original<'a>(entry: &Entry<'a>, folder: &Folder<'a>, verdicts: &Verdicts<'a>) -> bool {
    let Some(Membership { asset, role: Role::Original, .. }) = entry.file.earlier else {
        return false;
    };
    match verdicts.get(entry.bytes()) {
        Some(Verdict::MadeOf { base, role, .. }) => {
            let also_given_by_people = matches!(role, Role::Size | Role::Rotated | Role::Twin);
            let base = folder.get(base).and_then(|base| base.file.earlier);
            if base.is_some_and(|base| base.asset == asset && base.role == Role::Original) {
                return false;
            }
            (also_given_by_people && !entry.name.appended)
                || base.is_some_and(|base| base.asset != asset)
        }
        Some(Verdict::Doubtful { .. }) => true,
        Some(Verdict::Upload) | None => false,
    }
}

/// Gives the asset's stray files back to its original, or to the largest of them if that is gone.
fn gather<'a>(strays: &[(&Entry<'a>, Role)], originals: &[&'a [u8]], verdicts: &mut Verdicts<'a>) {
    let uploads = |name: &[u8]| verdicts.get(name) == Some(&Verdict::Upload);
    let base = if originals.is_empty() {
        let files = || strays.iter().map(|(entry, _)| *entry);
        largest(files().filter(|entry| uploads(entry.bytes()))).or_else(|| largest(files()))
    } else {
        originals.iter().copied().find(|name| uploads(name))
    };
    let Some(base) = base else { return };
    verdicts.insert(base, Verdict::Upload);
    for (entry, role) in strays.iter().filter(|(entry, _)| entry.bytes() != base) {
        let verdict = Verdict::MadeOf { base, role: *role, proof: Proof::Earlier };
        verdicts.insert(entry.bytes(), verdict);
    }
}

/// Writes into each group the asset that it goes on with.
///
/// That is the asset that goes by its original, or one that once did; or an asset that goes by another
/// file of it; or one whose original is gone, if no other group holds files of it. What comes first here
/// comes first for every group: an original is never left with one asset while its group is another.
pub(super) fn note_assets(folder: &Folder<'_>, grouping: &mut Grouping) {
    let originals = recorded_originals(folder);
    let mut groups_of: BTreeMap<AssetId, BTreeSet<&[u8]>> = BTreeMap::new();
    for group in &grouping.groups {
        for (_, asset) in earlier_assets(group, folder) {
            groups_of.entry(asset).or_default().insert(&group.original);
        }
    }
    let rank = |group: &Group, name: &[u8], asset: AssetId| match originals.get(&asset) {
        Some(names) => match names.iter().position(|original| *original == name)? {
            0 if name == group.original => Some(0),
            _ if name == group.original => Some(1),
            0 => Some(2),
            _ => None,
        },
        None => groups_of.get(&asset).is_some_and(|groups| groups.len() == 1).then_some(3),
    };
    let mut assets = vec![None; grouping.groups.len()];
    let mut taken = BTreeSet::new();
    for wanted in 0..=3 {
        let groups = grouping.groups.iter().zip(&mut assets);
        for (group, goes_on) in groups.filter(|(_, goes_on)| goes_on.is_none()) {
            let fits = |(name, asset): &(&[u8], AssetId)| {
                rank(group, name, *asset) == Some(wanted) && !taken.contains(asset)
            };
            *goes_on = earlier_assets(group, folder).find(fits).map(|(_, asset)| asset);
            taken.extend(*goes_on);
        }
    }
    for (group, asset) in grouping.groups.iter_mut().zip(assets) {
        group.asset = asset;
    }
}

/// Each file of the group that was here before, the original first, with the asset it was in.
fn earlier_assets<'g>(
    group: &'g Group,
    folder: &Folder<'_>,
) -> impl Iterator<Item = (&'g [u8], AssetId)> {
    let members = group.members.iter().map(|member| member.name.as_slice());
    let names = std::iter::once(group.original.as_slice()).chain(members);
    names.filter_map(|name| Some((name, folder.get(name)?.file.earlier?.asset)))
}

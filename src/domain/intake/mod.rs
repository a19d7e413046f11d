//! What a scan or an import changes in the catalog: the difference between what a folder holds and
//! what was known of it.
//!
//! An asset keeps its number as long as its original is there under its name. A decided asset, or
//! one that was in quarantine, is never merged into another: what would need that is left as it is
//! and remarked.

mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::asset::{AssetId, Digest, PixelHash, Place, Role};
use super::claims::Claims;
use super::group::{Ambiguous, Group};
use super::lifecycle::{Ended, State};
use super::text::printable;

use files::{AMID_A_MOVE, stem_of_sidecar};
pub use files::{FoundFile, KnownFile, Owner};

/// Where a file belongs from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    Asset(AssetId, Role),
    /// A new asset, by its index in the plan.
    New(usize, Role),
    /// Of no asset, because.
    Nowhere(String),
}

/// What to write about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStep {
    /// The file's number, if the catalog knows it.
    pub known: Option<i64>,
    /// The file whose path it has now: one that its asset left behind.
    pub instead_of: Option<i64>,
    pub found: FoundFile,
    pub home: Home,
}

/// An asset whose files have other bytes than an approval of it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    pub asset: AssetId,
    pub reason: String,
}

/// An approval that still fits, because the original's other bytes show the same pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub asset: AssetId,
    pub version: i64,
    /// The bytes that were approved.
    pub was: Digest,
    pub digest: Digest,
    pub pixels: PixelHash,
}

/// What a file says about an asset, its own or that of the picture beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The file's name.
    pub by: Vec<u8>,
    pub of: Home,
    pub claims: Box<Claims>,
}

/// What to write about one folder. Files that did not change in any way are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderPlan {
    /// The originals of new assets; drafts, but for those that `returned` names.
    pub new_assets: Vec<FoundFile>,
    /// What came back, by its place among `new_assets`: the content of this asset, whose use was
    /// ended like this. It is recorded as ended too, if that still is so when it is written.
    pub returned: BTreeMap<usize, (AssetId, Ended)>,
    pub files: Vec<FileStep>,
    /// Assets whose original now has other bytes, or is another file.
    pub originals: Vec<(AssetId, FoundFile)>,
    /// What files say that were looked into.
    pub said: Vec<Said>,
    /// WordPress attachments and the assets they are.
    pub attached: Vec<(i64, Home)>,
    /// Undecided assets that turned out to be files of another asset.
    pub merged: BTreeMap<AssetId, Home>,
    /// Assets that give a file to another.
    pub givers: BTreeSet<AssetId>,
    /// Approvals that end with this, drafts among them: one may be approved between the reading of
    /// its files and the writing.
    pub voided: Vec<Voided>,
    pub kept: Vec<Kept>,
    /// What people should know.
    pub remarks: Vec<String>,
}

impl FolderPlan {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let nothing = Self { remarks: self.remarks.clone(), ..Self::default() };
        *self == nothing
    }
}

/// The originals of approved assets that have other bytes now. Both slices are sorted by name.
pub fn changed_approvals<'a>(
    found: &'a [FoundFile],
    known: &'a [KnownFile],
) -> impl Iterator<Item = (&'a KnownFile, &'a FoundFile)> {
    let is_approved =
        |owner: &Owner| owner.role == Role::Original && owner.state == State::Approved;
    let approved = known.iter().filter(move |file| file.owner.as_ref().is_ok_and(is_approved));
    approved.filter_map(|file| {
        let at = found.binary_search_by(|found| found.name.cmp(&file.found.name)).ok()?;
        let found = found.get(at).filter(|found| found.digest != file.found.digest)?;
        Some((file, found))
    })
}

/// Plans what the catalog has to learn about a folder.
///
/// `same_pixels` has the originals whose other bytes show the pixels that were approved, by name.
/// `found` and `known` are sorted by name; every name of `found` is in exactly one group or is
/// ambiguous. Files that are known and not found are not touched here: that a file is missing is
/// only said once the whole root was seen.
pub fn plan_folder(
    found: &[FoundFile],
    known: &[KnownFile],
    (groups, ambiguous): (&[Group], &[Ambiguous]),
    same_pixels: &BTreeMap<Vec<u8>, PixelHash>,
) -> FolderPlan {
    let (left, known): (BTreeMap<_, _>, BTreeMap<_, _>) = known
        .iter()
        .map(|file| (file.found.name.as_slice(), file))
        .partition(|(_, file)| file.is_left_behind());
    let found: BTreeMap<&[u8], &FoundFile> =
        found.iter().map(|file| (file.name.as_slice(), file)).collect();
    let (originals, plan) = (BTreeMap::new(), FolderPlan::default());
    let owners = known.values().filter_map(|file: &&KnownFile| file.owner.as_ref().ok());
    let moving = owners.filter(|owner| owner.in_operation).map(|owner| owner.asset).collect();
    let owned = known.iter().filter_map(|(name, file)| Some((file.owner.as_ref().ok()?, *name)));
    let going_by = owned.filter(|(owner, _)| owner.goes_by);
    let going_by = going_by.map(|(owner, name)| (owner.asset, name)).collect();
    let going_on = groups.iter().filter_map(|group| group.asset).collect();
    let mut planning =
        Planning { known, left, moving, found, same_pixels, going_by, going_on, originals, plan };
    for group in groups {
        planning.plan_group(group);
    }
    for file in ambiguous {
        planning.plan_ambiguous(file);
    }
    planning.void_changed();
    planning.note_claims();
    planning.plan
}

struct Planning<'a> {
    known: BTreeMap<&'a [u8], &'a KnownFile>,
    /// What assets left behind that were taken away.
    left: BTreeMap<&'a [u8], &'a KnownFile>,
    /// Assets that an open operation is about. Nothing of them is changed until it is settled.
    moving: BTreeSet<AssetId>,
    found: BTreeMap<&'a [u8], &'a FoundFile>,
    same_pixels: &'a BTreeMap<Vec<u8>, PixelHash>,
    /// The names that assets go by, as far as they are on record in this folder.
    going_by: BTreeMap<AssetId, &'a [u8]>,
    /// The assets that groups go on as.
    going_on: BTreeSet<AssetId>,
    /// The originals of the folder by name, with the assets they are.
    originals: BTreeMap<&'a [u8], Home>,
    plan: FolderPlan,
}

impl Planning<'_> {
    fn plan_group(&mut self, group: &Group) {
        let Some(original) = self.found.get(group.original.as_slice()).copied() else { return };
        if let Some(asset) = self.awaited(group) {
            let names = group.members.iter().map(|member| &member.name).chain([&group.original]);
            names.for_each(|name| self.wait_for(asset, name));
            return;
        }
        let new = self.plan.new_assets.len();
        let home = |role| match group.asset {
            Some(asset) => Home::Asset(asset, role),
            None => Home::New(new, role),
        };
        match group.asset {
            None => self.plan.new_assets.push(original.clone()),
            Some(asset) => self.note_original(asset, original),
        }
        self.originals.insert(&original.name, home(Role::Original));
        self.plan_member(&group.original, home(Role::Original));
        for member in &group.members {
            self.plan_member(&member.name, home(member.role));
        }
        for attachment in &group.attachments {
            self.plan.attached.push((*attachment, home(Role::Original)));
        }
    }

    /// The asset on its way that a group is of, or whose path its original has.
    fn awaited(&self, group: &Group) -> Option<AssetId> {
        let known = self.known.get(group.original.as_slice());
        let owner = known.and_then(|file| file.owner.as_ref().ok()).map(|owner| owner.asset);
        [group.asset, owner].into_iter().flatten().find(|asset| self.moving.contains(asset))
    }

    fn note_original(&mut self, asset: AssetId, original: &FoundFile) {
        let known = self.known.get(original.name.as_slice()).copied();
        let was = known.and_then(|file| Some((file, file.owner.as_ref().ok()?)));
        let was = was.filter(|(_, owner)| owner.asset == asset);
        if was.is_some_and(|(file, owner)| owner.goes_by && file.found.digest == original.digest) {
            return;
        }
        let was_approved = was.is_some_and(|(file, owner)| {
            let is_back = owner.role == Role::Original && file.place == Place::Missing;
            owner.goes_by || is_back || !self.is_found_as_before(asset)
        });
        if !was_approved {
            let reason = format!("{} is the original now", printable(&original.name));
            self.plan.voided.push(Voided { asset, reason });
        }
        self.plan.originals.push((asset, original.clone()));
    }

    /// Whether the original is there by which the asset goes. If it is not, another stands in for it.
    fn is_found_as_before(&self, asset: AssetId) -> bool {
        self.going_by.get(&asset).is_some_and(|name| self.found.contains_key(name))
    }

    fn plan_member(&mut self, name: &[u8], home: Home) {
        let Some(found) = self.found.get(name).copied() else { return };
        let known = self.known.get(name).copied();
        let Some(Ok(owner)) = known.map(|file| file.owner.as_ref()) else {
            return self.step(known, found, home);
        };
        let stays = matches!(home, Home::Asset(asset, _) if asset == owner.asset);
        // What only stood in for the original of an asset that goes on without it takes nothing along.
        let leaves = !stays && !self.going_on.contains(&owner.asset);
        if leaves && owner.role == Role::Original {
            if let Some(because) = owner.stays_an_asset() {
                let (name, asset) = (printable(name), owner.asset);
                self.plan.remarks.push(format!(
                    "{name} looks like a file of another asset, but {asset} {because}; it stays as it is"
                ));
                return self.step(known, found, Home::Asset(owner.asset, owner.role));
            }
            self.plan.merged.entry(owner.asset).or_insert_with(|| home.clone());
        }
        if !stays {
            self.plan.givers.insert(owner.asset);
            if owner.role == Role::Original && !owner.in_operation {
                let reason = format!("{} is of another asset now", printable(name));
                self.plan.voided.push(Voided { asset: owner.asset, reason });
            }
        }
        self.step(known, found, home);
    }

    /// A file that would be one of an asset on its way is of none until that is settled.
    fn wait_for(&mut self, asset: AssetId, name: &[u8]) {
        let Some(found) = self.found.get(name).copied() else { return };
        let known = self.known.get(name).copied();
        if known.is_none_or(|file| file.owner.is_err()) {
            self.step(known, found, Home::Nowhere(format!("{AMID_A_MOVE}{asset}")));
        }
    }

    fn plan_ambiguous(&mut self, file: &Ambiguous) {
        let Some(found) = self.found.get(file.name.as_slice()).copied() else { return };
        let known = self.known.get(file.name.as_slice()).copied();
        let home = match known.map(|file| &file.owner) {
            Some(Ok(owner)) => Home::Asset(owner.asset, owner.role),
            _ => Home::Nowhere(file.why.to_string()),
        };
        self.step(known, found, home);
    }

    /// Adds a step unless the catalog says all of it already.
    fn step(&mut self, known: Option<&KnownFile>, found: &FoundFile, home: Home) {
        let is_moving =
            |file: &KnownFile| file.owner.as_ref().is_ok_and(|owner| owner.in_operation);
        let same = known.is_some_and(|file| {
            let stays = match (&file.owner, &home) {
                (Ok(owner), Home::Asset(asset, role)) => {
                    owner.asset == *asset && owner.role == *role
                }
                (Err(why), Home::Nowhere(now)) => why == now,
                _ => false,
            };
            stays && file.found.is_same(found) && file.place == Place::Library
        });
        if !same && !known.is_some_and(is_moving) {
            let instead_of = self.left.get(found.name.as_slice()).map(|file| file.file);
            let (known, found) = (known.map(|file| file.file), found.clone());
            self.plan.files.push(FileStep { known, instead_of, found, home });
        }
    }

    /// What originals say is about themselves, unless they are sidecars of a picture beside them.
    fn note_claims(&mut self) {
        for (name, home) in &self.originals {
            let Some(found) = self.found.get(name) else { continue };
            let Some(claims) = found.claims.clone() else { continue };
            let of = if found.is_sidecar() { self.beside(name) } else { Some(home) };
            let Some(of) = of.cloned() else { continue };
            self.plan.said.push(Said { by: name.to_vec(), of, claims });
        }
    }

    /// The picture that a sidecar speaks of, if there is one and no other.
    fn beside(&self, sidecar: &[u8]) -> Option<&Home> {
        let stem = stem_of_sidecar(sidecar)?;
        if let Some(home) = self.originals.get(stem) {
            return Some(home);
        }
        let from = [stem, b"."].concat();
        let range = (Bound::Included(from.as_slice()), Bound::Unbounded);
        let named = self.originals.range::<[u8], _>(range);
        let mut same = named.take_while(|(name, _)| name.starts_with(&from)).filter(|(name, _)| {
            let ending = name.get(from.len()..).unwrap_or_default();
            **name != sidecar && !ending.contains(&b'.')
        });
        same.next().filter(|_| same.next().is_none()).map(|(_, home)| home)
    }

    /// An approval is for what was seen: any file of an approved asset with other bytes voids it,
    /// unless that is the original with the same pixels.
    fn void_changed(&mut self) {
        let mut seen = BTreeSet::new();
        for file in self.known.values() {
            let Ok(owner) = &file.owner else { continue };
            if owner.in_operation {
                continue;
            }
            let Some(found) = self.found.get(file.found.name.as_slice()) else { continue };
            if found.digest == file.found.digest {
                continue;
            }
            let name = printable(&found.name);
            if matches!(owner.state, State::Approved | State::Draft) {
                if let Some(kept) = self.kept(file, *owner, found) {
                    self.plan.kept.push(kept);
                } else if seen.insert(owner.asset) {
                    let reason = format!("the bytes of {name} changed after the approval");
                    self.plan.voided.push(Voided { asset: owner.asset, reason });
                }
            } else {
                let (asset, state) = (owner.asset, owner.state);
                let decided = match owner.role {
                    Role::Original => "; that was decided about those before",
                    _ => "",
                };
                let what =
                    format!("{name} of {asset}, which is {state}, has other bytes now{decided}");
                self.plan.remarks.push(what);
            }
        }
        self.plan.kept.retain(|kept| !seen.contains(&kept.asset));
    }

    /// Only while it is its asset's original is a file known to be what was approved.
    fn kept(&self, file: &KnownFile, owner: Owner, found: &FoundFile) -> Option<Kept> {
        let pixels = *self.same_pixels.get(&found.name)?;
        let mut originals = self.plan.originals.iter();
        let stays = originals.any(|(asset, now)| *asset == owner.asset && now.name == found.name);
        (stays && owner.goes_by).then_some(Kept {
            asset: owner.asset,
            version: owner.version,
            was: file.found.digest,
            digest: found.digest,
            pixels,
        })
    }
}

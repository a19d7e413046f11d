//! Under which name a draft is published, and what the gate says to that name.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Destination, Dossier, FactsRow, FileId};
use crate::config::PublishConfig;
use crate::domain::asset::{AssetFile, Place};
use crate::domain::context::ContextKey;
use crate::domain::gate::gate_of_name;
use crate::domain::metadata::Metadata;
use crate::domain::path::{RelPath, stem_and_extension};
use crate::domain::publication::{Described, Unnamed, renamed};
use crate::domain::validation::Finding;
use crate::error::Error;
use crate::executor::Publication;

use super::Context;
use super::dossier::Brief;
use super::library::{Court, new_id};

/// Where an asset's files go, and under which names.
pub(super) fn publication(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    (row, root): (&FactsRow, i64),
    (terms, name): (&PublishConfig, Option<&str>),
) -> Result<Result<Publication, Unnamed>, Error> {
    let asset = &row.asset;
    let metadata = catalog.metadata_of(asset.id)?;
    let files = catalog.files_of(asset.id)?.into_iter();
    let here = files.filter(|(_, file)| file.place == Place::Library);
    let named = || {
        let (folder, stem) = folder_and_stem(ctx, court, (row, &metadata), (terms, name))?;
        let new =
            |(id, file): (FileId, AssetFile)| Ok((id, renamed(&asset.path, &file.path, &stem)?));
        Ok((folder, here.map(new).collect::<Result<BTreeMap<_, _>, Unnamed>>()?))
    };
    Ok(named().map(|(folder, names)| Publication {
        operation: new_id(ctx.now),
        asset: asset.id,
        version: asset.version,
        to: Destination { root, folder },
        names,
        reason: None,
    }))
}

/// What the templates come to for an asset, of which somebody may have named the stem.
fn folder_and_stem(
    ctx: &Context<'_>,
    court: &Court,
    (row, metadata): (&FactsRow, &Metadata),
    (terms, name): (&PublishConfig, Option<&str>),
) -> Result<(Vec<u8>, String), Unnamed> {
    let linked = row.facts.contexts.iter().map(|link| link.context);
    let contexts = linked.filter_map(|id| court.world.contexts.get(&id));
    let mut contexts: Vec<ContextKey> = contexts.map(|context| context.key.clone()).collect();
    contexts.sort();
    let described = Described {
        asset: row.asset.id,
        path: &row.asset.path,
        title: metadata.title.as_deref(),
        placements: &metadata.placements,
        contexts: &contexts,
        today: court.policy().zone.date_at(ctx.now),
    };
    let stem = name.map_or_else(|| terms.name.stem(&described), |name| Ok(name.to_owned()))?;
    Ok((terms.folder.folder(&described)?, stem))
}

/// What the gate finds in the name that an asset would be served under, where somebody may have named
/// the stem.
pub(super) fn objections_to_name(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    (row, name): (&FactsRow, Option<&str>),
) -> Result<Vec<Finding>, Error> {
    let mut dossier = catalog.dossier_of(row.clone())?;
    name_as_published(ctx, court, (&mut dossier, name));
    let verdict = court.judge(&dossier.row, ctx);
    Ok(gate_of_name(&Brief::new(&dossier, &verdict, court).subject(ctx.now)))
}

/// Gives a draft the paths that it would be published under: an approval is for these. One that has
/// no such name is judged by the one it has.
pub(super) fn name_as_published(
    ctx: &Context<'_>,
    court: &Court,
    (dossier, name): (&mut Dossier, Option<&str>),
) {
    let Dossier { row, metadata, files, .. } = dossier;
    let is_draft = court.draft_roots.contains(&row.asset.root);
    let Some(terms) = court.config.publish.as_ref().filter(|_| is_draft) else { return };
    let named = folder_and_stem(ctx, court, (row, metadata), (terms, name));
    let Ok((folder, stem)) = named else { return };
    let to = Destination { root: row.asset.root, folder };
    let original = row.asset.path.clone();
    let published = |path: &RelPath| to.path_of(&renamed(&original, path, &stem).ok()?).ok();
    let paths = files.iter_mut().map(|file| &mut file.path);
    for path in paths.chain(std::iter::once(&mut row.asset.path)) {
        if let Some(new) = published(path) {
            *path = new;
        }
    }
}

/// Where the original goes, as people read it.
pub(super) fn place(terms: &PublishConfig, publication: &Publication, row: &FactsRow) -> String {
    let extension = row.asset.path.extension();
    let is_original = |name: &&String| stem_and_extension(name.as_bytes()).1 == extension;
    let name = publication.names.values().filter(is_original).min_by_key(|name| name.len());
    let path = name.and_then(|name| publication.to.path_of(name).ok());
    format!("{}/{}", terms.root, path.map_or_else(String::new, |path| path.to_string()))
}

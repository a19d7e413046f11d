//! The shape of the file, and the checks that can name a line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::people::People;
use super::placement::{self, Placements};
use super::publish::Publish;
use super::removal::{Clean, Plans, Purge};
use super::review::ReviewTable;
use super::{Config, ConfigError, Place, RootConfig};
use crate::domain::asset::RootKind;
use crate::domain::metadata;
use crate::domain::policy::{ApprovalTerms, Policy};
use crate::domain::reference::SiteAddress;
use crate::domain::territory;
use crate::domain::time::Zone;
use crate::domain::validation::{Severity, rules};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    site: Site,
    catalog: Option<Location>,
    quarantine: Option<Location>,
    #[serde(default)]
    root: Vec<Root>,
    publish: Option<Publish>,
    #[serde(default)]
    people: People,
    #[serde(default)]
    policy: PolicyTable,
    #[serde(default)]
    review: ReviewTable,
    #[serde(default)]
    clean: Clean,
    #[serde(default)]
    plans: Plans,
    #[serde(default)]
    purge: Purge,
    #[serde(default)]
    rules: RuleTable,
    #[serde(default)]
    placement: Placements,
}

/// Severities by rule, as written.
pub(super) type RuleTable = BTreeMap<Spanned<String>, Spanned<String>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Site {
    time_zone: Option<Spanned<String>>,
    locale: Option<Spanned<String>>,
    #[serde(default)]
    addresses: Vec<Spanned<String>>,
    territories: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Location {
    path: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Root {
    name: Spanned<String>,
    path: Spanned<String>,
    kind: Spanned<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct PolicyTable {
    stale_draft_days: Option<u32>,
    review_grace_days: Option<u32>,
    restore_hold_hours: Option<u32>,
    reference_days: Option<u32>,
    approve_with_waivers: Option<bool>,
    snapshot_max_age_days: Option<u32>,
    credential_anchors: Option<Spanned<String>>,
}

/// What is being read, for errors that name a place in it.
pub(super) struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    pub(super) fn error(&self, span: Range<usize>, message: impl Into<String>) -> ConfigError {
        let place = Place::of(self.path, self.text, span);
        ConfigError::Invalid { place, message: message.into() }
    }

    /// The path as written, meant from the folder of the file.
    fn location(&self, path: &Spanned<String>) -> Result<PathBuf, ConfigError> {
        let text = path.get_ref();
        if text.trim().is_empty() || text.contains('\0') {
            return Err(self.error(path.span(), "the path is empty"));
        }
        if text.starts_with('~') || text.contains('$') {
            let message = "the path is taken as written: `~` and `$` are not expanded";
            return Err(self.error(path.span(), message));
        }
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        Ok(folder.join(text).components().collect())
    }
}

pub(super) fn read(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let source = Source { path, text };
    let file = parsed(&source)?;
    let policy = policy(&source, &file)?;
    let catalog = needed(&source, file.catalog.as_ref(), "catalog")?;
    let quarantine = needed(&source, file.quarantine.as_ref(), "quarantine")?;
    let roots = roots(&source, &file.root)?;
    let publish = file.publish.as_ref().map(|table| table.checked(&source, &roots)).transpose()?;
    Ok(Config {
        path: path.to_owned(),
        policy,
        catalog,
        quarantine,
        roots,
        publish,
        addresses: addresses(&source, &file.site.addresses)?,
    })
}

/// The policy alone, from a file that need not say where anything is.
pub(super) fn read_policy(path: &Path, text: &str) -> Result<Policy, ConfigError> {
    let source = Source { path, text };
    policy(&source, &parsed(&source)?)
}

fn parsed(source: &Source<'_>) -> Result<File, ConfigError> {
    toml::from_str(source.text).map_err(|error| {
        source.error(error.span().unwrap_or(0..0), error.message().replace('\n', ", "))
    })
}

fn needed(
    source: &Source<'_>,
    location: Option<&Location>,
    table: &str,
) -> Result<PathBuf, ConfigError> {
    match location {
        Some(location) => source.location(&location.path),
        None => Err(source.error(0..0, format!("missing field `{table}`"))),
    }
}

fn policy(source: &Source<'_>, file: &File) -> Result<Policy, ConfigError> {
    let default = Policy::default();
    let table = &file.policy;
    Ok(Policy {
        zone: file.site.time_zone.as_ref().map_or(Ok(default.zone), |name| zone(source, name))?,
        locale: file.site.locale.as_ref().map_or(Ok(default.locale), |l| locale(source, l))?,
        territories: match &file.site.territories {
            Some(names) => territories(source, names)?,
            None => default.territories,
        },
        stale_draft_days: table.stale_draft_days.unwrap_or(default.stale_draft_days),
        review_grace_days: table.review_grace_days.or(default.review_grace_days),
        restore_hold_hours: table.restore_hold_hours.unwrap_or(default.restore_hold_hours),
        reference_days: table.reference_days.unwrap_or(default.reference_days),
        snapshot_max_age_days: table.snapshot_max_age_days.unwrap_or(default.snapshot_max_age_days),
        credential_anchors: table
            .credential_anchors
            .as_ref()
            .map(|text| certificates(source, text))
            .transpose()?,
        severities: severities(source, &file.rules)?,
        placement_severities: placement::severities_of_each(source, &file.placement)?,
        placement_requirements: placement::requirements_of_each(source, &file.placement)?,
        approve_with_waivers: table.approve_with_waivers.unwrap_or(default.approve_with_waivers),
        owners: file.people.owners(source)?,
        approval: approval(source, file, &default.approval)?,
        caps: file.clean.caps(source)?,
        day_caps: file.clean.day_caps(source)?,
        plan_hours: file.plans.hours(source, default.plan_hours)?,
        second_person_above: file.plans.second_person_above(default.second_person_above),
        unknown_uses: file.clean.unknown_uses(source, default.unknown_uses)?,
        hard_links: file.clean.hard_links(source, default.hard_links)?,
        purge_after_days: file.purge.after_days(source)?,
    })
}

fn approval(
    source: &Source<'_>,
    file: &File,
    usual: &ApprovalTerms,
) -> Result<ApprovalTerms, ConfigError> {
    Ok(ApprovalTerms {
        questions: file.review.questions(source, usual.questions)?,
        approvers: file.people.approvers(source)?,
        accounts: file.people.accounts(source)?,
        four_eyes: file.review.four_eyes.unwrap_or(usual.four_eyes),
    })
}

fn certificates(source: &Source<'_>, text: &Spanned<String>) -> Result<String, ConfigError> {
    if text.get_ref().contains("-----BEGIN CERTIFICATE-----") {
        Ok(text.get_ref().clone())
    } else {
        Err(source.error(text.span(), "not certificates in PEM (-----BEGIN CERTIFICATE-----)"))
    }
}

fn addresses(
    source: &Source<'_>,
    texts: &[Spanned<String>],
) -> Result<Vec<SiteAddress>, ConfigError> {
    let address = |text: &Spanned<String>| {
        let parsed = text.get_ref().parse::<SiteAddress>();
        parsed.map_err(|error| source.error(text.span(), error.to_string()))
    };
    texts.iter().map(address).collect()
}

fn zone(source: &Source<'_>, name: &Spanned<String>) -> Result<Zone, ConfigError> {
    Zone::named(name.get_ref()).map_err(|error| source.error(name.span(), error.to_string()))
}

pub(super) fn locale(source: &Source<'_>, locale: &Spanned<String>) -> Result<String, ConfigError> {
    metadata::locale(locale.get_ref()).ok_or_else(|| {
        let message = format!("`{}` is not a locale (write en, de_DE or pt-BR)", locale.get_ref());
        source.error(locale.span(), message)
    })
}

fn territories(
    source: &Source<'_>,
    names: &Spanned<Vec<Spanned<String>>>,
) -> Result<BTreeSet<String>, ConfigError> {
    if names.get_ref().is_empty() {
        let message = "the site would be served nowhere; without the key it is not asked";
        return Err(source.error(names.span(), message));
    }
    let mut territories = BTreeSet::new();
    for name in names.get_ref() {
        let codes = territory::codes_of(name.get_ref())
            .map_err(|error| source.error(name.span(), error.to_string()))?;
        territories.extend(codes.iter().map(|code| (*code).to_owned()));
    }
    Ok(territories)
}

pub(super) fn severities(
    source: &Source<'_>,
    table: &RuleTable,
) -> Result<BTreeMap<String, Severity>, ConfigError> {
    let mut severities = BTreeMap::new();
    for (named, severity) in table {
        let code = rule_code(source, named)?;
        let Some(known) = Severity::named(severity.get_ref()) else {
            let names = Severity::ALL.map(Severity::name).join(", ");
            let message = format!("`{}` is not a severity ({names})", severity.get_ref());
            return Err(source.error(severity.span(), message));
        };
        if severities.insert(code.to_owned(), known).is_some() {
            return Err(source.error(named.span(), format!("{code} is set twice")));
        }
    }
    Ok(severities)
}

/// The code of the rule that is meant; its name will do.
fn rule_code(source: &Source<'_>, named: &Spanned<String>) -> Result<&'static str, ConfigError> {
    if let Some(rule) = rules::named(named.get_ref()) {
        return Ok(rule.code);
    }
    let near: Vec<_> = rules::near(named.get_ref()).iter().map(|rule| rule.code).collect();
    let meant = if near.is_empty() { String::new() } else { format!(" ({}?)", near.join(", ")) };
    let message = format!("there is no rule `{}`{meant}", named.get_ref());
    Err(source.error(named.span(), message))
}

fn roots(source: &Source<'_>, tables: &[Root]) -> Result<Vec<RootConfig>, ConfigError> {
    if tables.is_empty() {
        return Err(source.error(0..0, "no [[root]] is configured"));
    }
    let mut roots: Vec<RootConfig> = Vec::with_capacity(tables.len());
    for table in tables {
        let name = root_name(source, &table.name)?;
        if roots.iter().any(|root| root.name == name) {
            let message = format!("there is already a root `{name}`");
            return Err(source.error(table.name.span(), message));
        }
        let path = source.location(&table.path)?;
        let kind = root_kind(source, &table.kind)?;
        roots.push(RootConfig { name, path, kind });
    }
    Ok(roots)
}

fn root_name(source: &Source<'_>, name: &Spanned<String>) -> Result<String, ConfigError> {
    let text = name.get_ref();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !text.is_empty() && text.len() <= 64 && text.bytes().all(fits) {
        return Ok(text.clone());
    }
    let message = format!("`{text}` is not a root's name (letters, digits, `-`, `_` and `.`)");
    Err(source.error(name.span(), message))
}

fn root_kind(source: &Source<'_>, kind: &Spanned<String>) -> Result<RootKind, ConfigError> {
    [RootKind::Production, RootKind::Draft]
        .into_iter()
        .find(|known| known.name() == kind.get_ref())
        .ok_or_else(|| {
            let message =
                format!("`{}` is not a kind of root (production or draft)", kind.get_ref());
            source.error(kind.span(), message)
        })
}

//! The commented file that `init` writes.

use std::path::Path;

use super::RootConfig;
use crate::domain::asset::RootKind;
use crate::domain::policy::Policy;
use crate::domain::publication::Field;
use crate::domain::requirement::RequiredField;

/// What the file is to say; everything else stays at its default.
#[derive(Debug, Clone)]
pub struct Answers<'a> {
    pub catalog: &'a Path,
    pub quarantine: &'a Path,
    pub roots: &'a [RootConfig],
    /// An IANA name.
    pub time_zone: &'a str,
    pub locale: &'a str,
}

/// A configuration with every key, its default and what it is for.
///
/// `None` if a path is not UTF-8, which TOML cannot hold.
pub fn commented_example(answers: &Answers<'_>) -> Option<String> {
    let places = places(answers)?;
    let usual = Policy::default();
    Some(format!("{places}{}{}{}", decisions(&usual), removal(&usual), rules()))
}

fn places(answers: &Answers<'_>) -> Option<String> {
    let roots: Vec<_> = answers.roots.iter().map(root_table).collect::<Option<_>>()?;
    Some(format!(
        r#"# The configuration of shelflife. Relative paths are meant from the folder of this file;
# `~` and `$NAME` are not expanded. A key that is not known is an error.

[site]
# Zone of dates that name none: a name of the IANA database.
time_zone = {time_zone}
# Locale whose alternative text every asset needs.
locale = {locale}
# What is the site's own on the web: hosts, and where uploads are served from if that is not
# /wp-content/uploads/.
# addresses = ["shop.example", "https://cdn.example/media/"]
# Countries that the site is served to, as ISO 3166-1 codes or EU. A license has to cover them all.
# territories = ["DE", "AT"]

[catalog]
# The SQLite file that holds every decision. Not beneath a root.
path = {catalog}

[quarantine]
# Where cleaned files are kept until they are restored or purged. Not beneath a root, and best on
# the same disk as the roots: then a file is moved in one step.
path = {quarantine}

# The folders of the library. A root of kind "production" is served to the public, one of kind
# "draft" is not.
{roots}{publish}"#,
        time_zone = quoted(answers.time_zone),
        locale = quoted(answers.locale),
        catalog = quoted(answers.catalog.to_str()?),
        quarantine = quoted(answers.quarantine.to_str()?),
        roots = roots.concat(),
        publish = publish(answers.roots),
    ))
}

/// The table that brings approved drafts to the first root that is served, if there are both.
fn publish(roots: &[RootConfig]) -> String {
    let of_kind = |kind| roots.iter().find(|root| root.kind == kind);
    let (served, drafts) = (of_kind(RootKind::Production), of_kind(RootKind::Draft));
    let root = served.map_or("uploads", |root| root.name.as_str());
    let mark = if served.and(drafts).is_some() { "" } else { "# " };
    let fields = Field::names().join(", ");
    format!(
        r#"# Where an approved asset goes from a draft root, and under which name. In braces: {fields}.
# Without the table it stays where it is.
{mark}[publish]
{mark}root = {root}
{mark}folder = "{{year}}/{{month}}"
{mark}name = "{{title}}"

"#,
        root = quoted(root)
    )
}

fn decisions(policy: &Policy) -> String {
    let grace = policy.review_grace_days.map_or_else(
        || "# review_grace_days = 14".to_owned(),
        |days| format!("review_grace_days = {days}"),
    );
    format!(
        r#"[people]
# Who can own assets. Without the key anybody can, and a mistyped name is not noticed.
# owners = ["nina", "brand-team"]
# Who may approve and renew. Without the key anybody can.
# approvers = ["anna", "li"]
# Whose account is whose. A person of another name who uses it approves nothing.
# accounts = {{ u1017 = "anna" }}

[policy]
# A draft that nobody decided for this many days is stale and goes to its owner.
stale_draft_days = {stale}
# A review that is overdue by more days than this blocks use. Without the key it never does.
{grace}
# A restored asset is held back from cleaning for this many hours.
restore_hold_hours = {hold}
# What was read to find references proves no absence once it is older than this many days.
reference_days = {references}
# Whether a finding that somebody waived (`shelflife rules waive`) lets an approval pass.
approve_with_waivers = {waivers}
# A snapshot of the catalog that is older than so many days is not believed by `check`.
snapshot_max_age_days = {snapshot}
# Certificates, in PEM, of the authorities whose content credentials are trusted. Only used by a
# program that was built with the feature `c2pa`.
# credential_anchors = """
# -----BEGIN CERTIFICATE-----
# …
# -----END CERTIFICATE-----
# """

[review]
# Whether an approval or a renewal has to answer each question of the review (`--review`): quality,
# rights, product-accuracy, brand-fit and placement. "optional" or "required".
questions = "{questions}"
# Whether somebody else has to approve and renew than who added or last described the asset, from
# another account.
four_eyes = {eyes}
"#,
        stale = policy.stale_draft_days,
        hold = policy.restore_hold_hours,
        references = policy.reference_days,
        waivers = policy.approve_with_waivers,
        snapshot = policy.snapshot_max_age_days,
        questions = policy.approval.questions.name(),
        eyes = policy.approval.four_eyes,
    )
}

fn removal(policy: &Policy) -> String {
    format!(
        r#"
[clean]
# How much one run may move. If any of the three is exceeded, nothing is moved.
max_items = {items}
max_bytes = {bytes}
# Percent of the assets that have files in the library. A run of up to 20 assets is never too large by
# this, nor are 40 in 24 hours.
max_percent = {percent}
# The same for all runs of 24 hours together. What was restored since does not count.
max_items_per_day = {day_items}
max_bytes_per_day = {day_bytes}
max_percent_per_day = {day_percent}
# What published or scheduled content shows is left alone. Of other assets nobody knows whether they
# are used until enough of the site was read with `references read`: "block-on-sites" leaves them
# alone once anything of a site was read or imported, "block" always, "warn" moves them and says so
# in the plan. What was withdrawn as unsafe goes in any case.
unknown_uses = "{unknown}"
# A file with other names (hard links) would stay in reach under them: "leave" keeps its asset where
# it is, "move" moves the name that the catalog knows and says how many are left. `withdraw` always
# moves it.
hard_links = "{links}"

[plans]
# For how long a plan of `sweep --save` or `clean --save` can be carried out.
valid_hours = {hours}
# A clean of more assets than this takes a saved plan that somebody else approved, from another
# account than the one it was made from.
second_person_above = {second}

[purge]
# Files that were in quarantine for this many days, 7 at least, may be deleted for good by
# `shelflife purge`. Without the key nothing ever is.
# after_days = 90
"#,
        items = policy.caps.max_items,
        bytes = policy.caps.max_bytes,
        percent = policy.caps.max_percent,
        day_items = policy.day_caps.max_items,
        day_bytes = policy.day_caps.max_bytes,
        day_percent = policy.day_caps.max_percent,
        unknown = policy.unknown_uses.name(),
        links = policy.hard_links.name(),
        hours = policy.plan_hours,
        second = policy.second_person_above,
    )
}

fn rules() -> String {
    let fields = RequiredField::ALL.map(RequiredField::name);
    let fields: Vec<_> = fields.chunks(5).map(|few| few.join(", ")).collect();
    format!(
        r#"
# How much a finding matters, by rule: "off", "note", "warning" or "error". `shelflife rules` lists
# the rules with what they have by themselves.
[rules]
# SL201 = "warning"

# The same for assets that are meant for a placement. Of several placements the strictest counts.
# [placement.blog.rules]
# SL208 = "off"

# What an asset that is meant for a placement has to have before it is approved, beside what all have
# to. Of several placements each counts.
# [placement.homepage-hero]
# Alternative texts: of a picture, one that serves each of these locales.
# locales = ["de", "en-GB"]
# What is recorded, of {fields}.
# required = ["title", "license", "expires_on"]
"#,
        fields = fields.join(",\n# ")
    )
}

fn root_table(root: &RootConfig) -> Option<String> {
    let (name, path) = (quoted(&root.name), quoted(root.path.to_str()?));
    let kind = quoted(root.kind.name());
    Some(format!("[[root]]\nname = {name}\npath = {path}\nkind = {kind}\n\n"))
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

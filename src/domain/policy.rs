//! The rules of the house, as the configuration states them.

use std::collections::{BTreeMap, BTreeSet};

use super::cleanup::{HardLinks, UnknownUses};
use super::requirement::Requirements;
use super::review::Demand;
use super::time::Zone;
use super::validation::Severity;

/// What the site decided once, for all assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Zone of dates that name none.
    pub zone: Zone,
    /// Locale whose alt text every asset needs.
    pub locale: String,
    /// Countries that the site is served to, by code; none where nobody said.
    pub territories: BTreeSet<String>,
    /// A draft that nobody decided for this many days is stale.
    pub stale_draft_days: u32,
    /// Days after the review date until a due review blocks use; `None`: it never does.
    pub review_grace_days: Option<u32>,
    /// Hours for which a restored asset is held.
    pub restore_hold_hours: u32,
    /// A source of references older than this many days proves no absence.
    pub reference_days: u32,
    /// Days after which a snapshot of a catalog is not believed any more.
    pub snapshot_max_age_days: u32,
    /// Certificates, in PEM, of the authorities whose content credentials are trusted.
    pub credential_anchors: Option<String>,
    /// Severity by rule code, where it differs from the rule's own.
    pub severities: BTreeMap<String, Severity>,
    /// The same by placement, for assets that are meant for it.
    pub placement_severities: BTreeMap<String, BTreeMap<String, Severity>>,
    /// What assets that are meant for a placement have to have, by placement.
    pub placement_requirements: BTreeMap<String, Requirements>,
    /// A finding that somebody waives does not stop an approval.
    pub approve_with_waivers: bool,
    /// The people who can own assets; `None`: anybody.
    pub owners: Option<BTreeSet<String>>,
    pub approval: ApprovalTerms,
    pub caps: Caps,
    /// The same for all cleans of 24 hours together.
    pub day_caps: Caps,
    /// Hours for which a saved plan is valid.
    pub plan_hours: u32,
    /// A clean of more assets than this takes a plan that a second person approved.
    pub second_person_above: u64,
    /// What a clean does with assets of which nobody knows whether they are used.
    pub unknown_uses: UnknownUses,
    /// What a clean does with files that have other names.
    pub hard_links: HardLinks,
    /// Days after which files in quarantine may be deleted for good; `None`: never.
    pub purge_after_days: Option<u32>,
}

/// What an approval asks of people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApprovalTerms {
    /// Whether each question of the review has to be answered.
    pub questions: Demand,
    /// Who may approve and renew; `None`: anybody.
    pub approvers: Option<BTreeSet<String>>,
    /// The person by account, where that is known.
    pub accounts: BTreeMap<String, String>,
    /// Whoever added or last described an asset does not approve it.
    pub four_eyes: bool,
}

/// How much cleans may move. Exceeding any of them moves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    pub max_items: u64,
    pub max_bytes: u64,
    /// Percent of the assets with files in the library, 0 to 100.
    pub max_percent: u64,
}

impl Policy {
    /// The policy as text, one `key=value` per line in a fixed order.
    ///
    /// Two policies decide alike exactly when their texts are equal; the audit log and saved plans
    /// keep its hash. A severity that a rule has by itself is not in it.
    pub fn canonical_text(&self) -> String {
        let Self {
            zone,
            locale,
            territories,
            stale_draft_days,
            review_grace_days,
            restore_hold_hours,
            reference_days,
            snapshot_max_age_days,
            credential_anchors,
            severities,
            placement_severities,
            placement_requirements,
            approve_with_waivers,
            owners,
            approval,
            caps,
            day_caps: day,
            plan_hours,
            second_person_above,
            unknown_uses,
            hard_links,
            purge_after_days,
        } = self;
        let or_never =
            |days: &Option<u32>| days.map_or("never".to_owned(), |days| days.to_string());
        let mut lines = vec![
            format!("zone={}", zone.name()),
            format!("locale={locale}"),
            format!("territories={}", territories.iter().cloned().collect::<Vec<_>>().join(" ")),
            format!("stale_draft_days={stale_draft_days}"),
            format!("review_grace_days={}", or_never(review_grace_days)),
            format!("restore_hold_hours={restore_hold_hours}"),
            format!("reference_days={reference_days}"),
            format!("approve_with_waivers={approve_with_waivers}"),
            format!("snapshot_max_age_days={snapshot_max_age_days}"),
            format!("plan_hours={plan_hours}"),
            format!("second_person_above={second_person_above}"),
            format!("unknown_uses={}", unknown_uses.name()),
            format!("hard_links={}", hard_links.name()),
            format!("purge_after_days={}", or_never(purge_after_days)),
        ];
        lines.extend(approval.lines());
        lines.extend(caps.lines(""));
        lines.extend(day.lines("_per_day"));
        let anchors = credential_anchors.iter().flat_map(|text| text.lines());
        lines.extend(anchors.map(|line| format!("credential_anchor={line}")));
        lines.extend(severity_lines("", severities));
        for (placement, severities) in placement_severities {
            lines.extend(severity_lines(&format!("placement.{placement}."), severities));
        }
        lines.extend(placement_requirements.iter().flat_map(requirement_lines));
        match owners {
            None => lines.push("owners=anybody".to_owned()),
            Some(owners) => lines.extend(owners.iter().map(|owner| format!("owner={owner}"))),
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

fn severity_lines(of: &str, severities: &BTreeMap<String, Severity>) -> Vec<String> {
    let line = |(code, is): (&String, &Severity)| format!("{of}rule.{code}={}", is.name());
    severities.iter().map(line).collect()
}

fn requirement_lines((placement, required): (&String, &Requirements)) -> Vec<String> {
    let Requirements { locales, fields } = required;
    let locales = locales.iter().map(|locale| format!("placement.{placement}.locale={locale}"));
    let fields =
        fields.iter().map(|field| format!("placement.{placement}.required={}", field.name()));
    locales.chain(fields).collect()
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            zone: Zone::utc(),
            locale: "en".to_owned(),
            territories: BTreeSet::new(),
            stale_draft_days: 30,
            review_grace_days: None,
            restore_hold_hours: 72,
            reference_days: 14,
            snapshot_max_age_days: 7,
            credential_anchors: None,
            severities: BTreeMap::new(),
            placement_severities: BTreeMap::new(),
            placement_requirements: BTreeMap::new(),
            approve_with_waivers: false,
            owners: None,
            approval: ApprovalTerms::default(),
            caps: Caps::of_a_run(),
            day_caps: Caps::of_a_day(),
            plan_hours: 24,
            second_person_above: 100,
            unknown_uses: UnknownUses::default(),
            hard_links: HardLinks::default(),
            purge_after_days: None,
        }
    }
}

impl ApprovalTerms {
    /// As the lines of a policy's text.
    fn lines(&self) -> Vec<String> {
        let Self { questions, approvers, accounts, four_eyes } = self;
        let mut lines = vec![
            format!("review_questions={}", questions.name()),
            format!("four_eyes={four_eyes}"),
        ];
        match approvers {
            None => lines.push("approvers=anybody".to_owned()),
            Some(names) => lines.extend(names.iter().map(|name| format!("approver={name}"))),
        }
        lines.extend(accounts.iter().map(|(account, name)| format!("account.{account}={name}")));
        lines
    }
}

impl Caps {
    /// Of one run, where the configuration says nothing.
    pub fn of_a_run() -> Self {
        Self { max_items: 500, max_bytes: 20 << 30, max_percent: 10 }
    }

    /// Of all runs of 24 hours, where the configuration says nothing.
    pub fn of_a_day() -> Self {
        Self { max_items: 1000, max_bytes: 40 << 30, max_percent: 20 }
    }

    /// As the lines of a policy's text.
    fn lines(&self, per: &str) -> [String; 3] {
        let Self { max_items, max_bytes, max_percent } = self;
        [
            format!("max_items{per}={max_items}"),
            format!("max_bytes{per}={max_bytes}"),
            format!("max_percent{per}={max_percent}"),
        ]
    }
}

//! The facts of a case, told as changes to an asset with which all is well.

use shelflife::domain::cleanup::Site;
use shelflife::domain::context::{Context, ContextRule, Revision};
use shelflife::domain::context_fact::ContextFacts;
use shelflife::domain::license::{Exclusions, License, Scope};
use shelflife::domain::lifecycle::{ContextLink, Facts, State, World};
use shelflife::domain::metadata::Metadata;
use shelflife::domain::policy::Policy;
use shelflife::domain::reference::{Status, Uses as Statuses, Verdict as Uses};
use shelflife::domain::rejection::PlacementRejection;
use shelflife::domain::risk::{OpenRisk, Risk};
use shelflife::domain::territory::codes_of;
use shelflife::domain::time::{Timestamp, Zone};

/// Everything that a question may look at.
pub(super) struct Told {
    pub(super) state: State,
    pub(super) since: Timestamp,
    pub(super) files_missing: bool,
    pub(super) name: String,
    pub(super) metadata: Metadata,
    pub(super) licenses: Vec<License>,
    pub(super) contexts: Vec<(Context, Option<i64>)>,
    pub(super) policy: Policy,
    pub(super) risks: Vec<OpenRisk>,
    pub(super) rejected_for: Vec<PlacementRejection>,
    pub(super) held: Option<String>,
    pub(super) uses: Option<Uses>,
    pub(super) site: Site,
    pub(super) marked: Option<Timestamp>,
    /// How long runs saw it in quarantine.
    pub(super) seen_hours: i64,
}

/// The first instant of a day in a zone, or the instant itself.
pub(super) fn instant(text: &str, zone: &Zone) -> Result<Timestamp, String> {
    let at = match text.parse() {
        Ok(day) => Ok(zone.start_of(day)),
        Err(_) => Timestamp::parse(text),
    };
    at.map_err(|error| error.to_string())
}

impl Told {
    /// An approved asset with which all is well from 2026-02-01 through 2026-11-30, and these facts.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut told = Self::good()?;
        for fact in text.split(';').map(str::trim).filter(|fact| !fact.is_empty()) {
            told.tell(fact).map_err(|why| format!("`{fact}`: {why}"))?;
        }
        Ok(told)
    }

    fn good() -> Result<Self, String> {
        let mut good = Self {
            state: State::Approved,
            since: instant("2026-02-01", &Zone::utc())?,
            files_missing: false,
            name: "green-tea-tin-on-oak-shelf.jpg".to_owned(),
            metadata: Metadata::default(),
            licenses: Vec::new(),
            contexts: Vec::new(),
            policy: Policy::default(),
            risks: Vec::new(),
            rejected_for: Vec::new(),
            held: None,
            uses: None,
            site: Site::NoneKnown,
            marked: None,
            seen_hours: i64::MAX / 4_000_000,
        };
        for fact in [
            "title Green tin of tea",
            "alt A green tin of tea on an oak shelf beside two cups",
            "source Photograph by the studio, spring shoot",
            "rights Own work of the studio, contract 12",
            "reviewed 2026-01-20 by mia",
            "owner anna",
            "placements homepage-hero",
            "expires 2026-11-30",
            "review 2026-11-01",
            "license studio",
            "campaign/spring",
            "packaging/tin",
            "brand/house",
            "claim/none",
        ] {
            good.tell(fact)?;
        }
        Ok(good)
    }

    fn tell(&mut self, fact: &str) -> Result<(), String> {
        let (word, rest) = fact.split_once(' ').unwrap_or((fact, ""));
        let words: Vec<_> = rest.split_whitespace().collect();
        let text = || Some(rest.to_owned()).filter(|text| text != "none");
        match (word, words.as_slice()) {
            ("state", [name]) => self.state = state(name, None)?,
            ("state", [name, was]) => self.state = state(name, Some(was))?,
            ("since", [day]) => self.since = self.instant(day)?,
            ("files", ["missing"]) => self.files_missing = true,
            ("name", [name]) => (*name).clone_into(&mut self.name),
            ("zone", [name]) => self.policy.zone = Zone::named(name).map_err(|e| e.to_string())?,
            ("policy", [name, value]) => self.set_policy(name, value)?,
            ("rejected-for", [placement]) => {
                let (placement, by) = ((*placement).to_owned(), "nina".to_owned());
                let (code, reason) = (None, Some("too dark".to_owned()));
                let at = self.instant("2026-05-01")?;
                self.rejected_for.push(PlacementRejection { placement, code, reason, by, at });
            }
            ("risk", [name]) => {
                let risk = Risk::named(name).ok_or("no such risk")?;
                let (note, by, at) = (None, "li".to_owned(), self.instant("2026-05-01")?);
                self.risks.push(OpenRisk { risk, note, by, at });
            }
            ("held", _) => self.held = text(),
            ("uses", statuses) => self.uses = Some(uses(statuses)?),
            ("site", ["known"]) => self.site = Site::Known,
            ("marked", [at]) => self.marked = Some(self.instant(at)?),
            ("seen", [hours, "hours"]) => self.seen_hours = number(hours)?,
            ("without", keys) => self.unlink(keys),
            ("license", [key, terms @ ..]) => self.license(key, terms)?,
            (key, change) if key.contains('/') => self.context(key, change)?,
            _ => self.describe(word, rest)?,
        }
        Ok(())
    }

    fn describe(&mut self, field: &str, rest: &str) -> Result<(), String> {
        let text = Some(rest.to_owned()).filter(|text| text != "none");
        let day = || text.as_deref().map(str::parse).transpose();
        let day = || day().map_err(|error| format!("{error}"));
        let zone = self.policy.zone.clone();
        let dates = &mut self.metadata.dates;
        match field {
            "title" => self.metadata.title = text,
            "alt" => {
                self.metadata.alt = text.map(|text| ("en".to_owned(), text)).into_iter().collect();
            }
            "source" => self.metadata.source_note = text,
            "rights" => self.metadata.rights_note = text,
            "reviewed" => {
                let by = text.as_deref().and_then(|text| text.split_once(" by "));
                self.metadata.rights_reviewed_by = by.map(|(_, by)| by.to_owned());
                self.metadata.rights_reviewed_on = by.and_then(|(on, _)| on.parse().ok());
            }
            "owner" => self.metadata.owner = text,
            "placements" => {
                let placements = text.as_deref().unwrap_or_default().split_whitespace();
                self.metadata.placements = placements.map(str::to_owned).collect();
            }
            "starts" => {
                dates.starts_on = day()?;
                dates.starts_at = dates.starts_on.map(|on| zone.start_of(on));
            }
            "expires" => {
                dates.expires_on = day()?;
                dates.expires_at = dates.expires_on.map(|on| zone.cutoff(on));
            }
            "review" => {
                dates.review_on = day()?;
                dates.review_at = dates.review_on.map(|on| zone.start_of(on));
            }
            "no-expiry" => dates.no_expiry_reason = text,
            _ => return Err("is no fact".to_owned()),
        }
        Ok(())
    }

    fn set_policy(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "stale-draft-days" => self.policy.stale_draft_days = number(value)?,
            "review-grace-days" => self.policy.review_grace_days = Some(number(value)?),
            "territories" => {
                let codes: Vec<_> = value.split(',').collect();
                self.policy.territories = countries(&codes)?.into_iter().collect();
            }
            "unknown-uses" => {
                use shelflife::domain::cleanup::UnknownUses;
                let named = UnknownUses::ALL.into_iter().find(|uses| uses.name() == value);
                self.policy.unknown_uses = named.ok_or("no such word")?;
            }
            _ => return Err("no such policy".to_owned()),
        }
        Ok(())
    }

    fn unlink(&mut self, keys: &[&str]) {
        let named = |key: &str| keys.contains(&key);
        self.licenses.retain(|license| !named(&license.key) && !named("licenses"));
        self.contexts.retain(|(context, _)| !named(&context.key.to_string()));
    }

    fn license(&mut self, key: &str, terms: &[&str]) -> Result<(), String> {
        let at = self.licenses.iter().position(|license| license.key == key);
        let at = at.unwrap_or(self.licenses.len());
        if at == self.licenses.len() {
            let id = 1 + self.licenses.iter().map(|license| license.id).max().unwrap_or(0);
            self.licenses.push(license(id, key, &self.policy.zone)?);
        }
        let zone = self.policy.zone.clone();
        let license = &mut self.licenses[at];
        match terms {
            [] => {}
            ["begins", day] => license.starts_at = Some(instant(day, &zone)?),
            ["ends", "unknown"] => (license.ends_at, license.perpetual) = (None, false),
            ["ends", "never"] => (license.ends_at, license.perpetual) = (None, true),
            ["ends", day] => {
                license.ends_at = Some(zone.cutoff(day.parse().map_err(|e| format!("{e}"))?));
            }
            ["placements", codes @ ..] => license.placements = scope(codes),
            ["territories", codes @ ..] => license.territories = territories(codes)?,
            ["excludes", "placements", names @ ..] => {
                license.excluded.placements = names.iter().map(ToString::to_string).collect();
            }
            ["excludes", "territories", codes @ ..] => {
                license.excluded.territories = countries(codes)?.into_iter().collect();
            }
            ["unreviewed"] => license.reviewed_by = None,
            _ => return Err("is no term of a license".to_owned()),
        }
        Ok(())
    }

    fn context(&mut self, key: &str, change: &[&str]) -> Result<(), String> {
        let at = self.contexts.iter().position(|(context, _)| context.key.to_string() == key);
        let at = at.unwrap_or(self.contexts.len());
        let zone = self.policy.zone.clone();
        if at == self.contexts.len() {
            let id = 1 + self.contexts.iter().map(|(context, _)| context.id).max().unwrap_or(0);
            self.contexts.push((context(id, key)?, Some(1)));
        }
        let (context, pinned) = &mut self.contexts[at];
        match change {
            [] => {}
            ["unpinned"] => *pinned = None,
            ["pinned", revision] => *pinned = Some(number(revision)?),
            ["rule", rule] => context.rule = ContextRule::named(rule).ok_or("no such rule")?,
            ["begins", day] => {
                context.starts_on = day.parse().ok();
                context.starts_at = Some(instant(day, &zone)?);
            }
            ["ends", day] => {
                let on = day.parse().map_err(|e| format!("{e}"))?;
                (context.ends_on, context.ends_at) = (Some(on), Some(zone.cutoff(on)));
            }
            ["revised", day] => context.revisions.push(Revision {
                number: context.next_number(),
                effective_at: instant(day, &zone)?,
                note: "it is another one".to_owned(),
                facts: ContextFacts::new(),
            }),
            _ => return Err("is nothing that happens to a context".to_owned()),
        }
        Ok(())
    }

    fn instant(&self, text: &str) -> Result<Timestamp, String> {
        instant(text, &self.policy.zone)
    }

    pub(super) fn facts(&self) -> Facts {
        let dates = &self.metadata.dates;
        let link = |(context, pinned): &(Context, Option<i64>)| ContextLink {
            context: context.id,
            pinned: *pinned,
        };
        Facts {
            state: self.state,
            since: self.since,
            files_missing: self.files_missing,
            starts_at: dates.starts_at,
            expires_at: dates.expires_at,
            review_at: dates.review_at,
            licenses: self.licenses.iter().map(|license| license.id).collect(),
            contexts: self.contexts.iter().map(link).collect(),
            risks: self.risks.clone(),
            rejected_for: self.rejected_for.clone(),
        }
    }

    pub(super) fn world(&self) -> World {
        let contexts = self.contexts.iter().map(|(context, _)| (context.id, context.clone()));
        World {
            licenses: self.licenses.iter().map(|license| (license.id, license.clone())).collect(),
            contexts: contexts.collect(),
        }
    }
}

pub(super) fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn state(name: &str, was: Option<&str>) -> Result<State, String> {
    State::named(name, was).ok_or_else(|| "no such state".to_owned())
}

fn scope(codes: &[&str]) -> Scope {
    match codes {
        ["unknown"] => Scope::Unknown,
        ["any" | "worldwide"] => Scope::Unrestricted,
        codes => Scope::Only(codes.iter().map(|code| (*code).to_owned()).collect()),
    }
}

fn territories(codes: &[&str]) -> Result<Scope, String> {
    match codes {
        ["unknown" | "worldwide"] => Ok(scope(codes)),
        codes => countries(codes).map(Scope::Only),
    }
}

/// The countries that codes stand for: their own, or all of a group.
pub(super) fn countries(codes: &[&str]) -> Result<Vec<String>, String> {
    let codes = codes.iter().map(|code| codes_of(code).map_err(|why| why.to_string()));
    let codes: Vec<_> = codes.collect::<Result<_, _>>()?;
    Ok(codes.into_iter().flatten().map(ToString::to_string).collect())
}

fn uses(words: &[&str]) -> Result<Uses, String> {
    match words {
        ["unknown"] => Ok(Uses::Unknown { sources: Vec::new(), missing: Vec::new() }),
        ["not-found"] => Ok(Uses::NotFound { sources: Vec::new(), not_looked_at: Vec::new() }),
        words => {
            let status =
                |word: &&str| Status::named(word).ok_or_else(|| format!("no status {word}"));
            let statuses = words.iter().map(status).collect::<Result<_, _>>()?;
            Ok(Uses::Used(Statuses { statuses }))
        }
    }
}

/// Through 2026-12-31 in Germany and Austria, for two placements, reviewed.
fn license(id: i64, key: &str, zone: &Zone) -> Result<License, String> {
    let last = "2026-12-31".parse().map_err(|error| format!("{error}"))?;
    Ok(License {
        id,
        key: key.to_owned(),
        version: 1,
        holder: Some("The studio".to_owned()),
        document: Some("contract-12.pdf".to_owned()),
        note: None,
        zone: None,
        starts_on: None,
        ends_on: Some(last),
        starts_at: None,
        ends_at: Some(zone.cutoff(last)),
        perpetual: false,
        territories: scope(&["AT", "DE"]),
        placements: scope(&["homepage-hero", "support"]),
        excluded: Exclusions::default(),
        credit: None,
        reviewed_by: Some("mia".to_owned()),
        reviewed_on: "2026-01-20".parse().ok(),
    })
}

/// Added on 2026-01-01, without a window, with the rule of its kind.
fn context(id: i64, key: &str) -> Result<Context, String> {
    let key: shelflife::domain::context::ContextKey = key.parse().map_err(|e| format!("{e}"))?;
    let effective_at = instant("2026-01-01", &Zone::utc())?;
    Ok(Context {
        id,
        version: 1,
        title: None,
        owner: Some("anna".to_owned()),
        rule: key.kind.default_rule(),
        zone: None,
        starts_on: None,
        ends_on: None,
        starts_at: None,
        ends_at: None,
        revisions: vec![Revision {
            number: 1,
            effective_at,
            note: "added".to_owned(),
            facts: ContextFacts::new(),
        }],
        key,
    })
}

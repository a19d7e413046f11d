//! References in saved answers of the REST API: posts of every type, comments, terms, widgets,
//! menus, settings, users, styles and whatever else is JSON.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde_json::{Map, Value};

use super::found::{Outbox, post_status};
use super::mention::Mentions;
use super::site::{Site, host_of};
use super::values::scan_json;
use super::wxr::scan_text;
use crate::domain::reference::{Area, Holder, Means, Status, is_address};
use crate::exports::json::entries::{Entries, Found};
use crate::exports::{ExportError, Place};

type Object = Map<String, Value>;

/// Reads one file of answers into the outbox, an entry at a time.
#[derive(Debug)]
pub(super) struct RestReferences<R> {
    entries: Entries<R>,
    /// How many entries of each kind the file holds.
    counts: BTreeMap<Kind, usize>,
    /// The route that the name of the file speaks of, for lists without an entry.
    route: Option<Kind>,
}

/// What the API gave, over all files of a source.
#[derive(Debug, Default)]
pub(super) struct Tally {
    kinds: BTreeMap<Kind, Seen>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    /// Some answer was an editor's, with texts as they are stored.
    is_raw: bool,
    /// Some entry is not published: drafts were asked for.
    has_drafts: bool,
    /// Some file of it may be the last page of a list.
    has_end: bool,
}

/// What an entry is, as far as it matters for what was looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Post,
    Page,
    Pattern,
    Navigation,
    OtherPost,
    Attachment,
    Revision,
    Comment,
    Category,
    Tag,
    OtherTerm,
    Widget,
    MenuItem,
    Settings,
    User,
    Other,
}

/// Routes by the words in names of files; a longer one before one that it begins with.
const ROUTES: [(&str, Kind); 8] = [
    ("posts", Kind::Post),
    ("pages", Kind::Page),
    ("blocks", Kind::Pattern),
    ("navigation", Kind::Navigation),
    ("comments", Kind::Comment),
    ("categories", Kind::Category),
    ("tags", Kind::Tag),
    ("widgets", Kind::Widget),
];
/// A list with a multiple of so many entries is likely to go on: people ask for round pages.
const ROUND_PAGES: [usize; 2] = [10, 25];

/// Fields that name the entry itself, or others, but use nothing.
const NO_USES: [&str; 13] = [
    "_links",
    "guid",
    "link",
    "slug",
    "title",
    "content",
    "excerpt",
    "featured_media",
    "avatar_urls",
    "permalink_template",
    "author_avatar_urls",
    "rendered_form",
    "routes",
];
/// Fields of an attachment that are about itself.
const OWN: [&str; 6] =
    ["source_url", "media_details", "description", "caption", "alt_text", "missing_image_sizes"];

impl<R: BufRead> RestReferences<R> {
    pub(super) fn new(name: &str, source: R) -> Self {
        let file = name.rsplit('/').next().unwrap_or_default();
        let route = if file.contains("menu-items") || file.contains("menu_items") {
            Some(Kind::MenuItem)
        } else {
            ROUTES.iter().find(|(word, _)| file.contains(word)).map(|(_, kind)| *kind)
        };
        Self { entries: Entries::new(source), counts: BTreeMap::new(), route }
    }

    /// Reads on. `false` at the end of the file.
    pub(super) fn advance(
        &mut self,
        (site, tally): (&mut Site, &mut Tally),
        out: &mut Outbox,
    ) -> Result<bool, ExportError> {
        let line = self.entries.line();
        let found = self
            .entries
            .find_next()
            .map_err(|source| ExportError::Read { place: Place::line(line), source })?;
        let line = self.entries.begun();
        match found {
            Some(Found::Entry) => self.entry(line, (site, tally), out),
            Some(Found::TooLong) => out.gap(line, "an entry is too long"),
            Some(Found::CutOff | Found::OpenArray) => out.gap(line, "the answer is cut off"),
            Some(Found::Stray) => out.gap(line, "something here is not JSON"),
            // PHP writes them before the answer, which is whole behind them.
            Some(Found::Preface) => {}
            None if self.entries.has_document() => self.finish(tally),
            None => out.gap(0, "this is no answer of the API: it holds no JSON"),
        }
        Ok(found.is_some())
    }

    fn entry(&mut self, line: u64, (site, tally): (&mut Site, &mut Tally), out: &mut Outbox) {
        match serde_json::from_slice(self.entries.text()) {
            Ok(value) => self.value(value, line, (site, tally), out),
            Err(_) => out.gap(line, "an entry is not JSON"),
        }
    }

    /// An entry, or several: lists in a list, or a list that PHP wrote as an object.
    fn value(
        &mut self,
        value: Value,
        line: u64,
        (site, tally): (&mut Site, &mut Tally),
        out: &mut Outbox,
    ) {
        match value {
            Value::Array(values) => {
                for value in values {
                    self.value(value, line, (site, tally), out);
                }
            }
            Value::Object(object) if is_list(&object) => {
                for (_, value) in object {
                    self.value(value, line, (site, tally), out);
                }
            }
            Value::Object(object) if is_refusal(&object) => {
                out.gap(line, "the answer is a refusal");
            }
            Value::Object(object) => {
                let kind = kind_of(&object);
                *self.counts.entry(kind).or_default() += 1;
                tally.see(kind, &object);
                learn_site(&object, site, out);
                give_object(kind, &object, site, out);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// A list that is no full page is the end of what it lists; an empty one is of its file's name.
    fn finish(&self, tally: &mut Tally) {
        if let Some(route) = self.route.filter(|_| self.counts.is_empty()) {
            let seen = Seen { is_raw: true, has_drafts: false, has_end: true };
            tally.kinds.entry(route).or_insert(seen).has_end = true;
        }
        for (kind, count) in &self.counts {
            let seen = tally.kinds.entry(*kind).or_default();
            let is_round = ROUND_PAGES.iter().any(|page| count.is_multiple_of(*page));
            // The API gives all widgets at once.
            seen.has_end |= !is_round || *kind == Kind::Widget;
        }
    }
}

impl Tally {
    fn see(&mut self, kind: Kind, object: &Object) {
        let seen = self.kinds.entry(kind).or_default();
        let raw = |name: &str| object.get(name).and_then(|field| field.get("raw")).is_some();
        seen.is_raw |= raw("content") || raw("title") || raw("instance");
        seen.has_drafts |= text(object, "status").is_some_and(|status| status != "publish");
    }

    /// What the answers show as a whole.
    pub(super) fn areas(&self) -> Vec<Area> {
        let whole = |kind| self.kinds.get(&kind).copied().filter(|seen| seen.has_end);
        let both = |kinds: [Kind; 2], is: fn(Seen) -> bool| {
            kinds.into_iter().all(|kind| whole(kind).is_some_and(is))
        };
        let posts = [Kind::Post, Kind::Page];
        let shown = [
            (Area::Published, both(posts, |_| true)),
            (Area::Unpublished, both(posts, |seen| seen.is_raw && seen.has_drafts)),
            (Area::FeaturedImages, both(posts, |seen| seen.is_raw && seen.has_drafts)),
            (Area::Patterns, both([Kind::Pattern, Kind::Navigation], |seen| seen.is_raw)),
            (Area::TermDescriptions, both([Kind::Category, Kind::Tag], |_| true)),
            (Area::Comments, whole(Kind::Comment).is_some_and(|seen| seen.is_raw)),
            (Area::Widgets, whole(Kind::Widget).is_some_and(|seen| seen.is_raw)),
            (Area::Menus, whole(Kind::MenuItem).is_some()),
            (Area::SiteIdentity, self.kinds.contains_key(&Kind::Settings)),
        ];
        shown.into_iter().filter(|(_, is_shown)| *is_shown).map(|(area, _)| area).collect()
    }
}

/// `{"0":{…},"1":{…}}`
fn is_list(object: &Object) -> bool {
    let is_number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
    !object.is_empty() && object.iter().all(|(name, value)| is_number(name) && value.is_object())
}

/// `{"code":"rest_forbidden","message":…,"data":{"status":401}}`
fn is_refusal(object: &Object) -> bool {
    let has = |name: &str| object.contains_key(name);
    has("code") && has("message") && (has("data") || !has("id"))
}

fn kind_of(object: &Object) -> Kind {
    let has = |name: &str| object.contains_key(name);
    let kind = text(object, "type").unwrap_or_default();
    if has("media_type") && has("source_url") {
        Kind::Attachment
    } else if has("id_base") && has("sidebar") {
        Kind::Widget
    } else if has("object_id") && has("menu_order") {
        Kind::MenuItem
    } else if has("taxonomy") {
        match text(object, "taxonomy") {
            Some("category") => Kind::Category,
            Some("post_tag") => Kind::Tag,
            _ => Kind::OtherTerm,
        }
    } else if has("author_name") && has("post") {
        Kind::Comment
    } else if has("content") || has("excerpt") {
        match kind {
            "post" => Kind::Post,
            "page" => Kind::Page,
            "wp_block" => Kind::Pattern,
            "wp_navigation" => Kind::Navigation,
            "" if has("parent") && !has("status") => Kind::Revision,
            _ => Kind::OtherPost,
        }
    } else if has("default_category") || has("site_logo") || has("site_icon") {
        Kind::Settings
    } else if has("avatar_urls") {
        Kind::User
    } else {
        Kind::Other
    }
}

/// The root of the API and the settings say which site it is; every entry links to its own.
fn learn_site(object: &Object, site: &mut Site, out: &mut Outbox) {
    if out.reading.site.is_some() {
        return;
    }
    let of_root = text(object, "home").or_else(|| text(object, "url"));
    let own_link = object
        .get("_links")
        .and_then(|links| links.get("self")?.get(0)?.get("href")?.as_str())
        .or(of_root.filter(|_| kind_of(object) == Kind::Settings));
    if let Some(host) = own_link.and_then(host_of) {
        site.add_host(&host);
        out.reading.site = Some(host);
    }
}

fn text<'v>(object: &'v Object, name: &str) -> Option<&'v str> {
    object.get(name).and_then(Value::as_str)
}

fn number(object: &Object, name: &str) -> Option<i64> {
    let value = object.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn give_object(kind: Kind, object: &Object, site: &Site, out: &mut Outbox) {
    let mut mentions = Mentions::default();
    for field in ["content", "excerpt"] {
        scan_rendered(object.get(field), site, &mut mentions);
    }
    let featured = number(object, "featured_media").unwrap_or_default();
    mentions.add_attachment(featured, Means::FeaturedImage, "featured_media");
    match kind {
        Kind::Attachment => {
            out.child(number(object, "id"), number(object, "post"));
            let file =
                object.get("media_details").and_then(|details| details.get("file")?.as_str());
            let address = text(object, "source_url").unwrap_or_default();
            out.attachment(address, file.unwrap_or_default(), site);
            for field in ["caption", "description"] {
                let raw = object.get(field).and_then(|field| field.get("raw")?.as_str());
                scan_text(raw.unwrap_or_default(), site, &mut mentions);
            }
        }
        Kind::MenuItem if text(object, "object") == Some("attachment") => {
            let item = number(object, "object_id").unwrap_or_default();
            mentions.add_attachment(item, Means::MenuItem, "");
        }
        Kind::Widget => return give_widget(object, site, out),
        _ => {}
    }
    for (name, value) in object {
        let is_own = kind == Kind::Attachment && OWN.contains(&name.as_str());
        if !NO_USES.contains(&name.as_str()) && !is_own {
            scan_json(name, value, site, &mut mentions);
        }
    }
    if !mentions.is_empty() {
        out.give(&holder_of(kind, object, &out.file.clone()), mentions);
    }
}

/// A text that the API gives as stored, as rendered, or both: each shows what the other hides.
fn scan_rendered(field: Option<&Value>, site: &Site, mentions: &mut Mentions) {
    let Some(field) = field else { return };
    for form in [field.get("raw"), field.get("rendered"), Some(field)] {
        if let Some(text) = form.and_then(Value::as_str) {
            scan_text(text, site, mentions);
        }
    }
}

fn give_widget(object: &Object, site: &Site, out: &mut Outbox) {
    let mut mentions = Mentions::default();
    let base = format!("widget_{}", text(object, "id_base").unwrap_or_default());
    if let Some(raw) = object.get("instance").and_then(|instance| instance.get("raw")) {
        scan_json(&base, raw, site, &mut mentions);
    }
    scan_text(text(object, "rendered").unwrap_or_default(), site, &mut mentions);
    let is_inactive = text(object, "sidebar") == Some("wp_inactive_widgets");
    let holder = Holder {
        kind: "widget".to_owned(),
        id: text(object, "id").unwrap_or_default().to_owned(),
        label: text(object, "sidebar").unwrap_or_default().to_owned(),
        address: None,
        status: if is_inactive { Status::Draft } else { Status::Published },
    };
    out.give(&holder, mentions);
}

fn holder_of(kind: Kind, object: &Object, file: &str) -> Holder {
    let title = object.get("title").or_else(|| object.get("name"));
    let title = title.and_then(|title| {
        let forms = [title.get("raw"), title.get("rendered"), Some(title)];
        forms.into_iter().flatten().find_map(Value::as_str)
    });
    let own_type = text(object, "type").unwrap_or_default();
    let word = match kind {
        Kind::Revision => "revision",
        Kind::Comment => "comment",
        Kind::Category | Kind::Tag | Kind::OtherTerm => "term",
        Kind::Settings => "settings",
        Kind::User => "user",
        Kind::MenuItem => "nav_menu_item",
        Kind::Attachment => "attachment",
        Kind::Other if object.contains_key("styles") => "wp_global_styles",
        Kind::Other => "answer",
        _ if own_type.is_empty() => "post",
        _ => own_type,
    };
    let id = object.get("id").map(|id| match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let is_protected = object
        .get("content")
        .is_some_and(|content| content.get("protected") == Some(&Value::Bool(true)));
    let has_password =
        is_protected || text(object, "password").is_some_and(|word| !word.is_empty());
    let (status, link) = (text(object, "status").unwrap_or("publish"), text(object, "link"));
    Holder {
        id: id.unwrap_or_else(|| if word == "answer" { file.to_owned() } else { String::new() }),
        label: title.or(link).unwrap_or_default().to_owned(),
        address: title.and(link).filter(|link| is_address(link)).map(str::to_owned),
        status: post_status(word, status, has_password),
        kind: word.to_owned(),
    }
}

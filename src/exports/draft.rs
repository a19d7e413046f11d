//! What a record says of an attachment, before it is judged.

use super::problem::listed;
use super::url::{claim_url, upload_path};
use super::{Defect, Item, MAX_TEXT, MediaDetails, Place, details};

/// A text with the name of its field in the export.
pub(super) type Claim = Option<(&'static str, String)>;

/// The fields of a record, as far as an export has them.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) place: Place,
    pub(super) id: Claim,
    pub(super) parent: Claim,
    pub(super) file: Claim,
    /// The URL of the file that is served.
    pub(super) url: Claim,
    /// The URL under which it was uploaded, which stays whatever becomes of the file.
    pub(super) guid: Claim,
    pub(super) title: Claim,
    pub(super) alt: Claim,
    pub(super) caption: Claim,
    pub(super) description: Claim,
    pub(super) slug: Option<String>,
    pub(super) status: Option<String>,
    pub(super) mime: Option<String>,
    pub(super) posted: Option<String>,
    pub(super) posted_utc: Option<String>,
    pub(super) details: Option<MediaDetails>,
    pub(super) defects: Vec<Defect>,
}

impl Draft {
    /// Judges each claim by itself: one that is refused leaves the others.
    pub(super) fn finish(mut self) -> Item {
        let attachment = self.take_id();
        let served = self.url.take().and_then(|(field, url)| self.claim_url(field, &url));
        let file = self.take_file(served.as_deref());
        let guid = self.guid.take().filter(|_| served.is_none());
        let guid = guid.and_then(|(field, url)| self.claim_url(field, &url));
        let item = Item {
            attachment,
            title: self.text(|draft| &mut draft.title),
            alt: self.text(|draft| &mut draft.alt),
            caption: self.text(|draft| &mut draft.caption),
            description: self.text(|draft| &mut draft.description),
            slug: trimmed(self.slug.take()),
            status: trimmed(self.status.take()),
            url: served.or(guid),
            file,
            mime: trimmed(self.mime.take()).filter(|mime| !mime.is_empty()),
            posted: date(self.posted.take()),
            posted_utc: date(self.posted_utc.take()),
            parent: self.take_parent(),
            details: self.details.take().filter(|details| *details != MediaDetails::default()),
            bytes: None,
            place: self.place.clone(),
            problems: Vec::new(),
        };
        let found = self.defects.into_iter().map(|defect| (self.place.clone(), defect)).collect();
        Item { problems: listed(found, attachment), ..item }
    }

    fn take_id(&mut self) -> Option<i64> {
        let (field, text) = self.id.take()?;
        self.number(field, &text)
    }

    /// `0` and an empty text mean "uploaded to no post".
    fn take_parent(&mut self) -> Option<i64> {
        let (field, text) = self.parent.take().filter(|(_, text)| !text.trim().is_empty())?;
        self.number(field, &text)
    }

    fn number(&mut self, field: &'static str, text: &str) -> Option<i64> {
        let number = text.trim().parse::<i64>().ok().filter(|number| *number >= 0);
        if number.is_none() {
            let text = super::problem::shown(text);
            self.defects.push(Defect::NotANumber { field, text });
        }
        number.filter(|number| *number > 0)
    }

    fn claim_url(&mut self, field: &'static str, url: &str) -> Option<String> {
        claim_url(field, url, &mut self.defects)
    }

    /// What names the file; where nothing does, its URL.
    fn take_file(&mut self, url: Option<&str>) -> Option<crate::domain::path::RelPath> {
        if let Some((field, file)) = self.file.take().filter(|(_, file)| !file.trim().is_empty()) {
            let claimed = details::claim(field, file.trim());
            return claimed.map_err(|defect| self.defects.push(defect)).ok();
        }
        let of_details = self.details.as_ref().and_then(|details| details.file.clone());
        of_details.or_else(|| upload_path(url?))
    }

    fn text(&mut self, of: impl FnOnce(&mut Self) -> &mut Claim) -> Option<String> {
        let (field, mut text) = of(self).take()?;
        if text.len() > MAX_TEXT {
            text.truncate(text.floor_char_boundary(MAX_TEXT));
            self.defects.push(Defect::TooLong { field, limit: MAX_TEXT });
        }
        Some(text)
    }
}

fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
}

/// A date as WordPress stores it: REST parts date and time by a `T`, and a date of zeros is none.
fn date(text: Option<String>) -> Option<String> {
    let date = trimmed(text)?.replacen('T', " ", 1);
    (!date.is_empty() && !date.starts_with("0000-00-00")).then_some(date)
}

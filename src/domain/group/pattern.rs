//! The second proof: a file's name, its pixels, and a base that is here.

use std::collections::BTreeSet;

use super::folder::{Alike, Entry, Folder};
use super::name::{self, Format, Kind, Suffix};
use super::{Doubt, Proof, Verdict, Verdicts};
use crate::domain::asset::Role;

/// What one way of reading a name comes to.
enum Reading<'f, 'a> {
    /// The name is not of this kind, or its base is not here.
    No,
    Fits(&'f Entry<'a>),
    Unsure(Vec<&'f Entry<'a>>, Doubt),
}

/// How sure the base is the file that the name means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Upload,
    /// What WordPress made of the upload stands in for it.
    StandIn,
    /// Only what the missing base is named after is here.
    Gone,
}

struct Bases<'f, 'a> {
    alike: Alike,
    files: Vec<&'f Entry<'a>>,
    standing: Standing,
}

/// Judges every file that has no verdict yet, and main files whose upload is not listed.
pub(super) fn judge_rest<'a>(folder: &Folder<'a>, verdicts: &mut Verdicts<'a>) {
    let uploaded = |entry: &Entry<'a>| verdicts.get(entry.bytes()) == Some(&Verdict::Upload);
    let twins = folder
        .entries()
        .filter(|entry| !uploaded(entry) && matches!(twin_beside(folder, entry), Reading::Fits(_)))
        .map(Entry::bytes)
        .collect();
    let patterns = Patterns { folder, twins };
    let judged: Verdicts<'a> = folder
        .entries()
        .filter(|entry| match verdicts.get(entry.bytes()) {
            None => true,
            Some(Verdict::Upload) => patterns.has_unlisted_upload(entry, verdicts),
            Some(_) => false,
        })
        .map(|entry| (entry.bytes(), patterns.judge(entry)))
        .collect();
    verdicts.extend(judged);
}

struct Patterns<'f, 'a> {
    folder: &'f Folder<'a>,
    /// Files that are the twin of another one by name and pixels.
    twins: BTreeSet<&'a [u8]>,
}

impl<'f, 'a> Patterns<'f, 'a> {
    /// Tries every reading of the name: the likeliest that fits wins, else the first doubt counts.
    fn judge(&self, entry: &Entry<'a>) -> Verdict<'a> {
        let by_suffix = |suffixed| (suffixed, suffix_role(entry));
        let (alike, suffixed) = self.suffixed(entry);
        let appended = (appended_twin(self.folder, entry), Role::Twin);
        let beside = (twin_beside(self.folder, entry), Role::Twin);
        let readings = if alike <= Alike::ButForCase {
            [appended, by_suffix(suffixed), beside]
        } else {
            [appended, beside, by_suffix(suffixed)]
        };
        let mut doubt = None;
        for (reading, role) in readings {
            match reading {
                Reading::No => {}
                Reading::Fits(base) => {
                    return Verdict::MadeOf {
                        base: base.bytes(),
                        role,
                        proof: Proof::NameAndPixels,
                    };
                }
                Reading::Unsure(bases, why) => {
                    doubt = doubt.or_else(|| {
                        let candidates = bases.into_iter().map(Entry::bytes).collect();
                        Some(Verdict::Doubtful { candidates, why })
                    });
                }
            }
        }
        doubt.unwrap_or(Verdict::Upload)
    }

    /// Whether a main file was made of an upload that no attachment lists.
    ///
    /// REST leaves out what an edit replaced, and a damaged export leaves out `original_image`.
    fn has_unlisted_upload(&self, entry: &Entry<'a>, listed: &Verdicts<'a>) -> bool {
        let made_by_wordpress =
            matches!(entry.name.suffix, Some((_, Suffix::Edited | Suffix::Scaled)));
        made_by_wordpress
            && matches!(self.judge(entry), Verdict::MadeOf { base, .. } if !listed.contains_key(base))
    }

    /// Reads `x-300x200.jpg`, `x-scaled.jpg` and so on, and says how alike the extensions are.
    fn suffixed(&self, entry: &Entry<'a>) -> (Alike, Reading<'f, 'a>) {
        let no = (Alike::BothPictures, Reading::No);
        let Some((stem, suffix)) = entry.name.suffix else { return no };
        if suffix == Suffix::Preview {
            return (Alike::Exactly, self.preview(entry, stem));
        }
        let Some(bases) = self.bases(stem, entry) else { return no };
        let stands_in_itself = bases.files.iter().any(|base| base.bytes() == entry.bytes());
        if stands_in_itself {
            return no;
        }
        let reading = self.weigh(entry, suffix, &bases);
        let own_sizes = !entry.name.appended && !self.folder.own_sizes(entry).is_empty();
        let reading = if own_sizes { despite_own_sizes(reading, suffix) } else { reading };
        (bases.alike, reading)
    }

    /// The files that a suffix after `stem` can refer to, the closest in format.
    fn bases(&self, stem: &'a [u8], entry: &Entry<'a>) -> Option<Bases<'f, 'a>> {
        let mut stem = stem;
        let mut gone = false;
        // A name such as `x-scaled-e1700000000000-300x200.jpg` with only `x.jpg` left.
        for _ in 0..3 {
            if let Some(found) = self.bases_named(stem, entry) {
                let standing = if gone { Standing::Gone } else { found.standing };
                return Some(Bases { standing, ..found });
            }
            let (shorter, suffix) = name::suffix(stem)?;
            if suffix == Suffix::Preview {
                let files: Vec<_> = self.folder.found(Kind::Whole, shorter, Format::Pdf).collect();
                let standing = Standing::StandIn;
                return (!files.is_empty()).then_some(Bases {
                    alike: Alike::Exactly,
                    files,
                    standing,
                });
            }
            gone |= !matches!(suffix, Suffix::Edited | Suffix::Scaled);
            stem = shorter;
        }
        None
    }

    fn bases_named(&self, stem: &[u8], entry: &Entry<'a>) -> Option<Bases<'f, 'a>> {
        let kinds = [Kind::Whole, Kind::Appended, Kind::Scaled, Kind::Rotated, Kind::Edited];
        let twin = |other: &Entry<'a>| self.twins.contains(other.bytes());
        kinds.into_iter().filter(|kind| *kind != Kind::Appended || entry.name.appended).find_map(
            |kind| {
                let extension = entry.name.extension;
                let (alike, files) = self.folder.nearest(kind, stem, extension, twin)?;
                let whole = matches!(kind, Kind::Whole | Kind::Appended);
                let standing = if whole { Standing::Upload } else { Standing::StandIn };
                Some(Bases { alike, files, standing })
            },
        )
    }

    /// Finds the one base that the pixels agree with.
    fn weigh(&self, entry: &Entry<'a>, suffix: Suffix, bases: &Bases<'f, 'a>) -> Reading<'f, 'a> {
        let mut fitting = Vec::new();
        let mut doubt = Doubt::OtherPixels;
        for &base in &bases.files {
            match self.check(entry, suffix, base, bases.standing) {
                Ok(()) => fitting.push(base),
                Err(why) => doubt = why,
            }
        }
        match fitting.as_slice() {
            [] => Reading::Unsure(bases.files.clone(), doubt),
            [base] => Reading::Fits(base),
            _ => Reading::Unsure(fitting, Doubt::SeveralBases),
        }
    }

    /// Whether the pixels bear out that `entry` is what its suffix says, made of `base`.
    fn check(
        &self,
        entry: &Entry<'a>,
        suffix: Suffix,
        base: &Entry<'a>,
        standing: Standing,
    ) -> Result<(), Doubt> {
        if standing == Standing::Gone {
            return Err(Doubt::BaseGone);
        }
        let own = entry.pixels().ok_or(Doubt::UnknownPixels)?;
        let whole = base.pixels().ok_or(Doubt::UnknownPixels);
        let stand_in = standing == Standing::StandIn;
        let agrees = match suffix {
            Suffix::Size(written) => {
                own == written && whole.map_or(true, |whole| own.fits_into(whole))
            }
            Suffix::DoubleSize(written) => own.is_double(written),
            Suffix::Double => own.is_double(whole?),
            Suffix::Scaled => own.is_reduced(whole?),
            Suffix::Rotated if stand_in => own.is_reduced(whole?) || whole?.is_reduced(own),
            Suffix::Rotated if own == whole?.turned() && self.shows_unturned(base) => {
                return Err(Doubt::BaseNotTurned);
            }
            Suffix::Rotated => own == whole? || own == whole?.turned(),
            Suffix::Edited => stand_in || own.longest() <= whole?.longest(),
            Suffix::Preview => true,
        };
        if agrees { Ok(()) } else { Err(Doubt::OtherPixels) }
    }

    /// Whether sizes lie or stand as their base's own pixels do: then WordPress did not turn it.
    fn shows_unturned(&self, base: &Entry<'a>) -> bool {
        let lies = base.pixels().map(|pixels| pixels.width.cmp(&pixels.height));
        let sizes = self.folder.own_sizes(base).into_iter();
        lies.is_some_and(|lies| {
            lies.is_ne() && sizes.map(|size| size.width.cmp(&size.height)).any(|size| size == lies)
        })
    }

    /// Reads `x-pdf.jpg`: the first page of `x.pdf`.
    fn preview(&self, entry: &Entry<'a>, stem: &[u8]) -> Reading<'f, 'a> {
        let pdfs: Vec<_> = self.folder.found(Kind::Whole, stem, Format::Pdf).collect();
        let previews = Format::PICTURES
            .into_iter()
            .flat_map(|format| self.folder.found(Kind::Preview, stem, format))
            .filter(|preview| !self.twins.contains(preview.bytes()));
        let only = previews.take(2).count() < 2;
        match pdfs.as_slice() {
            [] => Reading::No,
            [pdf] if only && entry.pixels().is_some() => Reading::Fits(pdf),
            [_] if only => Reading::Unsure(pdfs, Doubt::UnknownPixels),
            [_] => Reading::Unsure(pdfs, Doubt::SeveralPreviews),
            _ => Reading::Unsure(pdfs, Doubt::SeveralBases),
        }
    }
}

/// What a file is by its suffix, if that is borne out.
fn suffix_role(entry: &Entry<'_>) -> Role {
    match entry.name.suffix {
        _ if entry.name.appended => Role::Twin,
        Some((_, Suffix::Scaled)) => Role::Scaled,
        Some((_, Suffix::Rotated)) => Role::Rotated,
        Some((_, Suffix::Edited)) => Role::Edited,
        _ => Role::Size,
    }
}

/// Weighs a reading against sizes of the file's own, which only an upload has.
///
/// Edits get sizes from WordPress, and a `-scaled` file gets some from themes that start at the
/// file pages show.
fn despite_own_sizes<'f, 'a>(reading: Reading<'f, 'a>, suffix: Suffix) -> Reading<'f, 'a> {
    match (reading, suffix) {
        (reading, Suffix::Edited) | (reading @ Reading::Fits(_), Suffix::Scaled) => reading,
        (Reading::Fits(base), _) => Reading::Unsure(vec![base], Doubt::OwnSizes),
        (Reading::Unsure(_, Doubt::OtherPixels), _) => Reading::No,
        (reading, _) => reading,
    }
}

/// Reads `x.jpg.webp` beside `x.jpg`.
fn appended_twin<'f, 'a>(folder: &'f Folder<'a>, entry: &Entry<'a>) -> Reading<'f, 'a> {
    if !entry.name.appended {
        return Reading::No;
    }
    match folder.nearest(Kind::Whole, entry.name.stem, entry.name.extension, |_| false) {
        Some((Alike::Exactly | Alike::ButForCase, bases)) => match compare(entry, &bases) {
            Reading::No => Reading::Unsure(bases, Doubt::OtherPixels),
            reading => reading,
        },
        _ => Reading::No,
    }
}

/// Reads `x.webp` beside `x.jpg`.
fn twin_beside<'f, 'a>(folder: &'f Folder<'a>, entry: &Entry<'a>) -> Reading<'f, 'a> {
    let Some(format) = entry.name.format.filter(|_| !entry.name.appended) else {
        return Reading::No;
    };
    let mut doubt = Reading::No;
    for formats in format.twin_of() {
        let found = |format: &Format| folder.found(Kind::Whole, entry.name.stem, *format);
        let siblings: Vec<_> = formats.iter().flat_map(found).collect();
        match (compare(entry, &siblings), &doubt) {
            (fits @ Reading::Fits(_), _) => return fits,
            (unsure, Reading::No) => doubt = unsure,
            _ => {}
        }
    }
    doubt
}

/// Finds the one file with the same pixels. One that is the same lying on its side, or whose pixels
/// are unknown, leaves a doubt.
fn compare<'f, 'a>(entry: &Entry<'a>, bases: &[&'f Entry<'a>]) -> Reading<'f, 'a> {
    let mut same = Vec::new();
    let mut doubt = Reading::No;
    for &base in bases {
        match entry.pixels().zip(base.pixels()) {
            Some((own, whole)) if own == whole => same.push(base),
            Some((own, whole)) if own == whole.turned() => {
                doubt = Reading::Unsure(vec![base], Doubt::OtherPixels);
            }
            Some(_) => {}
            None => doubt = Reading::Unsure(vec![base], Doubt::UnknownPixels),
        }
    }
    match same.as_slice() {
        [] => doubt,
        [base] => Reading::Fits(base),
        _ => Reading::Unsure(same, Doubt::SeveralBases),
    }
}

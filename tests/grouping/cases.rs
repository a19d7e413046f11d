//! What single folders come to, written as one line each.
//!
//! A folder is a list of `NAME=WIDTHxHEIGHT`, or `NAME=?` if the pixels are unknown; `@7s` after it
//! says that the file was a size of asset 7 at the last scan (`o`riginal, `s`ize, `c`: scaled). An
//! outcome lists `ORIGINAL: MEMBER/ROLE …` and, after `?`, what is ambiguous and its candidates.

use shelflife::domain::asset::AssetId;
use shelflife::domain::group::Member;

use super::*;

#[track_caller]
fn check(folder: &str, expected: &str) {
    check_known(folder, &[], expected);
}

#[track_caller]
fn check_known(folder: &str, known: &[KnownAttachment], expected: &str) {
    let files: Vec<FolderFile> = folder.split_whitespace().map(read_file).collect();
    assert_eq!(shown(&plan_groups(&files, known)), expected, "\n{folder}");
}

fn read_file(text: &str) -> FolderFile {
    let (name, rest) = text.rsplit_once('=').unwrap();
    let (pixels, earlier) = rest.split_once('@').unwrap_or((rest, ""));
    let dimensions = pixels.split_once('x').map(|(width, height)| Dimensions {
        width: width.parse().unwrap(),
        height: height.parse().unwrap(),
    });
    let role = match earlier.chars().last() {
        Some('o') => Some(Role::Original),
        Some('s') => Some(Role::Size),
        Some('c') => Some(Role::Scaled),
        _ => None,
    };
    let number = earlier.trim_end_matches(char::is_alphabetic).parse();
    let earlier = role.map(|role| membership(AssetId(number.unwrap()), role));
    FolderFile {
        name: name.into(),
        content: Content { media_type: String::new(), dimensions },
        earlier,
    }
}

fn shown(grouping: &Grouping) -> String {
    let groups = grouping.groups.iter().map(|group| {
        let asset = group.asset.map(|asset| format!(" {asset}")).unwrap_or_default();
        let members: Vec<_> = group.members.iter().map(shown_member).collect();
        let gap = if members.is_empty() { "" } else { ": " };
        format!("{}{gap}{}{asset}", name_of(&group.original), members.join(" "))
    });
    let ambiguous = grouping.ambiguous.iter().map(|file| {
        let candidates: Vec<_> = file.candidates.iter().map(|name| name_of(name)).collect();
        format!("? {} {:?} {}", name_of(&file.name), file.why, candidates.join(" "))
    });
    groups.chain(ambiguous).collect::<Vec<_>>().join(" | ")
}

/// A member with its role, and `!` if only an earlier scan knows it.
fn shown_member(member: &Member) -> String {
    let mark = if member.proof == Proof::Earlier { "!" } else { "" };
    format!("{}/{}{mark}", name_of(&member.name), member.role.name())
}

fn attachment(id: i64, main: &str, upload: Option<&str>, sizes: &[&str]) -> KnownAttachment {
    KnownAttachment {
        id,
        main: main.into(),
        original_image: upload.map(Into::into),
        sizes: sizes.iter().map(|name| (*name).into()).collect(),
        backups: Vec::new(),
    }
}

#[test]
fn sizes_join_their_base_by_name_and_exact_pixels() {
    check("x.jpg=1200x800 x-300x200.jpg=300x200", "x.jpg: x-300x200.jpg/size");
    check("x.jpg=1200x800 x-150x150.jpg=150x150", "x.jpg: x-150x150.jpg/size");
    check("x.jpg=1400x1000 x-731x1024.jpg=731x1024", "x.jpg: x-731x1024.jpg/size");
    check("x.jpg=? x-300x200.jpg=300x200", "x.jpg: x-300x200.jpg/size");
    check("x.jpg=1200x800 x-300x200.jpg=300x199", "x.jpg | ? x-300x200.jpg OtherPixels x.jpg");
    check("x.jpg=1200x800 x-300x200.jpg=?", "x.jpg | ? x-300x200.jpg UnknownPixels x.jpg");
    check("x.jpg=200x100 x-300x200.jpg=300x200", "x.jpg | ? x-300x200.jpg OtherPixels x.jpg");
}

#[test]
fn a_size_without_a_base_is_an_original() {
    check("banner-300x250.jpg=300x250", "banner-300x250.jpg");
    check("banner-300x250.jpg=?", "banner-300x250.jpg");
    check(
        "banner-300x250.jpg=300x250 banner-300x250-150x150.jpg=150x150",
        "banner-300x250.jpg: banner-300x250-150x150.jpg/size",
    );
    check(
        "banner-300x250.jpg=300x250 banner-728x90.jpg=728x90",
        "banner-300x250.jpg | banner-728x90.jpg",
    );
    check("banner.pdf=? banner-300x250.jpg=300x250", "banner-300x250.jpg | banner.pdf");
    check("clip.mp4=? clip-640x360.jpg=640x360", "clip-640x360.jpg | clip.mp4");
    check("x.svg=? x-300x200.png=300x200", "x-300x200.png | x.svg");
}

#[test]
fn names_that_only_begin_alike_are_different_originals() {
    check("tiny.jpg=100x80 tiny-1.jpg=100x80", "tiny-1.jpg | tiny.jpg");
    check(
        "ref-cover.jpg=640x427 ref-cover-featured.jpg=640x427 ref-cover-featured-300x200.jpg=300x200 \
         ref-cover-300x200.jpg=300x200",
        "ref-cover-featured.jpg: ref-cover-featured-300x200.jpg/size \
         | ref-cover.jpg: ref-cover-300x200.jpg/size",
    );
    check("clip.mp4=? clip-1.mp4=? jingle.wav=?", "clip-1.mp4 | clip.mp4 | jingle.wav");
    check("x.jpg=9x9 x-e174675912595.jpg=9x9", "x-e174675912595.jpg | x.jpg");
    check("x.jpg=9x9 x-300x200-1.jpg=300x200", "x-300x200-1.jpg | x.jpg");
    check("x.jpg=9x9 X.jpg=9x9 x.JPG=9x9", "X.jpg | x.JPG | x.jpg");
}

#[test]
fn scaled_and_turned_files_join_the_upload_that_their_pixels_agree_with() {
    check(
        "x.jpg=4000x2600 x-scaled.jpg=2560x1664 x-300x195.jpg=300x195",
        "x.jpg: x-300x195.jpg/size x-scaled.jpg/scaled",
    );
    check("x.jpg=3600x2400 x-scaled.jpg=1707x2560", "x.jpg: x-scaled.jpg/scaled");
    check("x.jpg=4000x2600 x-scaled.jpg=2560x2560", "x.jpg | ? x-scaled.jpg OtherPixels x.jpg");
    check("x.jpg=4000x2600 x-scaled.jpg=?", "x.jpg | ? x-scaled.jpg UnknownPixels x.jpg");
    check("x.heic=4000x2600 x-scaled.jpg=2560x1664", "x.heic: x-scaled.jpg/scaled");
    check(
        "x.jpg=1400x1000 x-rotated.jpg=1000x1400 x-214x300.jpg=214x300",
        "x.jpg: x-214x300.jpg/size x-rotated.jpg/rotated",
    );
    check("x.jpg=1400x1000 x-rotated.jpg=1400x1000", "x.jpg: x-rotated.jpg/rotated");
    check(
        "x.jpg=4000x2600 x-scaled.jpg=2560x1664 x-scaled-400x300.jpg=400x300",
        "x.jpg: x-scaled-400x300.jpg/size x-scaled.jpg/scaled",
    );
}

#[test]
fn people_name_files_rotated_too() {
    check(
        "phone-rotated.jpg=1000x1400 phone-rotated-214x300.jpg=214x300",
        "phone-rotated.jpg: phone-rotated-214x300.jpg/size",
    );
    check(
        "phone.jpg=1600x1200 phone-rotated.jpg=1000x1400 phone-rotated-214x300.jpg=214x300",
        "phone-rotated.jpg: phone-rotated-214x300.jpg/size | phone.jpg",
    );
    check(
        "phone.jpg=1600x1200 phone-rotated.jpg=1000x1400",
        "phone.jpg | ? phone-rotated.jpg OtherPixels phone.jpg",
    );
    check(
        "phone.jpg=1400x1000 phone-rotated.jpg=1000x1400 phone-rotated-214x300.jpg=214x300",
        "phone.jpg | ? phone-rotated-214x300.jpg AmbiguousBase phone-rotated.jpg \
         | ? phone-rotated.jpg OwnSizes phone.jpg",
    );
    check(
        "phone.jpg=1400x1000 phone-300x214.jpg=300x214 phone-rotated.jpg=1000x1400",
        "phone.jpg: phone-300x214.jpg/size | ? phone-rotated.jpg BaseNotTurned phone.jpg",
    );
    check(
        "phone.jpg=1400x1000 phone-214x300.jpg=214x300 phone-rotated-214x300.jpg=214x300",
        "phone.jpg: phone-214x300.jpg/size | ? phone-rotated-214x300.jpg BaseGone phone.jpg",
    );
}

#[test]
fn edits_and_their_sizes_join_what_was_edited() {
    check(
        "x.jpg=1200x800 x-e1746759125951.jpg=400x532 x-e1746759125951-226x300.jpg=226x300",
        "x.jpg: x-e1746759125951-226x300.jpg/size x-e1746759125951.jpg/edited",
    );
    check(
        "x.jpg=1200x800 x-e1746759125951-150x150.jpg=150x150",
        "x.jpg: x-e1746759125951-150x150.jpg/size",
    );
    check(
        "x.jpg=4000x2600 x-scaled.jpg=2560x1664 x-scaled-e1746759125951.jpg=900x900 \
         x-scaled-e1746759125951-300x300.jpg=300x300",
        "x.jpg: x-scaled-e1746759125951-300x300.jpg/size x-scaled-e1746759125951.jpg/edited \
         x-scaled.jpg/scaled",
    );
    check(
        "x.jpg=1200x800 x-e1746759125951.jpg=1300x800",
        "x.jpg | ? x-e1746759125951.jpg OtherPixels x.jpg",
    );
    check("x.jpg=1200x800 x-edited.jpg=1200x800", "x-edited.jpg | x.jpg");
}

#[test]
fn what_wordpress_made_stands_in_for_an_upload_that_is_gone() {
    check(
        "x-scaled.jpg=2560x1664 x-300x195.jpg=300x195 x-e1746759125951.jpg=900x900",
        "x-scaled.jpg: x-300x195.jpg/size x-e1746759125951.jpg/edited",
    );
    check("x-rotated.jpg=1000x1400 x-214x300.jpg=214x300", "x-rotated.jpg: x-214x300.jpg/size");
    check(
        "x-e1746759125951.jpg=900x900 x-e1746759125999.jpg=950x950 x-300x300.jpg=300x300",
        "x-e1746759125951.jpg: x-300x300.jpg/size x-e1746759125999.jpg/edited",
    );
    check(
        "photo-150x150.png=64x48 photo-scaled.png=64x48",
        "photo-scaled.png | ? photo-150x150.png OtherPixels photo-scaled.png",
    );
    check("x-150x150.jpg=150x150 x-300x200.jpg=300x200", "x-150x150.jpg | x-300x200.jpg");
}

#[test]
fn files_for_sharp_screens_have_twice_the_pixels() {
    check(
        "x.jpg=600x391 x-300x195.jpg=300x195 x-300x195@2x.jpg=600x391",
        "x.jpg: x-300x195.jpg/size x-300x195@2x.jpg/size",
    );
    check("x.jpg=600x391 x@2x.jpg=1200x782", "x.jpg: x@2x.jpg/size");
    check("x.jpg=600x391 x@2x.jpg=1200x790", "x.jpg | ? x@2x.jpg OtherPixels x.jpg");
    check("x@2x.jpg=1200x790", "x@2x.jpg");
    check(
        "x.jpg=600x391 x@2x.jpg=1200x782 x@2x-300x196.jpg=300x196",
        "x.jpg | ? x@2x-300x196.jpg AmbiguousBase x@2x.jpg | ? x@2x.jpg OwnSizes x.jpg",
    );
}

#[test]
fn twins_in_both_spellings_have_the_pixels_of_their_picture() {
    check(
        "x.jpg=1200x800 x.jpg.webp=1200x800 x-300x200.jpg=300x200 x-300x200.jpg.webp=300x200",
        "x.jpg: x-300x200.jpg/size x-300x200.jpg.webp/twin x.jpg.webp/twin",
    );
    check(
        "x.jpg=1200x800 x.webp=1200x800 x.avif=1200x800 x-300x200.jpg=300x200 x-300x200.webp=300x200",
        "x.jpg: x-300x200.jpg/size x-300x200.webp/twin x.avif/twin x.webp/twin",
    );
    check("x.jpg=1200x800 x-300x200.jpg.webp=300x200", "x.jpg: x-300x200.jpg.webp/twin");
    check("x.JPG=1200x800 x.jpg.webp=1200x800", "x.JPG: x.jpg.webp/twin");
    check("x.webp=800x600 x.avif=800x600", "x.webp: x.avif/twin");
    check("x.heic=800x600 x.jpg=800x600 x.webp=800x600", "x.heic: x.jpg/twin x.webp/twin");
    check("x.jpg=1200x800 x.webp=900x900", "x.jpg | x.webp");
    check("x.jpg=1200x800 x.webp=900x900 x.avif=900x900", "x.jpg | x.webp: x.avif/twin");
    check("x.jpg=1200x800 x.webp=800x1200", "x.jpg | ? x.webp OtherPixels x.jpg");
    check("x.jpg=1200x800 x.webp=?", "x.jpg | ? x.webp UnknownPixels x.jpg");
    check("x.jpg=1200x800 x.jpg.webp=900x900", "x.jpg | ? x.jpg.webp OtherPixels x.jpg");
    check("x.jpg=1200x800 x.jpg.webp=?", "x.jpg | ? x.jpg.webp UnknownPixels x.jpg");
    check("x.jpg.webp=1200x800", "x.jpg.webp");
    check("x.jpg=1200x800 x.png=1200x800", "x.jpg | x.png");
    check("x.jpg=9x9 x.png=9x9 x.webp=9x9", "x.jpg | x.png | ? x.webp SeveralBases x.jpg x.png");
}

#[test]
fn the_closest_extension_tells_which_base_a_size_has() {
    check(
        "x.jpg=900x900 x.png=900x900 x-300x300.jpg=300x300 x-300x300.png=300x300",
        "x.jpg: x-300x300.jpg/size | x.png: x-300x300.png/size",
    );
    check("X.JPG=900x900 X-300x300.jpg=300x300", "X.JPG: X-300x300.jpg/size");
    check("x.png=900x900 x-300x300.jpg=300x300", "x.png: x-300x300.jpg/size");
    check("x.jpg=900x900 x-300x300.webp=300x300", "x.jpg: x-300x300.webp/size");
    check(
        "x.jpg=900x900 x.webp=900x900 x-300x300.webp=300x300",
        "x.jpg: x-300x300.webp/size x.webp/twin",
    );
    check(
        "x.jpg=900x900 x.webp=800x600 x-300x225.webp=300x225",
        "x.jpg | x.webp: x-300x225.webp/size",
    );
    check(
        "x.jpg=900x900 x.png=900x900 x-300x300.webp=300x300",
        "x.jpg | x.png | ? x-300x300.webp SeveralBases x.jpg x.png",
    );
    check("x.jpg=900x900 x.png=90x90 x-300x300.webp=300x300", "x.jpg: x-300x300.webp/size | x.png");
    check(
        "x.JPG=900x900 x.Jpg=900x900 x-300x300.jpg=300x300",
        "x.JPG | x.Jpg | ? x-300x300.jpg SeveralBases x.JPG x.Jpg",
    );
}

#[test]
fn the_preview_of_a_pdf_and_its_sizes_join_the_pdf() {
    check(
        "brief.pdf=? brief-pdf.jpg=1088x1408 brief-pdf-116x150.jpg=116x150",
        "brief.pdf: brief-pdf-116x150.jpg/size brief-pdf.jpg/size",
    );
    check("brief.pdf=? brief-pdf-116x150.jpg=116x150", "brief.pdf: brief-pdf-116x150.jpg/size");
    check("brief-pdf.jpg=1088x1408", "brief-pdf.jpg");
    check(
        "brief.pdf=? brief-pdf.jpg=9x9 brief-pdf-1.jpg=1088x1408",
        "brief.pdf | ? brief-pdf-1.jpg SeveralPreviews brief.pdf \
         | ? brief-pdf.jpg SeveralPreviews brief.pdf",
    );
}

#[test]
fn attachment_metadata_overrules_names() {
    let ad =
        [attachment(1, "banner.jpg", None, &[]), attachment(2, "banner-300x250.jpg", None, &[])];
    check_known(
        "banner.jpg=1200x600 banner-300x250.jpg=300x250",
        &ad,
        "banner-300x250.jpg | banner.jpg",
    );
    let brief = [attachment(1, "brief.pdf", None, &["brief-pdf-1.jpg"])];
    check_known(
        "brief.pdf=? brief-pdf.jpg=9x9 brief-pdf-1.jpg=1088x1408",
        &brief,
        "brief.pdf: brief-pdf-1.jpg/size | ? brief-pdf.jpg SeveralPreviews brief.pdf",
    );
    let phone = [attachment(1, "phone-rotated.jpg", Some("phone.jpg"), &["phone-9x9.jpg"])];
    check_known(
        "phone.jpg=8x9 phone-rotated.jpg=? phone-9x9.jpg=?",
        &phone,
        "phone.jpg: phone-9x9.jpg/size phone-rotated.jpg/rotated",
    );
    let converted = [attachment(1, "x.jpg", Some("x.heic"), &[])];
    check_known("x.heic=? x.jpg=9x9", &converted, "x.heic: x.jpg/twin");
    check_known(
        "x-9x9.jpg=9x9 x-20x20.jpg=20x20",
        &[attachment(1, "x.jpg", None, &["x-9x9.jpg", "x-20x20.jpg"])],
        "x-20x20.jpg: x-9x9.jpg/size",
    );
}

#[test]
fn attachments_of_one_upload_are_one_group_and_other_shared_files_are_ambiguous() {
    let translated = [
        attachment(1, "x-scaled.jpg", Some("x.jpg"), &["x-9x9.jpg"]),
        attachment(2, "x-scaled.jpg", None, &[]),
        attachment(3, "x.jpg", None, &[]),
    ];
    check_known(
        "x.jpg=400x400 x-scaled.jpg=300x300 x-9x9.jpg=9x9",
        &translated,
        "x.jpg: x-9x9.jpg/size x-scaled.jpg/scaled",
    );
    let clash = [
        attachment(1, "x.jpg", None, &["x-9x9.jpg"]),
        attachment(2, "x.png", None, &["x-9x9.jpg"]),
    ];
    check_known(
        "x.jpg=90x90 x.png=90x90 x-9x9.jpg=9x9 x-9x9.jpg.webp=9x9",
        &clash,
        "x.jpg | x.png | ? x-9x9.jpg SeveralAttachments x.jpg x.png \
         | ? x-9x9.jpg.webp AmbiguousBase x-9x9.jpg",
    );
    let claimed = [attachment(1, "x.jpg", None, &["y.jpg"]), attachment(2, "y.jpg", None, &[])];
    check_known(
        "x.jpg=90x90 y.jpg=90x90 y-9x9.jpg=9x9",
        &claimed,
        "x.jpg | ? y-9x9.jpg AmbiguousBase y.jpg | ? y.jpg SeveralAttachments x.jpg y.jpg",
    );
}

#[test]
fn a_main_file_joins_the_upload_that_its_metadata_leaves_out() {
    let edited = attachment(1, "x-e1746759125951.jpg", None, &["x-e1746759125951-9x9.jpg"]);
    let folder = "x.jpg=90x90 x-20x20.jpg=20x20 x-e1746759125951.jpg=50x50 \
                  x-e1746759125951-9x9.jpg=9x9";
    let group = "x.jpg: x-20x20.jpg/size x-e1746759125951-9x9.jpg/size x-e1746759125951.jpg/edited";
    check_known(folder, std::slice::from_ref(&edited), group);
    let copy = attachment(2, "x.jpg", None, &["x-20x20.jpg"]);
    check_known(
        folder,
        &[edited, copy],
        "x-e1746759125951.jpg: x-e1746759125951-9x9.jpg/size | x.jpg: x-20x20.jpg/size",
    );
}

#[test]
fn earlier_membership_settles_what_names_and_pixels_cannot() {
    check("x.jpg=90x90@7o x-9x9.jpg=?@7s", "x.jpg: x-9x9.jpg/size! #7");
    check("x.jpg=90x90@7o cover.jpg=50x50@7s", "x.jpg: cover.jpg/size! #7");
    check("x.jpg=90x90@7o x-9x9.jpg=?@8s", "x-9x9.jpg #8 | x.jpg #7");
    check("x.jpg=90x90@7o x-9x9.jpg=9x9@8s", "x.jpg: x-9x9.jpg/size #7");
}

#[test]
fn files_whose_original_is_gone_stay_together_in_their_asset() {
    check(
        "x-9x9.jpg=9x9@7s x-20x20.jpg=20x20@7s x-30x30.jpg=30x30",
        "x-20x20.jpg: x-9x9.jpg/size! #7 | x-30x30.jpg",
    );
    check("x-scaled.jpg=60x60@7c x-20x20.jpg=20x20@7s", "x-scaled.jpg: x-20x20.jpg/size #7");
}

#[test]
fn an_assets_original_stays_one_when_a_base_turns_up() {
    check(
        "banner-300x250.jpg=300x250@7o banner.jpg=1200x600",
        "banner-300x250.jpg #7 | banner.jpg",
    );
    check("x.webp=90x90@7o x.jpg=90x90", "x.jpg | x.webp #7");
    check("x-9x9.jpg=?@7o x.jpg=90x90", "x-9x9.jpg #7 | x.jpg");
    check("x-scaled.jpg=60x60@7o x.jpg=90x90", "x.jpg: x-scaled.jpg/scaled #7");
    check("x-scaled.jpg=60x60@7o x.jpg=90x90@8o", "x-scaled.jpg #7 | x.jpg #8");
    check_known(
        "x-9x9.jpg=9x9@7o x.jpg=90x90@8o",
        &[attachment(1, "x.jpg", None, &["x-9x9.jpg"])],
        "x.jpg: x-9x9.jpg/size #8",
    );
}

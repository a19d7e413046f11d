//! The rules, one file each, and the list of them.
//!
//! A new rule is a file `slNNN_the_defect.rs` with its `RULE`, and its two lines here. Codes come
//! from the block of what the rule looks at and are never used again:
//!
//! ```text
//! SL1xx filename                  SL4xx ownership and placement
//! SL2xx alternative text          SL5xx context and dates
//! SL3xx rights and provenance     SL6xx files and content
//!                                 SL7xx standing in an export
//! ```

use super::Rule;

mod sl101_filename_generator_default;
mod sl102_filename_camera_default;
mod sl103_filename_screenshot_default;
mod sl104_filename_download_default;
mod sl105_filename_stock_default;
mod sl106_filename_identifier_only;
mod sl107_filename_copy_mark;
mod sl108_filename_generic;
mod sl109_filename_unsafe;
mod sl110_filename_altered_on_upload;
mod sl111_filename_too_long;
mod sl112_filename_extension_mismatch;
mod sl113_filename_double_extension;
mod sl114_filename_decomposed;
mod sl115_filename_collision;
mod sl201_alt_text_missing;
mod sl202_alt_text_blank;
mod sl203_alt_text_generic;
mod sl204_alt_text_filename;
mod sl205_alt_text_prompt;
mod sl206_alt_text_image_of;
mod sl207_alt_text_keyword_list;
mod sl208_alt_text_too_long;
mod sl209_alt_text_cut_off;
mod sl210_alt_text_markup;
mod sl211_alt_text_wrong_script;
mod sl212_alt_text_untranslated;
mod sl213_alt_text_half_decorative;
mod sl214_alt_text_stale_claim;
mod sl215_alt_text_repeated;
mod sl216_alt_text_differs_from_file;
mod sl217_alt_text_missing_for_placement;
mod sl301_source_note_missing;
mod sl302_rights_note_missing;
mod sl303_rights_review_missing;
mod sl304_rights_review_in_future;
mod sl305_rights_reviewer_unknown;
mod sl306_license_ended;
mod sl307_license_not_begun;
mod sl308_license_scope_unknown;
mod sl309_license_end_unknown;
mod sl310_license_unproven;
mod sl311_license_missing;
mod sl312_territory_not_licensed;
mod sl313_license_silent;
mod sl314_rights_review_outdated;
mod sl315_claimed_owner_unmentioned;
mod sl316_claimed_restriction_unmentioned;
mod sl317_claimed_credit_unrecorded;
mod sl318_ai_disclosure_missing;
mod sl319_source_type_contradicted;
mod sl320_credentials_invalid;
mod sl321_risk_unresolved;
mod sl401_owner_missing;
mod sl402_owner_unknown;
mod sl403_placement_missing;
mod sl404_placement_not_licensed;
mod sl405_context_owner_missing;
mod sl406_waiver_without_finding;
mod sl407_field_missing_for_placement;
mod sl408_claim_unproven;
mod sl409_placement_rejected;
mod sl501_context_missing;
mod sl502_end_missing;
mod sl503_no_expiry_unexplained;
mod sl504_no_expiry_contradicted;
mod sl505_review_date_missing;
mod sl506_review_date_past;
mod sl507_review_overdue;
mod sl508_review_after_end;
mod sl509_expiry_before_start;
mod sl510_expiry_passed;
mod sl511_context_ended;
mod sl512_context_revised;
mod sl513_context_review_due;
mod sl514_context_not_begun;
mod sl515_expiry_after_other_end;
mod sl516_start_before_right;
mod sl517_never_usable;
mod sl518_draft_stale;
mod sl519_claimed_expiry_earlier;
mod sl520_claimed_release_later;
mod sl601_files_missing;
mod sl602_original_missing;
mod sl603_type_unknown;
mod sl604_type_not_media;
mod sl605_dimensions_unreadable;
mod sl606_dimensions_giant;
mod sl607_rendition_type_mismatch;
mod sl608_content_broken;
mod sl609_content_duplicated;
mod sl610_content_returned;
mod sl611_rendition_missing;
mod sl612_rendition_stray;
mod sl613_content_look_alike;
mod sl701_unknown_asset;
mod sl702_draft_asset;
mod sl703_rejected_asset;
mod sl704_expired_asset;
mod sl705_withdrawn_asset;
mod sl706_removed_asset;
mod sl707_asset_before_its_start;
mod sl708_end_within_window;
mod sl709_changed_content;
mod sl710_returned_content;
mod sl711_blocked_asset;
mod sl712_missing_asset;
mod sl713_placement_not_intended;
mod sl714_use_not_licensed;
mod sl715_use_license_unclear;
mod sl721_entry_refused;
mod sl722_export_damaged;
mod sl723_export_unclean;
mod sl724_catalog_not_asked;

/// Every rule, by code.
pub static ALL: &[&Rule] = &[
    &sl101_filename_generator_default::RULE,
    &sl102_filename_camera_default::RULE,
    &sl103_filename_screenshot_default::RULE,
    &sl104_filename_download_default::RULE,
    &sl105_filename_stock_default::RULE,
    &sl106_filename_identifier_only::RULE,
    &sl107_filename_copy_mark::RULE,
    &sl108_filename_generic::RULE,
    &sl109_filename_unsafe::RULE,
    &sl110_filename_altered_on_upload::RULE,
    &sl111_filename_too_long::RULE,
    &sl112_filename_extension_mismatch::RULE,
    &sl113_filename_double_extension::RULE,
    &sl114_filename_decomposed::RULE,
    &sl115_filename_collision::RULE,
    &sl201_alt_text_missing::RULE,
    &sl202_alt_text_blank::RULE,
    &sl203_alt_text_generic::RULE,
    &sl204_alt_text_filename::RULE,
    &sl205_alt_text_prompt::RULE,
    &sl206_alt_text_image_of::RULE,
    &sl207_alt_text_keyword_list::RULE,
    &sl208_alt_text_too_long::RULE,
    &sl209_alt_text_cut_off::RULE,
    &sl210_alt_text_markup::RULE,
    &sl211_alt_text_wrong_script::RULE,
    &sl212_alt_text_untranslated::RULE,
    &sl213_alt_text_half_decorative::RULE,
    &sl214_alt_text_stale_claim::RULE,
    &sl215_alt_text_repeated::RULE,
    &sl216_alt_text_differs_from_file::RULE,
    &sl217_alt_text_missing_for_placement::RULE,
    &sl301_source_note_missing::RULE,
    &sl302_rights_note_missing::RULE,
    &sl303_rights_review_missing::RULE,
    &sl304_rights_review_in_future::RULE,
    &sl305_rights_reviewer_unknown::RULE,
    &sl306_license_ended::RULE,
    &sl307_license_not_begun::RULE,
    &sl308_license_scope_unknown::RULE,
    &sl309_license_end_unknown::RULE,
    &sl310_license_unproven::RULE,
    &sl311_license_missing::RULE,
    &sl312_territory_not_licensed::RULE,
    &sl313_license_silent::RULE,
    &sl314_rights_review_outdated::RULE,
    &sl315_claimed_owner_unmentioned::RULE,
    &sl316_claimed_restriction_unmentioned::RULE,
    &sl317_claimed_credit_unrecorded::RULE,
    &sl318_ai_disclosure_missing::RULE,
    &sl319_source_type_contradicted::RULE,
    &sl320_credentials_invalid::RULE,
    &sl321_risk_unresolved::RULE,
    &sl401_owner_missing::RULE,
    &sl402_owner_unknown::RULE,
    &sl403_placement_missing::RULE,
    &sl404_placement_not_licensed::RULE,
    &sl405_context_owner_missing::RULE,
    &sl406_waiver_without_finding::RULE,
    &sl407_field_missing_for_placement::RULE,
    &sl408_claim_unproven::RULE,
    &sl409_placement_rejected::RULE,
    &sl501_context_missing::RULE,
    &sl502_end_missing::RULE,
    &sl503_no_expiry_unexplained::RULE,
    &sl504_no_expiry_contradicted::RULE,
    &sl505_review_date_missing::RULE,
    &sl506_review_date_past::RULE,
    &sl507_review_overdue::RULE,
    &sl508_review_after_end::RULE,
    &sl509_expiry_before_start::RULE,
    &sl510_expiry_passed::RULE,
    &sl511_context_ended::RULE,
    &sl512_context_revised::RULE,
    &sl513_context_review_due::RULE,
    &sl514_context_not_begun::RULE,
    &sl515_expiry_after_other_end::RULE,
    &sl516_start_before_right::RULE,
    &sl517_never_usable::RULE,
    &sl518_draft_stale::RULE,
    &sl519_claimed_expiry_earlier::RULE,
    &sl520_claimed_release_later::RULE,
    &sl601_files_missing::RULE,
    &sl602_original_missing::RULE,
    &sl603_type_unknown::RULE,
    &sl604_type_not_media::RULE,
    &sl605_dimensions_unreadable::RULE,
    &sl606_dimensions_giant::RULE,
    &sl607_rendition_type_mismatch::RULE,
    &sl608_content_broken::RULE,
    &sl609_content_duplicated::RULE,
    &sl610_content_returned::RULE,
    &sl611_rendition_missing::RULE,
    &sl612_rendition_stray::RULE,
    &sl613_content_look_alike::RULE,
    &sl701_unknown_asset::RULE,
    &sl702_draft_asset::RULE,
    &sl703_rejected_asset::RULE,
    &sl704_expired_asset::RULE,
    &sl705_withdrawn_asset::RULE,
    &sl706_removed_asset::RULE,
    &sl707_asset_before_its_start::RULE,
    &sl708_end_within_window::RULE,
    &sl709_changed_content::RULE,
    &sl710_returned_content::RULE,
    &sl711_blocked_asset::RULE,
    &sl712_missing_asset::RULE,
    &sl713_placement_not_intended::RULE,
    &sl714_use_not_licensed::RULE,
    &sl715_use_license_unclear::RULE,
    &sl721_entry_refused::RULE,
    &sl722_export_damaged::RULE,
    &sl723_export_unclean::RULE,
    &sl724_catalog_not_asked::RULE,
];

/// What the rules of a block are about: the digit after `SL`, the words for people.
pub const BLOCKS: [(char, &str); 7] = [
    ('1', "Filename"),
    ('2', "Alternative text"),
    ('3', "Rights and provenance"),
    ('4', "Ownership and placement"),
    ('5', "Context and dates"),
    ('6', "Files and content"),
    ('7', "Standing in an export"),
];

/// The rules of a block, by its digit.
pub fn of_block(digit: char) -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied().filter(move |rule| rule.code.chars().nth(2) == Some(digit))
}

/// The rule with this code or name. The case of a code does not count.
pub fn named(text: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code.eq_ignore_ascii_case(text) || rule.name == text)
}

/// The rules that somebody may have meant who wrote an unknown `text`, nearest first, at most five.
pub fn near(text: &str) -> Vec<&'static Rule> {
    let wanted = text.to_lowercase();
    let mut near: Vec<_> =
        ALL.iter().filter_map(|rule| Some((distance(rule, &wanted)?, *rule))).collect();
    near.sort_by_key(|(distance, rule)| (*distance, rule.code));
    near.into_iter().take(5).map(|(_, rule)| rule).collect()
}

/// How far a rule is from what was written, or `None` if that can't be meant.
fn distance(rule: &Rule, wanted: &str) -> Option<usize> {
    if wanted.chars().count() >= 3 && rule.name.contains(wanted) {
        return Some(0);
    }
    let to_code = edits(&rule.code.to_lowercase(), wanted);
    let to_name = edits(rule.name, wanted);
    let close = |edits: usize, limit: usize| (edits <= limit).then_some(edits);
    close(to_code, 1).or_else(|| close(to_name, rule.name.len() / 4))
}

/// The number of letters to insert, delete or replace to make one text of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (done, letter) in one.chars().enumerate() {
        let mut left = done + 1;
        let mut next = vec![left];
        for (pair, meant) in row.windows(2).zip(&other) {
            let &[diagonal, above] = pair else { continue };
            let replaced = diagonal + usize::from(*meant != letter);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::domain::validation::sample::Sample;
    use crate::domain::validation::{Gate, Severity};

    /// The sources of this folder but `mod.rs`, by module name.
    fn sources() -> Vec<(String, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/validation/rules");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named = files.map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (stem, fs::read_to_string(path).unwrap())
        });
        let mut sources: Vec<_> = named.filter(|(stem, _)| stem != "mod").collect();
        sources.sort();
        sources
    }

    #[test]
    fn codes_are_sorted_and_unique_and_lie_in_a_block() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
        let names: BTreeSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len(), "a name is used twice");
        let in_blocks: usize = BLOCKS.iter().map(|(digit, _)| of_block(*digit).count()).sum();
        assert_eq!(in_blocks, ALL.len());
    }

    #[test]
    fn every_file_is_listed_under_its_code_and_name() {
        let files: Vec<_> = sources().into_iter().map(|(stem, _)| stem).collect();
        let listed = ALL
            .iter()
            .map(|rule| format!("{}_{}", rule.code.to_lowercase(), rule.name.replace('-', "_")));
        assert_eq!(listed.collect::<Vec<_>>(), files);
    }

    #[test]
    fn every_rule_is_tested_with_what_it_finds_and_with_what_it_lets_pass() {
        for (stem, source) in sources() {
            assert!(
                source.contains("finds(&RULE") || source.contains("finds(\n            &RULE"),
                "{stem}"
            );
            assert!(
                source.contains("passes(&RULE")
                    || source.contains("passes_each(&RULE")
                    || source.contains("passes_each(\n            &RULE"),
                "{stem}"
            );
        }
    }

    #[test]
    fn texts_are_complete_and_in_the_house_form() {
        for rule in ALL {
            let code = rule.code;
            assert!(rule.severity != Severity::Off, "{code}");
            assert!(
                rule.gates_approval == Gate::None || rule.severity == Severity::Error,
                "{code}"
            );
            assert!(rule.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
            assert!(rule.summary.starts_with(char::is_lowercase), "{code}");
            assert!(!rule.summary.ends_with('.') && !rule.source.ends_with('.'), "{code}");
            for sentence in [rule.why, rule.fix] {
                assert!(sentence.ends_with('.') && sentence.len() > 20, "{code}: {sentence}");
            }
            assert!(!rule.source.is_empty(), "{code}");
        }
    }

    #[test]
    fn no_rule_complains_about_a_good_asset() {
        assert_eq!(Sample::good().findings(), []);
    }

    #[test]
    fn a_rule_is_found_by_code_and_by_name_and_a_slip_is_forgiven() {
        let first = ALL[0];
        assert_eq!(named(first.code).unwrap().code, first.code);
        assert_eq!(named(&first.code.to_lowercase()).unwrap().code, first.code);
        assert_eq!(named(first.name).unwrap().code, first.code);
        assert!(named("SL999").is_none());
        assert!(near("sl10").iter().any(|rule| rule.code == "SL101"));
        assert!(near("filename-generik").iter().any(|rule| rule.name == "filename-generic"));
        assert!(near("copy").iter().any(|rule| rule.name == "filename-copy-mark"));
        assert!(near("something else entirely").is_empty());
    }
}

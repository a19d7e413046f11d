//! Finds attachment numbers in the attributes of blocks: `<!-- wp:image {"id":7} -->`.

use serde_json::Value;

use super::mention::Mentions;
use super::site::Site;
use super::values::scan_json_numbers;
use crate::domain::reference::Means;

const OPENING: &str = "<!-- wp:";
const CLOSING: &str = "-->";

/// Adds the attachments that block attributes name. Addresses in them are found as in any text.
pub(super) fn find_blocks(text: &str, site: &Site, mentions: &mut Mentions) {
    // A comment ends before the next one begins, so each part of the text is looked at once.
    for inside in text.split(OPENING).skip(1) {
        let Some((inside, _)) = inside.split_once(CLOSING) else { continue };
        let Some((name, attributes)) = inside.split_once(char::is_whitespace) else { continue };
        let attributes = attributes.trim().trim_end_matches('/').trim_end();
        if !attributes.starts_with('{') {
            continue;
        }
        if let Ok(attributes) = serde_json::from_str::<Value>(attributes) {
            let name = format!("wp:{name}");
            scan_json_numbers(&attributes, &name, site, Means::Block, mentions);
        }
    }
}

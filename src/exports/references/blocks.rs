//! Finds attachment numbers in the attributes of blocks: `<!-- wp:image {"id":7} -->`.

use serde_json::Value;

use super::broken::looks_like_value;
use super::escapes::without_backslashes;
use super::mention::Mentions;
use super::site::Site;
use super::values::scan_json_numbers;
use crate::domain::reference::Means;

const OPENING: &str = "<!--";
const BLOCK: &str = "wp:";
const CLOSING: &str = "-->";

/// Adds the attachments that block attributes name. Addresses in them are found as in any text.
pub(super) fn find_blocks(text: &str, site: &Site, mentions: &mut Mentions) {
    // A comment ends before the next one begins, so each part of the text is looked at once.
    for inside in text.split(OPENING).skip(1) {
        let name = inside.trim_start();
        let Some(inside) = name.strip_prefix(BLOCK).filter(|_| name.len() < inside.len()) else {
            continue;
        };
        let Some((inside, _)) = inside.split_once(CLOSING) else { continue };
        let Some((name, attributes)) = inside.split_once(char::is_whitespace) else { continue };
        let attributes = attributes.trim().trim_end_matches('/').trim_end();
        if !attributes.starts_with('{') {
            continue;
        }
        let name = format!("wp:{name}");
        match read_attributes(attributes) {
            Some(attributes) => {
                scan_json_numbers(&attributes, &name, site, Means::Block, mentions);
            }
            None if looks_like_value(attributes) => {
                mentions.scan_broken(attributes, Means::Block, &name);
            }
            None => {}
        }
    }
}

/// The attributes as they stand, or in a text that is quoted itself.
fn read_attributes(text: &str) -> Option<Value> {
    let plain = serde_json::from_str(text).ok();
    plain.or_else(|| serde_json::from_str(&without_backslashes(text)).ok())
}

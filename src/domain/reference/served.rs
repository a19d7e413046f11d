//! The addresses that a library's files are served under, for whoever has to purge them from caches.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::SiteAddress;
use crate::domain::path::RelPath;

/// Where WordPress keeps uploads if nobody says otherwise.
const USUAL_FOLDER: &str = "wp-content/uploads";

/// Where the paths of a library begin on the web: `https://shop.example/wp-content/uploads/`.
///
/// `hosts` are those that sources told of. They say nothing of `www.`, so both spellings are given
/// unless one is configured. Without any host only the folder is known: `/wp-content/uploads/`.
pub fn served_under<'a>(
    addresses: &[SiteAddress],
    hosts: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    let mut bases = BTreeSet::new();
    let mut own: BTreeSet<String> = BTreeSet::new();
    let mut folders = BTreeSet::from([USUAL_FOLDER.to_owned()]);
    for address in addresses {
        match address {
            SiteAddress::Host(host) => {
                own.insert(host.clone());
            }
            SiteAddress::Uploads { host: Some(host), folder } => {
                bases.insert(format!("https://{host}/{folder}/"));
            }
            SiteAddress::Uploads { host: None, folder } => {
                folders.insert(folder.clone());
            }
        }
    }
    let told: Vec<_> = hosts.into_iter().filter(|host| !is_among(&own, host)).collect();
    own.extend(told.into_iter().flat_map(spellings));
    for folder in &folders {
        bases.extend(own.iter().map(|host| format!("https://{host}/{folder}/")));
        if own.is_empty() {
            bases.insert(format!("/{folder}/"));
        }
    }
    bases
}

fn is_among(configured: &BTreeSet<String>, host: &str) -> bool {
    let bare = |host: &str| {
        let host = host.to_ascii_lowercase();
        host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned)
    };
    configured.iter().any(|known| bare(known) == bare(host))
}

/// A host as it was told and with `www.`, if it is a name that can have it.
fn spellings(host: &str) -> Vec<String> {
    let name = host.split(':').next().unwrap_or_default();
    let is_domain = name.rsplit_once('.').is_some_and(|(_, last)| {
        last.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
    });
    let mut spellings = vec![host.to_owned()];
    if is_domain && !name.starts_with("www.") {
        spellings.push(format!("www.{host}"));
    }
    spellings
}

/// A path as it stands in an address. What browsers leave as it is stays.
pub fn in_address(path: &RelPath) -> String {
    let mut text = String::new();
    for byte in path.as_bytes() {
        let character = char::from(*byte);
        if character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/".contains(character) {
            text.push(character);
        } else {
            let _infallible = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(addresses: &[&str], hosts: &[&str]) -> Vec<String> {
        let addresses: Vec<_> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        served_under(&addresses, hosts.iter().copied()).into_iter().collect()
    }

    #[test]
    fn every_known_address_of_the_uploads_is_named() {
        let usual = "/wp-content/uploads/";
        for (addresses, hosts, expected) in [
            (&[][..], &[][..], vec![usual.to_owned()]),
            (
                &["www.shop.example"],
                &["shop.example"],
                vec![format!("https://www.shop.example{usual}")],
            ),
            (
                &[],
                &["shop.example"],
                vec![
                    format!("https://shop.example{usual}"),
                    format!("https://www.shop.example{usual}"),
                ],
            ),
            (
                &[],
                &["127.0.0.1:8089", "localhost"],
                vec![format!("https://127.0.0.1:8089{usual}"), format!("https://localhost{usual}")],
            ),
            (
                &["https://cdn.example/media/", "/files/", "shop.example"],
                &[],
                vec![
                    "https://cdn.example/media/".to_owned(),
                    "https://shop.example/files/".to_owned(),
                    format!("https://shop.example{usual}"),
                ],
            ),
            (&["/files/"], &[], vec!["/files/".to_owned(), usual.to_owned()]),
        ] {
            assert_eq!(bases(addresses, hosts), expected, "{addresses:?} {hosts:?}");
        }
    }

    #[test]
    fn a_path_stands_in_an_address_as_browsers_send_it() {
        for (path, expected) in [
            ("2026/03/tea-tin-300x200.png", "2026/03/tea-tin-300x200.png"),
            ("a b/100%.png", "a%20b/100%25.png"),
            ("café's (1)#?.jpg", "caf%C3%A9's%20(1)%23%3F.jpg"),
        ] {
            assert_eq!(in_address(&RelPath::new(path).unwrap()), expected);
        }
        let raw = RelPath::new(b"\xff.png".to_vec()).unwrap();
        assert_eq!(in_address(&raw), "%FF.png");
    }
}

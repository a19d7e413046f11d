//! The hosts that a dump says are its site's, found before it is read: its comments come first.

use std::collections::BTreeSet;
use std::io::{self, Read};

use memchr::memmem;

use super::site::host_of;

const OPTION: &[u8] = b"'siteurl'";
/// So much behind the name of the option is looked at.
const REACH: usize = 512;
const CHUNK: usize = 1 << 18;
/// More hosts than a network's own are none.
const MAX_HOSTS: usize = 100;

/// The hosts of all sites whose options are in the dump.
pub fn hosts_in_dump(mut source: impl Read) -> io::Result<BTreeSet<String>> {
    let finder = memmem::Finder::new(OPTION);
    let (mut hosts, mut bytes) = (BTreeSet::new(), Vec::new());
    loop {
        let read = source.by_ref().take(CHUNK as u64).read_to_end(&mut bytes)?;
        for at in finder.find_iter(&bytes) {
            let after = bytes.get(at + OPTION.len()..).unwrap_or_default();
            let after = after.get(..REACH.min(after.len())).unwrap_or_default();
            if hosts.len() < MAX_HOSTS {
                hosts.extend(host_at(after));
            }
        }
        if read == 0 {
            return Ok(hosts);
        }
        bytes.drain(..bytes.len().saturating_sub(OPTION.len() + REACH));
    }
}

/// The host of the value that follows the name of its option: `,'https://shop.example',`.
fn host_at(after: &[u8]) -> Option<String> {
    let value = after.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start();
    let value = value.strip_prefix(b"'")?;
    let end = value.iter().position(|byte| *byte == b'\'')?;
    host_of(str::from_utf8(value.get(..end)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_wherever_they_stand() {
        let option = "(1,'siteurl','https://www.shop.example/wp','yes'),\n";
        for before in [0, CHUNK - 60, CHUNK - 20, CHUNK, 3 * CHUNK + 7] {
            let text = format!("{}{option}{}", "x".repeat(before), "y".repeat(1_000));
            let hosts = hosts_in_dump(text.as_bytes()).unwrap();
            assert_eq!(hosts.into_iter().collect::<Vec<_>>(), ["shop.example"], "{before}");
        }
        let spaced = "(1, 'siteurl', 'http://127.0.0.1:8089', 'yes'), 'siteurl' is a word";
        assert_eq!(hosts_in_dump(spaced.as_bytes()).unwrap().len(), 1);
    }
}

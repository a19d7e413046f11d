//! Which addresses are the site's own, and which part of them names a file of the library.

use std::collections::BTreeSet;

use crate::domain::reference::SiteAddress;

/// Where the files of a library are on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Hosts with the site's files; with none, those of every host count.
    hosts: BTreeSet<String>,
    bases: Vec<Base>,
}

/// The address of the folder that a library's paths begin in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    /// The one host it is meant for; any of the site's hosts otherwise.
    pub(super) host: Option<String>,
    /// Without slashes at its ends, such as `wp-content/uploads`; may be empty beneath a host.
    pub(super) folder: String,
    /// What to look for in a text: the last part of the folder, or the host.
    pub(super) needle: String,
}

/// Where WordPress keeps uploads if nobody says otherwise.
const USUAL_FOLDER: &str = "wp-content/uploads";

impl Default for Site {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Site {
    /// A site with these addresses: hosts or the addresses of sites, and of upload folders where
    /// they are not the usual one.
    pub fn new(addresses: &[SiteAddress]) -> Self {
        let mut site = Self { hosts: BTreeSet::new(), bases: Vec::new() };
        site.bases.extend(Base::new(None, USUAL_FOLDER));
        for address in addresses {
            match address {
                SiteAddress::Host(host) => site.add_host(host),
                SiteAddress::Uploads { host, folder } => {
                    site.bases.extend(Base::new(host.as_deref(), folder));
                }
            }
        }
        site
    }

    /// Takes one more host for the site's own.
    pub fn add_host(&mut self, host: &str) {
        self.hosts.insert(same_host(host));
    }

    /// Whether any host is known to be the site's own.
    pub fn is_known(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// Whether files on this host are the site's.
    pub fn owns(&self, host: &str) -> bool {
        self.hosts.is_empty() || self.hosts.contains(&same_host(host))
    }

    pub(super) fn bases(&self) -> &[Base] {
        &self.bases
    }
}

impl Base {
    fn new(host: Option<&str>, folder: &str) -> Option<Self> {
        let host = host.map(same_host);
        let folder = folder.trim_matches('/').to_owned();
        let last = folder.rsplit('/').next().unwrap_or_default();
        let needle = if last.is_empty() { host.clone()? } else { last.to_owned() };
        Some(Self { host, folder, needle })
    }

    /// The folder without its last part.
    pub(super) fn above(&self) -> &str {
        self.folder.rsplit_once('/').map_or("", |(above, _)| above)
    }
}

/// Hosts that differ only in case, in `www.` or in a port that goes without saying are one.
pub fn same_host(host: &str) -> String {
    let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
    let host = host.rsplit_once('@').map_or(host.as_str(), |(_, host)| host);
    let bare = host.strip_suffix(":80").or_else(|| host.strip_suffix(":443")).unwrap_or(host);
    bare.strip_prefix("www.").unwrap_or(bare).to_owned()
}

/// The host of an absolute address, as [`same_host`] writes it.
pub fn host_of(address: &str) -> Option<String> {
    let (_, rest) = address.trim().split_once("//")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    Some(same_host(host))
}

//! Addresses that people say are their site's own.

use std::fmt;
use std::str::FromStr;

/// An address of the site, as configured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteAddress {
    /// A host that serves the site's pages and files.
    Host(String),
    /// Where the library's files are served from.
    Uploads { host: Option<String>, folder: String },
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address (write shop.example, https://cdn.example/media/ or /files/)")]
pub struct AddressError(String);

/// `shop.example` and `https://shop.example/` are hosts, `https://cdn.example/media/` and `/files/`
/// are folders that uploads are served from.
impl FromStr for SiteAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let wrong = || AddressError(text.to_owned());
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(wrong());
        }
        if let Some(folder) = text.strip_prefix('/').filter(|rest| !rest.starts_with('/')) {
            let folder = folder.trim_matches('/');
            return match folder {
                "" => Err(wrong()),
                folder => Ok(Self::Uploads { host: None, folder: folder.to_owned() }),
            };
        }
        let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
        let (host, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
        if host.is_empty() || !host.bytes().all(|byte| is_host(byte) || !byte.is_ascii()) {
            return Err(wrong());
        }
        match folder.trim_matches('/') {
            "" => Ok(Self::Host(host.to_owned())),
            folder => Ok(Self::Uploads { host: Some(host.to_owned()), folder: folder.to_owned() }),
        }
    }
}

impl fmt::Display for SiteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Uploads { host, folder } => {
                let host = host.as_ref().map(|host| format!("https://{host}"));
                write!(f, "{}/{folder}/", host.unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_folders_are_told_apart() {
        for (text, shown) in [
            ("shop.example", "shop.example"),
            ("https://shop.example/", "shop.example"),
            ("//127.0.0.1:8089", "127.0.0.1:8089"),
            ("https://cdn.example/media/shop", "https://cdn.example/media/shop/"),
            ("/files/", "/files/"),
        ] {
            let address: SiteAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), shown, "{text}");
        }
        for text in ["", " ", "/", "//", "a b", "https://?x", "a\u{7}b"] {
            assert!(text.parse::<SiteAddress>().is_err(), "{text:?}");
        }
    }
}

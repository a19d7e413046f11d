//! Whether content credentials hold. Only programs built with the feature `c2pa` tell; others see
//! that credentials are there, and call nothing authentic.

use std::fmt;
use std::io::{Read, Seek};

use crate::domain::claims::Validity;

/// Who is trusted to sign content credentials.
#[derive(Default)]
pub struct Trust {
    /// Certificates of authorities, in PEM.
    anchors: Option<String>,
    /// Made from the anchors when it is first needed.
    #[cfg(feature = "c2pa")]
    library: std::sync::OnceLock<Option<library::Shared>>,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").field("anchors", &self.anchors.is_some()).finish_non_exhaustive()
    }
}

impl Trust {
    /// Trusts who was certified by one of `anchors`, certificates in PEM; without any, nobody.
    pub fn new(anchors: Option<String>) -> Self {
        Self {
            anchors,
            #[cfg(feature = "c2pa")]
            library: std::sync::OnceLock::new(),
        }
    }

    /// Whether this program can tell if credentials hold.
    pub const fn is_told() -> bool {
        cfg!(feature = "c2pa")
    }

    /// Whether the credentials in a file hold: the signature, and the hashes of everything that is
    /// signed, so that the whole file is read. A manifest that cannot be read does not hold.
    ///
    /// `None` if nothing was verified. Nothing is fetched.
    pub(super) fn verdict(
        &self,
        media_type: &str,
        source: &mut (impl Read + Seek + Send),
    ) -> Option<Validity> {
        library::verdict(self, media_type, source)
    }
}

#[cfg(not(feature = "c2pa"))]
mod library {
    use super::{Read, Seek, Trust, Validity};

    pub(super) fn verdict(
        _: &Trust,
        _: &str,
        _: &mut (impl Read + Seek + Send),
    ) -> Option<Validity> {
        None
    }
}

#[cfg(feature = "c2pa")]
mod library {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use c2pa::{Context, Error, Reader, Settings, ValidationState};

    use super::{Read, Seek, Trust, Validity};

    pub(super) fn verdict(
        trust: &Trust,
        media_type: &str,
        source: &mut (impl Read + Seek + Send),
    ) -> Option<Validity> {
        let context = trust.library.get_or_init(|| context(trust.anchors.as_deref())).as_ref()?;
        // The bytes are hostile, and the library is large.
        let read = || Reader::from_shared_context(context).with_stream(media_type, source);
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Ok(reader)) => Some(match reader.validation_state() {
                ValidationState::Trusted => Validity::Trusted,
                ValidationState::Valid => Validity::Untrusted,
                ValidationState::Invalid => Validity::Invalid,
            }),
            Ok(Err(Error::UnsupportedType | Error::RemoteManifestUrl(_))) => None,
            Ok(Err(_)) | Err(_) => Some(Validity::Invalid),
        }
    }

    pub(super) type Shared = std::sync::Arc<Context>;

    /// What the library is to do; `None` if it does not know these settings.
    fn context(anchors: Option<&str>) -> Option<Shared> {
        let mut settings = Settings::new();
        settings.set_value("verify.remote_manifest_fetch", false).ok()?;
        settings.set_value("verify.ocsp_fetch", false).ok()?;
        // What a file claims to unpack to is not believed beyond this.
        settings.set_value("core.max_decompressed_manifest_size_in_mb", 16).ok()?;
        if let Some(anchors) = anchors {
            settings.set_value("trust.user_anchors", anchors).ok()?;
        }
        Some(Context::new().with_settings(settings).ok()?.into_shared())
    }
}

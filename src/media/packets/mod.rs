//! Metadata in its own forms, wherever it lay: XMP, EXIF, IPTC-IIM, JUMBF.

mod cbor;
pub(super) mod exif;
pub(super) mod iim;
pub(super) mod jumbf;
mod rdf;
pub(super) mod text;
pub(super) mod xmp;

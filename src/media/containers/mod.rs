//! Where each kind of file keeps its metadata. Pixels are passed over.

pub(super) mod gif;
pub(super) mod isobmff;
pub(super) mod jpeg;
pub(super) mod png;
pub(super) mod svg;
pub(super) mod tiff;
pub(super) mod webp;

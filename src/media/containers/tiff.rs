//! TIFF and Big TIFF: the whole file is the structure that EXIF uses.

use crate::media::found::Found;
use crate::media::packets::exif::{self, Fields};
use crate::media::source::Source;

/// What lies in the tags of the first directory, and what else was found there.
pub(in crate::media) fn read(source: &mut Source<'_>) -> (Found, Fields) {
    let mut found = Found::default();
    let fields = exif::read(source, &mut found, exif::Whole::File);
    (found, fields)
}

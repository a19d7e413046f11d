//! Entries with an id that another entry has, whose file is another.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Defect, Item, Problem};
use crate::domain::path::RelPath;

/// So many ids are held; of more, the lowest are forgotten.
const MAX_IDS: usize = 1 << 16;

/// The ids that were seen, each with what tells its file from others.
#[derive(Debug, Default)]
pub struct Repeats {
    files: BTreeMap<i64, u64>,
}

impl Repeats {
    /// What is wrong with an entry whose id another one had before it, with another file.
    pub fn check(&mut self, item: &Item) -> Option<Problem> {
        let hash = |file: &RelPath| {
            let mut hasher = DefaultHasher::new();
            file.hash(&mut hasher);
            hasher.finish()
        };
        let file = item.main_file().map(hash).or_else(|| item.uploaded().as_ref().map(hash));
        let (id, file) = (item.attachment?, file?);
        let known = *self.files.entry(id).or_insert(file);
        if self.files.len() > MAX_IDS {
            self.files.pop_first();
        }
        (known != file).then(|| Problem {
            place: item.place.clone(),
            subject: Some(id),
            what: Defect::RepeatedId,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: i64, file: &str) -> Item {
        Item { attachment: Some(id), file: RelPath::new(file).ok(), ..Item::default() }
    }

    #[test]
    fn an_id_with_two_files_is_told_and_memory_stays_flat() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.check(&item(7, "a.jpg")), None);
        assert_eq!(repeats.check(&item(7, "a.jpg")), None, "said twice, and the same");
        assert_eq!(repeats.check(&item(8, "b.jpg")), None);
        assert_eq!(repeats.check(&item(7, "b.jpg")).unwrap().subject, Some(7));
        for id in 10..200_000 {
            assert_eq!(repeats.check(&item(id, "c.jpg")), None);
        }
        assert!(repeats.files.len() <= MAX_IDS);
    }
}

//! Everything that the readers say about an export, whatever its kind.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use shelflife::exports::{self, Defect, Event, Item, Problem, Site};
use shelflife::media::{self, Trust};

/// Everything that was said about one file.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) sites: Vec<Site>,
    pub(crate) items: Vec<Item>,
    /// Those of the file, not those of its items.
    pub(crate) problems: Vec<Problem>,
}

/// Reads a file that lies on disk.
pub(crate) fn read_file(path: &Path) -> Said {
    let name = path.file_name().unwrap().to_str().unwrap();
    let file = File::open(path).unwrap();
    Said::of(exports::open(name, file, &|bytes| media::look(bytes, &Trust::default())).unwrap())
}

/// Reads bytes under the name `export`.
pub(crate) fn read(bytes: impl AsRef<[u8]>) -> Said {
    let source = Cursor::new(bytes.as_ref());
    Said::of(
        exports::open("export", source, &|bytes| media::look(bytes, &Trust::default())).unwrap(),
    )
}

impl Said {
    pub(crate) fn of(export: exports::Export<'_>) -> Self {
        let mut said = Self::default();
        for event in export {
            match event.unwrap() {
                Event::Site(site) => said.sites.push(site),
                Event::Item(item) => said.items.push(*item),
                Event::Problem(problem) => said.problems.push(problem),
            }
        }
        said
    }

    pub(crate) fn all_problems(&self) -> impl Iterator<Item = &Problem> {
        self.items.iter().flat_map(|item| &item.problems).chain(&self.problems)
    }

    /// Every problem as people see it.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.all_problems().map(ToString::to_string).collect()
    }

    pub(crate) fn defects(&self) -> Vec<&Defect> {
        self.all_problems().map(|problem| &problem.what).collect()
    }

    /// The only item, of an export without problems.
    #[track_caller]
    pub(crate) fn sound_item(self) -> Item {
        assert_eq!(self.complaints(), Vec::<String>::new());
        <[Item; 1]>::try_from(self.items).map(|[item]| item).unwrap()
    }
}

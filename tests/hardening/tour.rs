//! A life of a library in which every command there is does its work.

use std::collections::BTreeSet;
use std::fs;

use shelflife::commands::{COMMANDS, CommandRow};

use super::site::Site;
use crate::support::pictures::png;
use crate::support::wxr;

/// What each command ends with, in an order in which none is in vain. A secret key is made in `key`
/// by the second.
const TOUR: &[(i32, &str)] = &[
    (0, "init --root uploads --draft-root drafts --catalog state/catalog.db"),
    (0, "audit checkpoint --new-key key"),
    (0, "scan"),
    (0, "context add campaign/spring --owner anna --note planned --ends-on +300d"),
    (0, "context add product/none"),
    (0, "context add brand/house"),
    (0, "context add claim/none"),
    (
        0,
        "license add studio --holder Li --document own.pdf --perpetual --worldwide \
         --any-placement --reviewed-by li",
    ),
    (
        0,
        "describe garden.png pot.png --title 'The garden' --alt 'A green garden behind a house' \
         --source-note 'Photograph by the studio' --rights-note 'Own work' \
         --rights-reviewed-by li --owner anna --placement homepage --campaign spring \
         --context product/none --context brand/house --context claim/none --license studio \
         --review-on +90d",
    ),
    (0, "approve garden.png"),
    (0, "pause --reason drill"),
    (4, "approve pot.png"),
    (0, "resume --reason 'the drill is over'"),
    (0, "publish --ready"),
    (0, "reuse check garden.png --placement homepage --campaign spring --territory DE"),
    (0, "reuse find garden"),
    (0, "reuse take garden.png --to out --placement homepage --campaign spring --territory DE"),
    (
        0,
        "reuse decide garden.png --placement homepage --answer campaign-context=yes \
         --note looked --until +30d",
    ),
    (0, "rules waive SL401 mug.png --reason 'li starts in May' --until +2w"),
    (0, "rules waivers"),
    (0, "rules revoke SL401 mug.png --reason 'li is here'"),
    (0, "flag mug.png --risk third-party-brand --note 'a mark on the handle'"),
    (0, "hold mug.png --reason 'legal looks at it'"),
    (0, "release mug.png --reason 'legal is done'"),
    (0, "reject old.png --reason 'off brand'"),
    (0, "clean --apply"),
    (0, "recover"),
    (0, "restore old.png"),
    (0, "reject tea-tin.png poster.png --reason 'off brand'"),
    (0, "clean --save"),
    (0, "plan list"),
    (0, "plan show 1"),
    (0, "plan approve 1"),
    (0, "clean --apply --plan 1"),
    (0, "reconsider old.png --reason 'on brand'"),
    (0, "replace old.png mug.png --reason 'a new one'"),
    (0, "import csv notes.csv"),
    (0, "import rest posts.json"),
    (0, "import wxr export.xml"),
    (0, "references read export.xml --as site"),
    (0, "references list"),
    (0, "references forget site"),
    (0, "context list"),
    (0, "context show campaign/spring"),
    (0, "license change studio --reason checked --note seen --apply"),
    (0, "license list"),
    (0, "license show studio"),
    (0, "renew garden.png"),
    (0, "expire garden.png --reason 'sold out'"),
    (0, "context change claim/none --note 'as of May' --apply"),
    (0, "context end claim/none --note 'sold out' --apply"),
    (0, "sweep --save"),
    (0, "sweep --apply"),
    (0, "audit checkpoint --key key"),
    (0, "audit log"),
    (0, "audit verify --replay --disk=full"),
    (0, "backup snapshot.db"),
    (1, "check notes.csv"),
    (0, "completions bash"),
    (0, "man"),
    (0, "man --dir manual"),
    (0, "demo --dir played"),
    (0, "doctor"),
    (0, "doctor --selftest ."),
    (0, "history mug.png"),
    (0, "leftovers"),
    (0, "list"),
    (0, "policy check"),
    (0, "policy replay --against shelflife.toml"),
    (0, "rules"),
    (0, "show --under ''"),
    (1, "validate"),
    (0, "why mug.png"),
    (0, "withdraw mug.png --reason unsafe"),
    (0, "purge --mark"),
];

/// What comes after the tour, days later: the purge of what is in quarantine then.
pub(super) const LATER: &[(&str, &str)] = &[
    ("+1d", "scan"),
    ("+2d", "scan"),
    ("+3d", "scan"),
    ("+4d", "scan"),
    ("+5d", "scan"),
    ("+6d", "scan"),
    ("+7d", "scan"),
    ("+8d", "purge --mark"),
    ("+9d", "scan"),
    ("+10d", "purge --apply --yes-delete 3"),
];

/// A folder for it, in which nothing has happened.
pub(super) fn site() -> Site {
    let site = Site::with(&[]);
    for (name, size) in [("pot.png", (33, 33)), ("pot-10x10.png", (10, 10))] {
        site.write(format!("drafts/{name}"), &png(size, name.as_bytes()));
    }
    let post = br#"[{"id":7,"source_url":"https://shop.example/wp-content/uploads/mug.png"}]"#;
    site.write("posts.json", post);
    let item = "<item><title>An old one</title><wp:post_id>9</wp:post_id>\
        <wp:post_type>attachment</wp:post_type><wp:attachment_url>\
        https://shop.example/wp-content/uploads/old.png</wp:attachment_url></item>";
    site.write("export.xml", wxr::export(item).as_bytes());
    for folder in ["out", "manual"] {
        fs::create_dir(site.path(folder)).unwrap();
    }
    site
}

/// Goes on the tour. `run` runs a command, which has to end with this code.
pub(super) fn go(site: &Site, mut run: impl FnMut(i32, &str)) -> usize {
    for (code, line) in TOUR {
        run(*code, line);
        if line.starts_with("init") {
            site.allow_purging(7);
        }
    }
    TOUR.len()
}

/// The row of the command that a line calls.
pub(super) fn row_of(line: &str) -> Option<&'static CommandRow> {
    let calls = |row: &&CommandRow| {
        line.strip_prefix(row.name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    COMMANDS.iter().filter(calls).max_by_key(|row| row.name.len())
}

#[test]
fn every_command_is_on_the_tour() {
    let lines = TOUR.iter().map(|(_, line)| *line).chain(LATER.iter().map(|(_, line)| *line));
    let called: BTreeSet<_> = lines.map(|line| row_of(line).unwrap().name).collect();
    let all: BTreeSet<_> = COMMANDS.iter().map(|row| row.name).collect();
    assert_eq!(called, all);
}

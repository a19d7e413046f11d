//! What the README and the pages written by hand promise: commands that can be typed, and links
//! that lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use shelflife::cli::command_line;

use crate::support::split_words;

/// The README and every page of `docs/`, decisions included.
fn pages() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = walkdir::WalkDir::new(top.join("docs")).sort_by_file_name().into_iter();
    let docs = docs.map(|entry| entry.unwrap().into_path());
    let mut pages: Vec<_> =
        docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.push(top.join("README.md"));
    assert!(pages.len() > 10, "the pages were found");
    pages
}

/// The commands of the program in the blocks of `text` that are a shell's or a crontab's.
fn commands(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match (&mut open, line) {
            (None, "```sh" | "```crontab") => open = Some(String::new()),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), line) => {
                block.push_str(line.strip_suffix('\\').unwrap_or(line));
                block.push_str(if line.ends_with('\\') { " " } else { "\n" });
            }
            (None, _) => {}
        }
    }
    let lines = blocks.iter().flat_map(|block| block.lines()).map(before_comment);
    let simple = lines.flat_map(|line| line.split("&&").flat_map(|part| part.split("||")));
    simple.filter_map(command_in).map(str::to_owned).collect()
}

fn before_comment(line: &str) -> &str {
    line.split_once(" #").map_or(line, |(command, _)| command)
}

/// From the program's name to where its output is sent.
fn command_in(part: &str) -> Option<&str> {
    let at = part.match_indices("shelflife ").map(|(at, _)| at).find(|at| {
        let before = part[..*at].trim_end();
        before.is_empty() || before.ends_with('*') || before.contains('=')
    })?;
    let command = &part[at..];
    Some(command.split_once('>').map_or(command, |(command, _)| command).trim())
}

/// Where the links of `text` lead, those to other sites left out.
fn links(text: &str) -> Vec<&str> {
    let starts = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    let targets = starts.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets.filter(|target| !target.contains("://")).collect()
}

/// The names by which the headings of `text` can be reached.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let kept = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    headings
        .map(|line| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-"))
        .map(|name| name.chars().filter(|c| kept(*c)).collect())
        .collect()
}

#[test]
fn every_command_in_the_handbook_can_be_typed() {
    let mut count = 0;
    for page in pages() {
        for command in commands(&fs::read_to_string(&page).unwrap()) {
            let words = split_words(&command);
            if let Err(error) = command_line().try_get_matches_from(words) {
                panic!("{}: {command}\n{error}", page.display());
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count} commands were found");
}

#[test]
fn every_link_in_the_handbook_leads_somewhere() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').map_or((link, None), |(p, a)| (p, Some(a)));
            let there = page.parent().unwrap().join(path);
            let there = if path.is_empty() { page.clone() } else { there };
            assert!(there.exists(), "{}: {link}", page.display());
            if let Some(anchor) = anchor {
                let anchors = anchors(&fs::read_to_string(&there).unwrap());
                assert!(anchors.iter().any(|a| a == anchor), "{}: {link}", page.display());
            }
            count += 1;
        }
    }
    assert!(count > 20, "{count} links were found");
}

#[test]
fn commands_are_found_however_they_stand() {
    let text = "shelflife no\n```sh\nshelflife a  # b\nx=1 shelflife c && shelflife d --e 'f g' \\\n  \
                -h >i\ncargo run shelflife j\nshelflife k ||l\n```\n```text\nshelflife m\n```\n\
                ```crontab\n1 2 * * *  A=b shelflife n\n3 * * * *  shelflife o\n```\n";
    assert_eq!(
        commands(text),
        [
            "shelflife a",
            "shelflife c",
            "shelflife d --e 'f g'    -h",
            "shelflife k",
            "shelflife n",
            "shelflife o"
        ]
    );
}

#[test]
fn links_and_anchors_are_found() {
    assert_eq!(links("[a](b.md) [c](https://d) ([e](#f-g))"), ["b.md", "#f-g"]);
    assert_eq!(anchors("# A b\ntext\n## C, d's\n"), ["a-b", "c-ds"]);
}

#[test]
fn decisions_are_numbered_without_a_gap_or_a_double() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decisions");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|page| page.unwrap().path()).collect();
    names.sort();
    for (number, page) in (1..).zip(names) {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with(&format!("{number:04}-")), "{name} is not the {number}th");
        let text = fs::read_to_string(&page).unwrap();
        assert!(text.starts_with(&format!("# {number}. ")), "{name}: its heading");
    }
}

//! Lines and tables for people: one line per fact, and a summary line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::paint::{BAD, DOUBTFUL, GOOD, PLAIN, QUIET, STRONG};
use super::table::Table;
use super::{Color, Heading, Style, Verbosity, sheet};
use crate::domain::lifecycle::{Action, State};
use crate::domain::text::{counted, is_unsafe_to_show, printable_text, shown};
use crate::domain::validation::Severity;
use crate::report::{Effect, ErrorLine, Found, Item, Location, Sink, Subject, Summary, Value};

/// The renderer for people.
pub(super) struct Human<'w> {
    out: &'w mut dyn Write,
    heading: Heading,
    style: Style,
    table: Option<Table>,
    said: Said,
    /// What the finding said last is about, while the next one may be about the same thing.
    before: Option<About>,
    /// The rule that is to be explained, and whether it decided.
    unexplained: Option<(&'static str, bool)>,
}

/// The asset and the place that a finding is about.
type About = (Option<Subject>, Option<Location>);

/// What was said last, for the space around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Lines,
    Rows,
    Sheet,
    /// Nothing may follow a text in a format of its own.
    Document,
}

impl<'w> Human<'w> {
    pub(super) fn new(out: &'w mut dyn Write, heading: Heading, style: Style) -> Self {
        let (table, before, unexplained) = (None, None, None);
        Self { out, heading, style, table, said: Said::Nothing, before, unexplained }
    }

    fn end_table(&mut self) -> io::Result<()> {
        match self.table.take() {
            Some(mut table) => table.write(self.out, self.style),
            None => Ok(()),
        }
    }

    fn row(&mut self, kind: &'static str, fields: &[(&'static str, Value)]) -> io::Result<()> {
        if !self.table.as_ref().is_some_and(|table| table.takes(kind, fields)) {
            self.end_table()?;
            self.space_before(Said::Rows)?;
        }
        let table = self.table.get_or_insert_with(|| Table::new(kind, fields));
        table.push(fields, self.out, self.style)
    }

    fn sheet(&mut self, fields: &[(&'static str, Value)]) -> io::Result<()> {
        self.space_before(Said::Sheet)?;
        sheet::write(fields, self.out, self.style)
    }

    fn document(&mut self, text: &str) -> io::Result<()> {
        self.said = Said::Document;
        if self.style.width.is_none() {
            return self.out.write_all(text.as_bytes());
        }
        let harmless = |c: char| matches!(c, '\n' | '\t') || !is_unsafe_to_show(c);
        let shown: String = text
            .chars()
            .map(|c| if harmless(c) { c } else { char::REPLACEMENT_CHARACTER })
            .collect();
        self.out.write_all(shown.as_bytes())
    }

    /// A blank line between a table or a sheet and what follows or precedes it.
    fn space_before(&mut self, next: Said) -> io::Result<()> {
        let needed = match self.said {
            Said::Nothing | Said::Document => false,
            Said::Lines => next != Said::Lines,
            Said::Rows | Said::Sheet => true,
        };
        self.said = next;
        if needed { writeln!(self.out) } else { Ok(()) }
    }

    fn lines(&mut self, item: &Item, dry_run: bool) -> io::Result<()> {
        if matches!(item, Item::Text(_)) && self.style.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        self.end_table()?;
        self.space_before(Said::Lines)?;
        let wording = Lines { color: self.style.color, dry_run };
        if let Item::Finding(found) = item {
            return self.finding(found, &wording);
        }
        self.before = None;
        for line in wording.of(item) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn finding(&mut self, found: &Found, wording: &Lines) -> io::Result<()> {
        let Found { subject, location, .. } = found;
        let before = self.before.as_ref();
        if before.is_none_or(|(same, at)| same != subject || at != location) {
            write_parts(self.out, &[&wording.heading(found), "\n"])?;
            self.before = Some((subject.clone(), location.clone()));
        }
        let decides = found.effect == Effect::Decides;
        if self.unexplained.is_none_or(|(_, decided)| decides && !decided) {
            self.unexplained = Some((found.finding.code, decides));
        }
        wording.finding(found, self.out)
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let line = summary_line(summary);
        let dry = summary.dry_run && (summary.changed > 0 || summary.edited > 0);
        if line.is_none() && self.said != Said::Nothing {
            return Ok(());
        }
        self.space_before(Said::Lines)?;
        if let Some((code, _)) = self.unexplained {
            writeln!(self.out, "`shelflife rules {code}` says why that matters and what to do")?;
        }
        writeln!(self.out, "{}", line.as_deref().unwrap_or("nothing to report"))?;
        if dry {
            let add = self.heading.apply_with.map_or(String::new(), |flag| format!("; add {flag}"));
            writeln!(self.out, "dry run: nothing was changed{add}")?;
        }
        if let Some((length, head)) = &summary.audit {
            let entries = format!("audit log: {}, head {head}", counted_entries(*length));
            writeln!(self.out, "{}", self.style.color.paint(QUIET, &entries))?;
        }
        Ok(())
    }
}

impl Sink for Human<'_> {
    fn item(&mut self, item: &Item, dry_run: bool) -> io::Result<()> {
        match item {
            Item::Row { kind, fields } => self.row(kind, fields),
            Item::Sheet { fields, .. } => {
                self.end_table()?;
                self.sheet(fields)
            }
            Item::Document(text) => {
                self.end_table()?;
                self.document(text)
            }
            _ => self.lines(item, dry_run),
        }
    }

    fn finish(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()> {
        self.end_table()?;
        let wanted = self.style.verbosity != Verbosity::Quiet && self.said != Said::Document;
        let failed_at_once = error.is_some() && self.said == Said::Nothing;
        if wanted && !failed_at_once {
            self.summary(summary)?;
        }
        self.out.flush()
    }
}

/// How the items of one report are worded.
struct Lines {
    color: Color,
    dry_run: bool,
}

impl Lines {
    fn of(&self, item: &Item) -> Vec<String> {
        match item {
            Item::Change { subject, action, from, to, why } => {
                self.change([*from, *to], action, subject, why)
            }
            Item::Edit { subject, what } => vec![self.edit(subject.as_ref(), what)],
            Item::Refusal { subject, action, why } => {
                let refused = self.color.paint(BAD, "refused");
                vec![format!("{refused}  {action} {}: {}", named(subject), printable_text(why))]
            }
            Item::Kept { subject, because } => {
                let kept = self.color.paint(QUIET, "kept");
                vec![format!("{kept}  {}: {}", named(subject), printable_text(because))]
            }
            Item::Failure { what, why, hint } => self.failure(what, why, hint.as_deref()),
            Item::Text(text) => text.lines().map(printable_text).collect(),
            Item::Row { .. } | Item::Sheet { .. } | Item::Document(_) | Item::Finding(_) => {
                Vec::new()
            }
        }
    }

    /// One reason stands on the line of the change, several stand beneath it.
    fn change(
        &self,
        [from, to]: [State; 2],
        action: &'static str,
        of: &Subject,
        why: &[String],
    ) -> Vec<String> {
        let done = Action::named(action).map_or(action, Action::participle);
        let verb = if self.dry_run { format!("would {action}") } else { done.to_owned() };
        let verb = self.color.paint(GOOD, &verb);
        let mut lines = vec![format!("{verb}  {}  {from} → {to}", named(of))];
        match (why, lines.first_mut()) {
            ([only], Some(line)) => {
                line.push_str("  (");
                line.push_str(&printable_text(only));
                line.push(')');
            }
            (several, _) => {
                lines.extend(several.iter().map(|one| format!("    {}", printable_text(one))));
            }
        }
        lines
    }

    fn edit(&self, subject: Option<&Subject>, what: &str) -> String {
        let verb = if self.dry_run { "would record" } else { "recorded" };
        let verb = self.color.paint(GOOD, verb);
        let subject = subject.map_or(String::new(), |subject| format!("  {}", named(subject)));
        format!("{verb}{subject}  {}", printable_text(what))
    }

    /// What the findings beneath are about, and where that is.
    fn heading(&self, found: &Found) -> Cow<'static, str> {
        let place = found.location.as_ref().map(shown_place);
        let item = match &found.subject {
            Some(subject) => Some(named(subject)),
            None => found.location.as_ref().and_then(|at| at.item.as_deref()).map(printable_text),
        };
        let text = match (item, place) {
            (Some(item), Some(place)) => format!("{item}  ({place})"),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => "in general".to_owned(),
        };
        self.color.paint(STRONG, text)
    }

    fn finding(&self, found: &Found, out: &mut dyn Write) -> io::Result<()> {
        let Found { finding, effect, .. } = found;
        let style = match finding.severity {
            Severity::Error => BAD,
            Severity::Warning => DOUBTFUL,
            Severity::Note | Severity::Off => PLAIN,
        };
        let severity = self.color.paint(style, finding.severity.name());
        let message = shown(&finding.message);
        let (code, name) = (finding.code, finding.name);
        match effect {
            // Of these there are millions.
            Effect::Decides | Effect::Told => {
                write_parts(out, &["  ", &severity, " ", code, " ", name, ": ", &message, "\n"])
            }
            Effect::Accepted(why) => {
                let accepted = self.color.paint(QUIET, "accepted");
                writeln!(out, "  {accepted} {code} {name}: {message} ({})", shown(why))
            }
        }
    }

    fn failure(&self, what: &str, why: &str, hint: Option<&str>) -> Vec<String> {
        let failed = self.color.paint(BAD, "failed");
        let mut lines =
            vec![format!("{failed}  {}: {}", printable_text(what), printable_text(why))];
        lines.extend(hint.map(|hint| format!("  hint: {}", printable_text(hint))));
        lines
    }
}

fn write_parts(out: &mut dyn Write, parts: &[&str]) -> io::Result<()> {
    parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))
}

fn shown_place(location: &Location) -> String {
    let line = location.line.map_or(String::new(), |line| format!(":{line}"));
    printable_text(&location.file) + &line
}

fn named(subject: &Subject) -> String {
    [&subject.id.to_string(), " ", &shown(&subject.path)].concat()
}

/// The counts that are not zero, in the words of the machine formats; `None` if all are.
pub(super) fn summary_line(summary: &Summary) -> Option<String> {
    let said = |count: u64, words: String| (count > 0).then_some(words);
    let told = |count: u64, word: &str| said(count, format!("{count} {word}"));
    let many = |count: u64, word: &str| said(count, counted(count, word));
    let mut parts: Vec<_> = [
        told(summary.changed, "changed"),
        told(summary.edited, "edited"),
        told(summary.refused, "refused"),
        many(summary.errors, "error"),
        many(summary.warnings, "warning"),
        many(summary.notes, "note"),
        told(summary.accepted, "accepted"),
        told(summary.kept, "kept"),
        told(summary.failed, "failed"),
        many(summary.rows, "row"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let said = |count: u64| count > 0 || parts_are_all_zero(summary);
    let figures = summary.figures.iter().filter(|(_, count)| said(**count));
    parts.extend(figures.map(|(word, count)| figure(word, *count)));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Figures that are said in other words of one, because a verb is in them, or two things.
const OF_ONE: [(&str, &str); 2] = [
    ("checkpoints that do not fit", "checkpoint that does not fit"),
    ("pages and places that show it", "page or place that shows it"),
];

/// `1 file seen`, `2 files seen`, `1 ambiguous file`, `1 not for this use`: what is counted is the
/// first word, or the second after an adjective, and if neither has a plural there is none.
fn figure(words: &str, count: u64) -> String {
    if count != 1 {
        return format!("{count} {words}");
    }
    if let Some((_, one)) = OF_ONE.iter().find(|(many, _)| *many == words) {
        return format!("1 {one}");
    }
    let mut first = words.split(' ').take(2);
    let counted = first.find(|word| word.ends_with('s') && !word.ends_with("ous"));
    let one = counted.and_then(|many| Some(words.replacen(many, many.strip_suffix('s')?, 1)));
    format!("1 {}", one.as_deref().unwrap_or(words))
}

/// A figure of nothing is left out, unless there is nothing else.
fn parts_are_all_zero(summary: &Summary) -> bool {
    summary.figures.values().all(|count| *count == 0)
}

fn counted_entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// Writes the error that ended a command, for standard error.
pub fn write_error(error: &ErrorLine, color: Color, out: &mut dyn Write) -> io::Result<()> {
    let word = color.paint(BAD, "error:");
    writeln!(out, "shelflife: {word} {}", printable_text(&error.message))?;
    for line in &error.excerpt {
        writeln!(out, "  {}", printable_text(line))?;
    }
    for cause in &error.causes {
        writeln!(out, "  caused by: {}", printable_text(cause))?;
    }
    if let Some(hint) = &error.hint {
        writeln!(out, "  hint: {}", printable_text(hint))?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_their_words_in_the_number_of_the_count() {
        for (words, one, two) in [
            ("files seen", "1 file seen", "2 files seen"),
            ("ambiguous files", "1 ambiguous file", "2 ambiguous files"),
            ("references", "1 reference", "2 references"),
            (
                "lines of the baseline unused",
                "1 line of the baseline unused",
                "2 lines of the baseline unused",
            ),
            ("not for this use", "1 not for this use", "2 not for this use"),
            ("URLs still public", "1 URL still public", "2 URLs still public"),
            (
                "pages and places that show it",
                "1 page or place that shows it",
                "2 pages and places that show it",
            ),
        ] {
            assert_eq!((figure(words, 1), figure(words, 2)), (one.to_owned(), two.to_owned()));
        }
    }
}

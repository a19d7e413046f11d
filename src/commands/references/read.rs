//! `references read`: takes up what a source tells.

use std::path::Path;

use crate::catalog::Catalog;
use crate::domain::reference::{AddressError, SiteAddress, Source, SourceKind};
use crate::domain::text::{counted, printable};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::exports::references::{Found, ReferenceReader, Site};
use crate::report::Item;

use super::super::Context;
use super::super::library::Mode;
use super::opening::{Doubt, Opened, Watch};

/// Read sources: exports, saved API answers, folders of pages, dumps, themes and style sheets
///
/// A folder is one source with all its files. Reading a source again replaces what it told before.
/// What cannot be read in a source is told and counted: such a source still finds uses, but proves
/// no absence.
#[derive(Debug, clap::Args)]
pub(super) struct ReadArgs {
    /// Files and folders to read
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<std::path::PathBuf>,

    /// Name of the source [default: its path]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,

    /// What the sources are, where it cannot be told from them
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<SourceKind>,

    /// Host or uploads address that is the site's own; more than one may be given
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Vec<SiteAddress>,

    /// When the sources were made, where they don't say it [default: when the files changed]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    made: Option<Timestamp>,

    /// Show what would be learned and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &ReadArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if args.name.is_some() && args.sources.len() > 1 {
        return Err(Error::usage("a name is for one source: put the files into a folder"));
    }
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        for path in &args.sources {
            let reading = Reading { args, mode, site: site_of(args, ctx, catalog)? };
            reading.run(ctx, catalog, path)?;
        }
        Ok(())
    })
}

/// What is known to be the site's own: configured, told now, or told by sources before.
fn site_of(args: &ReadArgs, ctx: &mut Context<'_>, catalog: &Catalog) -> Result<Site, Error> {
    let config = ctx.config()?;
    let addresses: Vec<_> = config.addresses.iter().chain(&args.address).cloned().collect();
    let mut site = Site::new(&addresses);
    for source in catalog.reference_sources()? {
        if let Some(host) = &source.site {
            site.add_host(host);
        }
    }
    Ok(site)
}

/// One source being read.
struct Reading<'a> {
    args: &'a ReadArgs,
    mode: Mode,
    site: Site,
}

impl Reading<'_> {
    fn run(self, ctx: &mut Context<'_>, catalog: &mut Catalog, path: &Path) -> Result<(), Error> {
        let whole = ctx.current_dir.join(path);
        let opened = Opened::find(&whole, self.args.kind)?;
        let name = self
            .args
            .name
            .clone()
            .unwrap_or_else(|| printable(whole.as_os_str().as_encoded_bytes()));
        let source = match self.mode {
            Mode::DryRun => self.read(ctx, &opened, &name, &mut |_| Ok(()))?,
            Mode::Real => catalog.replace_source(&name, |writer| {
                self.read(ctx, &opened, &name, &mut |found| match found {
                    Found::Reference(reference) => Ok(writer.add(reference)?),
                    Found::Child { attachment, parent } => {
                        Ok(writer.add_child(*attachment, *parent)?)
                    }
                    Found::Holder(holder) => Ok(writer.settle(holder)?),
                    Found::Gap(_) => Ok(()),
                })
            })?,
        };
        let what = format!(
            "read `{}` ({}, made {}): {}",
            source.name,
            source.kind.name(),
            source.made.relative_to(ctx.now),
            counted(source.references, "reference"),
        );
        ctx.report.say(&Item::Edit { subject: None, what });
        if source.areas.is_empty() {
            ctx.report.text("it holds no part of the site as a whole: it proves no absence");
        }
        Ok(())
    }

    fn read(
        &self,
        ctx: &mut Context<'_>,
        opened: &Opened,
        name: &str,
        take: &mut dyn FnMut(&Found) -> Result<(), Error>,
    ) -> Result<Source, Error> {
        let progress = ctx.progress(opened.bytes(), "reading");
        let watch = Watch::new(&progress);
        let mut site = self.site.clone();
        if !site.is_known() {
            opened.hosts()?.iter().for_each(|host| site.add_host(host));
        }
        let mut reader = ReferenceReader::new(opened.kind, site, opened.parts(&watch));
        let mut references = 0;
        for found in reader.by_ref() {
            ctx.stop_if_interrupted()?;
            let found = found?;
            match &found {
                Found::Reference(_) => references += 1,
                Found::Gap(why) => ctx.report.say(&Item::Failure {
                    what: name.to_owned(),
                    why: why.clone(),
                    hint: None,
                }),
                Found::Child { .. } | Found::Holder(_) => {}
            }
            take(&found)?;
        }
        let mut reading = reader.into_reading();
        for Doubt { why, hint } in opened.doubts() {
            reading.gaps += 1;
            ctx.report.say(&Item::Failure { what: name.to_owned(), why, hint });
        }
        self.refuse_other_site(reading.site.as_deref())?;
        ctx.report.figure("references", references);
        Ok(Source {
            name: name.to_owned(),
            kind: reading.kind,
            digest: watch.digest(),
            made: self.args.made.or(reading.made).unwrap_or_else(|| opened.made(ctx.now)),
            read: ctx.now,
            site: reading.site,
            areas: reading.areas,
            gaps: reading.gaps,
            references,
        })
    }

    /// Numbers of attachments mean something in one site only.
    fn refuse_other_site(&self, host: Option<&str>) -> Result<(), Error> {
        let Some(host) = host.filter(|host| !self.site.owns(host)) else { return Ok(()) };
        Err(Error::Usage {
            message: format!("the source is of another site: {host}"),
            hint: Some(format!("if `{host}` is this site too, say so with --address {host}")),
        })
    }
}

fn kind(text: &str) -> Result<SourceKind, String> {
    SourceKind::named(text).ok_or_else(|| {
        let names: Vec<_> = SourceKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("not a kind of source (one of {})", names.join(", "))
    })
}

fn address(text: &str) -> Result<SiteAddress, String> {
    text.parse().map_err(|error: AddressError| error.to_string())
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

//! `demo`: the whole life of a small library, played with the real commands.

mod pictures;
mod story;

use std::path::{Path, PathBuf};

use crate::domain::actor::Actor;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files;

use super::{Context, Errand};
use story::{STORY, Scene};

/// Play the life of a small library from scan to audit
///
/// Draws some pictures, then runs the real commands on them, one after the other, as one could type
/// them. Everything happens in a folder of its own, which is removed at the end.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Play in this new folder and keep it
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &DemoArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let failed = |source| Error::Write { path: PathBuf::from("the demo's folder"), source };
    let (folder, temporary) = if let Some(dir) = &args.dir {
        let dir = ctx.current_dir.join(dir);
        if dir.symlink_metadata().is_ok() {
            return Err(Error::usage(format!("there is something at {} already", dir.display())));
        }
        files::create_private_dir(&dir)?;
        (dir, None)
    } else {
        let temporary = tempfile::TempDir::with_prefix("shelflife-demo-").map_err(failed)?;
        (temporary.path().to_owned(), Some(temporary))
    };
    let played = play(ctx, &folder);
    if let Some(temporary) = temporary {
        temporary.close().map_err(failed)?;
        ctx.report.text("The folder of the demo is removed again.");
    }
    played
}

fn play(ctx: &mut Context<'_>, folder: &Path) -> Result<(), Error> {
    ctx.report.text(format!("A small media library in {}:", folder.display()));
    let uploads = folder.join("site/wp-content/uploads/2026/11");
    files::create_private_dir(&folder.join("drafts"))?;
    for (name, hue) in [
        ("tea-tin-on-oak-table.png", 30),
        ("tea-garden-at-sunrise.png", 90),
        ("Gemini_Generated_Image_t7m3xlt7m3xlt7m3.png", 160),
        ("winter-sale-banner.png", 220),
    ] {
        pictures::draw(&uploads, name, hue)?;
    }
    for Scene { says, command, expected } in STORY.iter().copied() {
        ctx.stop_if_interrupted()?;
        if !says.is_empty() {
            ctx.report.text(format!("\n# {says}"));
        }
        ctx.report.text(format!("$ shelflife {command}"));
        let errand = Errand {
            words: words(command),
            folder: folder.to_owned(),
            config: folder.join("shelflife.toml"),
            now: ctx.now,
            actor: Actor { person: Some("Olga".to_owned()), ..ctx.actor.clone() },
            interrupted: ctx.interrupted.clone(),
        };
        let (code, said) = (ctx.run_errand)(errand);
        ctx.report.document(said);
        if code != expected {
            let (found, wanted) = (code.number(), expected.number());
            let why = anyhow::anyhow!("`{command}` ended with exit code {found}, not {wanted}");
            return Err(Error::Internal(why));
        }
        if code != ExitCode::Success {
            ctx.report.text(format!("(exit code {}: {})", code.number(), code.meaning()));
        }
    }
    Ok(())
}

/// Splits a command at spaces; what stands in single quotes stays together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

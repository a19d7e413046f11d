//! Files with several names (hard links), as a clean meets them.

use crate::commands::Context;
use crate::domain::cleanup::HardLinks;
use crate::domain::text::counted;
use crate::executor::Linked;
use crate::exit::ExitCode;

/// Tells what was moved while it had other names. Where such files are to be left, somebody made
/// another name after it was looked at.
pub(super) fn say_linked(ctx: &mut Context<'_>, linked: &[Linked], policy: HardLinks) {
    for Linked { path, links, .. } in linked {
        if policy == HardLinks::Leave {
            ctx.report.outcome(ExitCode::Partial);
        }
        let others = counted(links.saturating_sub(1), "other name");
        ctx.report
            .text(format!("`{path}` was moved, and has {others} still: it is in reach there"));
    }
}

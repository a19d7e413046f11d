//! `audit verify --replay`: whether the tables are what the log leads to.

use crate::catalog::{COMPARED, Catalog};
use crate::domain::text::counted;
use crate::error::Error;
use crate::exit::ExitCode;

use super::super::Context;

pub(super) fn run(ctx: &mut Context<'_>, catalog: &Catalog) -> Result<(), Error> {
    for (table, columns) in COMPARED {
        let fields = vec![("table", (*table).into()), ("columns", (*columns).into())];
        ctx.report.row("compared", fields);
    }
    let mut found = 0;
    let replayed = catalog.replay(|difference| {
        found += 1;
        let fields = vec![
            ("about", difference.about.into()),
            ("table", difference.table.into()),
            ("column", difference.column.into()),
            ("log", difference.log.into()),
            ("catalog", difference.table_has.into()),
        ];
        ctx.report.row("contradiction", fields);
    })?;
    if found > 0 {
        ctx.report.outcome(ExitCode::Integrity);
        ctx.report.figure("contradictions", found);
        return Ok(());
    }
    let assets = counted(replayed.assets, "asset");
    ctx.report.text(format!("The tables are what the log leads to: {assets}."));
    if replayed.in_part > 0 {
        let assets = counted(replayed.in_part, "asset");
        ctx.report.text(format!(
            "Of {assets} the newest entry is of an older version, which told less of the row."
        ));
    }
    Ok(())
}

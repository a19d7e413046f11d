//! The program that makes a deliberate mistake: `docs/decisions/0040-mutants.md`.

use std::{io, process};

use shelflife::cli::{self, Process};

fn main() -> io::Result<process::ExitCode> {
    let mut process = Process::start()?;
    let code = cli::run(process.environment()?);
    Ok(process::ExitCode::from(code.number()))
}

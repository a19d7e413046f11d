//! The program: a real environment around [`shelflife::cli::run`].

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;

use mimalloc::MiMalloc;
use shelflife::cli::{self, Process};
use shelflife::exit::ExitCode;

/// Faster than the system's with the many small texts of an asset: `docs/decisions/0007`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> process::ExitCode {
    let code = match catch_unwind(AssertUnwindSafe(start)) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            writeln!(io::stderr(), "shelflife: error: cannot start: {error}").ok();
            ExitCode::Io
        }
        Err(_panic) => ExitCode::Defect,
    };
    process::ExitCode::from(code.number())
}

fn start() -> io::Result<ExitCode> {
    let mut process = Process::start()?;
    Ok(cli::run(process.environment()?))
}

//! The thin binary: arguments in, exit code out.

use std::process::ExitCode;

/// Drawing and comparing make and drop very many small things on all processors at once: `docs/speed.md` has what this brings.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wetink::cli::run(std::env::args_os())
}

//! The thin binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    wetink::cli::run(std::env::args_os())
}

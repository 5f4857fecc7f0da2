//! Things to draw and the tools to judge them with.

#![allow(dead_code, unused_imports, reason = "each test file takes what it needs")]

mod draw;

use std::path::PathBuf;
use std::process::Command;

pub use draw::*;

/// What a tool says about a file, or `None` when it isn't installed. The file is kept in the build's own scratch folder.
pub fn tool(name: &str, args: &[&str], pdf: &[u8]) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("{name}-{:?}-{}.pdf", std::thread::current().id(), pdf.len()));
    std::fs::write(&file, pdf).unwrap();
    let mut command = Command::new(name);
    for arg in args {
        command.arg(if *arg == "FILE" { file.as_os_str() } else { arg.as_ref() });
    }
    let Ok(output) = command.output() else {
        eprintln!("skipped: {name} is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {args:?}: {said}");
    std::fs::remove_file(&file).unwrap();
    Some(said)
}

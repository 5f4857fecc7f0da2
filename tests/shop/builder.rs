//! A small shop in a temporary folder, and the binary to use in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub struct Shop {
    dir: tempfile::TempDir,
    pub today: &'static str,
}

/// What a run said and how it ended.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    #[track_caller]
    pub fn ok(self) -> Said {
        assert_eq!(self.code, Some(0), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn ended(self, code: i32) -> Said {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

pub const PEOPLE: &str = "\
Given name,Family name,Birthday,Street,City,Postal code,Country,E-mail,Phone
Ana,López,1980-12-12,4 Quay Street,Whitby,YO21 1PU,GB,ana@example.com,01947 555 101
Tom,Reed,12-14,19 Church Lane,Whitby,YO22 4DT,GB,tom@example.com,
Zoë,Łukasik,2000-12-20,2 Abbey View,Whitby,YO22 4JR,GB,,
Henrik,Sørensen,1984-02-29,40 Upgang Lane,Whitby,YO21 3EA,GB,,
";

impl Shop {
    /// An empty folder; today is 21 November 2026.
    pub fn empty() -> Shop {
        Shop { dir: tempfile::tempdir().unwrap(), today: "2026-11-21" }
    }

    /// A shop that can print, with nobody in it.
    pub fn new() -> Shop {
        let shop = Shop::empty();
        shop.run(&[
            "init",
            "--name",
            "Hill Shoes",
            "--signs",
            "Joan",
            "--answer",
            "Ring 01947 555 100, Tuesday to Saturday",
            "--country",
            "GB",
            "--street",
            "8 Baxtergate",
            "--city",
            "Whitby",
            "--postcode",
            "YO21 1BW",
        ])
        .ok();
        shop
    }

    /// A shop with four people; Ana's, Tom's and Zoë's birthdays are in December.
    pub fn with_people() -> Shop {
        let shop = Shop::new();
        shop.write("people.csv", PEOPLE);
        shop.run(&["import", "people.csv"]).ok();
        shop
    }

    /// … and a sheet with these notes on it.
    pub fn with_notes(notes: &[(&str, &str)]) -> Shop {
        let shop = Shop::with_people();
        shop.notes(notes);
        shop
    }

    /// Writes December's sheet afresh with these notes.
    pub fn notes(&self, notes: &[(&str, &str)]) {
        let mut sheet = String::from("# December 2026\n");
        for (who, note) in notes {
            sheet += &format!("\n## {who} | birthday | some day\n> a prompt\n\n{note}\n");
        }
        self.write("notes/2026-12.md", &sheet);
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.file(name), text).unwrap();
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The binary in this shop, in an environment of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wetink"));
        command.args(args).current_dir(self.path()).env_clear().env("WETINK_TODAY", self.today).env("COLUMNS", "100");
        for keep in ["PATH", "SystemRoot", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(keep) {
                command.env(keep, value);
            }
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        said(&self.command(args).output().unwrap())
    }

    pub fn sql(&self, sql: &str) -> rusqlite::Result<()> {
        let conn = rusqlite::Connection::open(self.file("ledger.db")).unwrap();
        conn.pragma_update(None, "foreign_keys", true).unwrap();
        conn.execute_batch(sql)
    }

    pub fn count(&self, sql: &str) -> i64 {
        let conn = rusqlite::Connection::open(self.file("ledger.db")).unwrap();
        conn.query_row(sql, [], |r| r.get(0)).unwrap()
    }
}

pub fn said(output: &Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What a tool of the system's says, if it is installed; else the part of the test that needs it says that it was skipped.
pub fn tool(name: &str, args: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(name).args(args).output() else {
        eprintln!("skipped: {name} is not installed");
        return None;
    };
    assert!(output.status.success(), "{name} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

//! What comes with wetink: licences of the tree, reasons for each dependency, exact pins, and the licences of fonts and data.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// As in deny.toml.
const ALLOWED: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether a licence expression can be met: OR of ANDs, with brackets.
fn met(expression: &str) -> bool {
    let text = expression.trim().replace('/', " OR ");
    let split = |word: &str| {
        let (mut depth, mut parts, mut from) = (0, Vec::new(), 0);
        for (at, c) in text.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ if depth == 0 && text[at..].starts_with(word) => {
                    parts.push(text[from..at].to_owned());
                    from = at + word.len();
                }
                _ => {}
            }
        }
        parts.push(text[from..].to_owned());
        parts
    };
    let any = split(" OR ");
    if any.len() > 1 {
        return any.iter().any(|part| met(part));
    }
    let all = split(" AND ");
    if all.len() > 1 {
        return all.iter().all(|part| met(part));
    }
    match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inside) => met(inside),
        None => ALLOWED.contains(&text.as_str()),
    }
}

/// Everything that is built on this system, as cargo knows it.
pub fn packages() -> Vec<serde_json::Value> {
    let said = Command::new("rustc").arg("-vV").output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let host = said.lines().find_map(|l| l.strip_prefix("host: ")).unwrap();
    let args = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = tree["packages"].as_array().unwrap().clone();
    assert!(packages.len() > 100);
    packages
}

#[test]
fn every_licence_in_the_tree_is_one_we_may_use() {
    assert!(
        met("MIT OR GPL-2.0-only")
            && !met("GPL-2.0-only")
            && met("(Apache-2.0 OR MIT) AND BSD-3-Clause")
            && !met("MIT AND GPL-3.0")
            && met("Unlicense/MIT")
    );
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(met(licence), "{} is under `{licence}`", package["name"]);
        let source = package["source"].as_str().unwrap_or("here");
        assert!(
            source == "here" || source == "registry+https://github.com/rust-lang/crates.io-index",
            "{} comes from {source}",
            package["name"]
        );
        for banned in ["ttf-parser", "rustybuzz"] {
            assert_ne!(package["name"], banned, "nobody looks after it any more");
        }
    }
    let deny = fs::read_to_string(root().join("deny.toml")).unwrap();
    for licence in ALLOWED {
        assert!(deny.contains(&format!("\"{licence}\"")), "deny.toml doesn't allow {licence}");
    }
}

#[test]
fn each_dependency_has_its_reason_and_what_draws_is_pinned() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let told: BTreeSet<&str> = page
        .lines()
        .filter(|l| l.starts_with("| `"))
        .filter_map(|l| l.split('|').nth(1))
        .flat_map(|names| names.split('`').skip(1).step_by(2))
        .collect();
    let used: BTreeSet<&str> = manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(told, used, "docs/dependencies.md and Cargo.toml name the same");
    for dev in manifest["dev-dependencies"].as_table().unwrap().keys() {
        assert!(page.contains(&format!("`{dev}`")), "{dev} has no reason in docs/dependencies.md");
    }
    for pinned in ["printpdf", "harfrust", "skrifa", "libdeflater"] {
        let version = &manifest["dependencies"][pinned];
        let version = version.as_str().or_else(|| version.get("version")?.as_str()).unwrap();
        assert!(version.starts_with('='), "{pinned} is pinned to the digit");
    }
    assert!(root().join("Cargo.lock").exists());
    assert!(text.contains("unsafe_code = \"forbid\""));
}

#[test]
fn fonts_and_data_bring_their_licences() {
    let mut fonts = 0;
    for entry in fs::read_dir(root().join("fonts")).unwrap().flatten().filter(|e| e.path().is_dir()) {
        let names: Vec<String> =
            fs::read_dir(entry.path()).unwrap().flatten().map(|e| e.file_name().into_string().unwrap()).collect();
        let licence = names.iter().find(|n| *n == "OFL.txt" || *n == "LICENSE.txt");
        let licence = licence.unwrap_or_else(|| panic!("{} has no licence", entry.path().display()));
        let text = fs::read_to_string(entry.path().join(licence)).unwrap();
        assert!(text.contains("SIL OPEN FONT LICENSE") || text.contains("Apache License"), "{}", entry.path().display());
        fonts += names.iter().filter(|n| Path::new(n).extension().is_some_and(|e| e == "ttf" || e == "otf")).count();
    }
    assert!(fonts >= 9, "{fonts} fonts");
    for (data, licence) in [
        ("data/address-formats.json", "data/address-formats.NOTICE.txt"),
        ("tests/data/card-stock.json", "tests/data/card-stock.LICENSE.txt"),
        ("tests/data/contacts", "tests/data/contacts/LICENCES.md"),
    ] {
        assert!(root().join(data).exists() && fs::metadata(root().join(licence)).unwrap().len() > 100, "{data} lacks {licence}");
    }
    for ours in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(root().join(ours).exists());
    }
}

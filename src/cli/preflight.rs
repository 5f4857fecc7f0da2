//! `wetink preflight`: what a postcard service would reject, before it does.

use std::path::PathBuf;

use clap::Args;

use crate::cli::talk::{BAD, DIM, GOOD, STRONG, Talk, WARN, count, styled};
use crate::cli::{Done, World};
use crate::out::pack::Service;
use crate::out::preflight::{self, Asked, Finding, Severity, Side};
use crate::trouble::{Result, Trouble};

/// No upload is larger, in bytes.
const MOST: u64 = 200 << 20;

#[derive(Debug, Args)]
pub struct Preflight {
    /// PDFs, pictures, addresses.csv, requests.jsonl, or a pack's folder
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// lob, postgrid, thanksio, stannp, click2mail or handwrytten
    #[arg(long = "for", value_name = "SERVICE")]
    service: String,
    /// The card's size, as in 4x6; told by the page if not given
    #[arg(long, value_name = "SIZE")]
    size: Option<String>,
    /// Which side a file of one page is; told by its name if not given
    #[arg(long, value_parser = ["front", "back"])]
    side: Option<String>,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

impl Preflight {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let service = Service::named(&self.service)?;
        let size = self.size.as_deref().map(|size| service.size(Some(size))).transpose()?;
        let side = self.side.as_deref().map(|side| if side == "front" { Side::Front } else { Side::Back });
        let mut files = Vec::new();
        for file in &self.files {
            let path = world.dir.join(file);
            if path.is_dir() {
                files.extend(in_folder(&path)?);
            } else {
                files.push(path);
            }
        }
        let (mut told, mut rejected) = (Vec::new(), 0);
        for path in &files {
            let name = path.strip_prefix(&world.dir).unwrap_or(path).display().to_string();
            let about =
                std::fs::metadata(path).map_err(|e| Trouble::file("read", path, &e).hint("name the file you want to upload"))?;
            if !about.is_file() || about.len() > MOST {
                return Err(Trouble::failed(format!("{} is no file a service would take", crate::words::shown(&name)))
                    .hint(format!("{} takes at most {} MB", service.title, service.limits.bytes / 1_000_000)));
            }
            let bytes = std::fs::read(path).map_err(|e| Trouble::file("read", path, &e))?;
            let last = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let found = preflight::check(&bytes, &Asked { service: &service, size, side, name: &last });
            let bad = found.iter().any(|f| f.severity == Severity::Reject);
            rejected += usize::from(bad);
            if self.json {
                told.push(
                    serde_json::json!({ "file": name, "verdict": if bad { "rejected" } else { "passed" }, "findings": found }),
                );
            } else {
                tell(&name, &found, bad, talk);
            }
        }
        if self.json {
            let (all, passed) = (files.len(), files.len() - rejected);
            talk.put_json(
                &serde_json::json!({ "service": service.name, "files": told, "passed": passed, "rejected": all - passed }),
            );
        } else {
            let passed = files.len() - rejected;
            let mut parts = vec![styled(GOOD, &format!("{passed} passed"))];
            if rejected > 0 {
                parts.push(styled(BAD, &format!("{rejected} would be rejected")));
            }
            talk.say(format!(
                "{}: {} {}",
                styled(STRONG, &service.title),
                parts.join(", "),
                styled(DIM, &format!("({})", count(files.len(), "file")))
            ));
        }
        Ok(if rejected > 0 { Done::Code(3) } else { Done::Well })
    }
}

/// What of a pack's folder is uploaded.
fn in_folder(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().map_err(|e| Trouble::file("open the folder", folder, &e))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    let uploaded = |path: &PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let end = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        matches!(end.as_str(), "pdf" | "png" | "jpg" | "jpeg" | "jsonl") || name == "addresses.csv"
    };
    found.retain(uploaded);
    found.sort();
    if found.is_empty() {
        return Err(Trouble::failed(format!("there is nothing to upload in {}", folder.display()))
            .hint("name a pack's folder, or the files themselves"));
    }
    Ok(found)
}

fn tell(name: &str, found: &[Finding], bad: bool, talk: &Talk) {
    let name = styled(STRONG, name);
    if found.is_empty() {
        talk.say(format!("{name}: {}", styled(GOOD, "passed")));
        return;
    }
    talk.say(format!("{name}: {}", if bad { styled(BAD, "would be rejected") } else { styled(GOOD, "passed, but look") }));
    for finding in found {
        let (style, word) = if finding.severity == Severity::Reject { (BAD, "error") } else { (WARN, "warning") };
        let page = finding.page.map_or_else(String::new, |page| format!("page {page}: "));
        talk.say(format!("  {}: [{}] {page}{}", styled(style, word), finding.rule, crate::words::shown(&finding.message)));
        talk.say(format!("    {} {}", styled(DIM, "= help:"), finding.help));
    }
}

//! Nothing leaks: files are the owner's alone whatever the umask, no network, an erased name is in no file of ours, copies can be
//! encrypted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::builder::Shop;

const NOTE: &str = "Przemysława, nobody else asked whether the sandals could dance at midnight; could they?";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        found.push(entry.path());
        if entry.path().is_dir() {
            files(&entry.path(), found);
        }
    }
}

#[cfg(unix)]
#[test]
fn files_are_the_owners_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    for mask in ["000", "022", "077"] {
        let shop = Shop::empty();
        let wetink = env!("CARGO_BIN_EXE_wetink");
        let script = format!(
            "umask {mask}; w={wetink}; \"$w\" demo d && cd d && printf 'name\\nNew One\\n' > p.csv && chmod 600 p.csv && \"$w\" import p.csv && \"$w\" backup && \"$w\" check; \
             \"$w\" preview; \"$w\" labels; \"$w\" test-page; \"$w\" status --html month.html; \"$w\" due --ics c.ics; \"$w\" ledger export all.jsonl; \
             \"$w\" person export ana; \"$w\" undo --yes; \"$w\" doctor"
        );
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(shop.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("WETINK_TODAY", shop.today)
            .output()
            .unwrap();
        let mut all = Vec::new();
        files(&shop.file("d"), &mut all);
        assert!(all.len() > 25, "{}", String::from_utf8_lossy(&output.stderr));
        for path in all {
            let mode = fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o777;
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, wanted, "umask {mask}: {} is {mode:o}", path.display());
        }
        let mode = fs::metadata(shop.file("d")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "umask {mask}: the shop's folder is {mode:o}");
    }
}

#[test]
fn after_erasing_no_byte_of_the_name_is_left_in_our_files() {
    let shop = Shop::with_people();
    shop.write("one.csv", "given name,family name,birthday,email,street,city,postal code,country\nPrzemysława,Wąsowiczówna,1980-12-13,prz@wasow.example,7 Hidden Lane,Whitby,YO21 9ZZ,GB\n");
    shop.run(&["import", "one.csv"]).ok();
    shop.run(&["log", "przem", "visit", "Przemysława liked the velvet pumps"]).ok();
    shop.run(&["log", "ana", "visit", "came with Przemysława Wąsowiczówna"]).ok();
    shop.run(&["person", "edit", "przem", "--phone", "01947 555 777"]).ok();
    shop.notes(&[("przemyslawa-wasowiczowna", NOTE)]);
    shop.run(&["print"]).ok();
    shop.run(&["posted"]).ok();
    shop.run(&["person", "erase", "przemyslawa", "--yes", "--no-backup"]).ok();
    for gone in ["one.csv", "notes/2026-12.md"] {
        fs::remove_file(shop.file(gone)).unwrap();
    }
    fs::remove_dir_all(shop.file("backups")).unwrap();
    let mut all = Vec::new();
    files(shop.path(), &mut all);
    let mut looked = 0;
    for path in all.iter().filter(|p| p.is_file() && p.extension().is_none_or(|e| e != "pdf")) {
        looked += 1;
        let bytes = fs::read(path).unwrap();
        for needle in ["Przemys", "przemys", "Wąsowicz", "wasow", "Hidden Lane", "555 777", "velvet pumps", "dance at midnight"]
        {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle.as_bytes()), "{} still holds {needle}", path.display());
        }
    }
    assert!(looked > 2);
    let names: Vec<String> = all.iter().map(|p| p.display().to_string()).collect();
    assert!(!names.iter().any(|n| n.ends_with("-journal") || n.ends_with("-wal") || n.contains(".wetink-")), "{names:?}");
    // Still, nobody else gets the note.
    shop.notes(&[("ana-lopez", &NOTE.replace("Przemysława", "Ana"))]);
    shop.run(&["check"]).ended(3);
    shop.run(&["doctor"]).ok();
}

#[test]
fn an_encrypted_copy_opens_with_its_passphrase_and_no_other() {
    let shop = Shop::with_notes(&[("ana-lopez", "Ana, the tram driver story is still owed to me.")]);
    shop.run(&["print"]).ok();
    shop.write("secret", "four words nobody joins\n");
    shop.write("wrong", "four words somebody joins\n");
    let said = shop.run(&["backup", "--encrypt"]).ended(2);
    assert!(said.err.contains("--passphrase-file"), "{}", said.err);
    let said = shop.run(&["backup", "--encrypt", "--passphrase-file", "secret"]).ok();
    let copy = said.out.trim();
    assert!(copy.ends_with("backups/ledger-2026-11-21.db.age"), "{copy}");
    let bytes = fs::read(copy).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    assert!(!bytes.windows(4).any(|w| w == b"tram" || w == b"Ana,"));
    assert!(fs::read_dir(shop.path()).unwrap().flatten().all(|e| !e.file_name().to_string_lossy().contains("wetink-backup")));
    shop.run(&["log", "ana", "visit", "after the copy"]).ok();
    let ledger = fs::read(shop.file("ledger.db")).unwrap();
    let said = shop.run(&["restore", copy, "--passphrase-file", "wrong"]).ended(1);
    assert!(said.err.contains("can't be opened with this passphrase"), "{}", said.err);
    assert_eq!(fs::read(shop.file("ledger.db")).unwrap(), ledger);
    let said = shop.run(&["restore", copy, "--passphrase-file", "secret"]).ok();
    assert!(said.err.contains("1 card on record"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE text = 'after the copy'"), 0);
    shop.run(&["doctor"]).ok();
    // A changed byte is noticed.
    let mut bad = bytes.clone();
    let at = bad.len() - 40;
    bad[at] ^= 1;
    shop.write("bad.age", bad);
    shop.run(&["restore", "bad.age", "--passphrase-file", "secret"]).ended(1);
}

#[test]
fn nothing_of_ours_can_speak_to_a_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    files(&root.join("src"), &mut sources);
    for path in sources.iter().filter(|p| p.extension().is_some_and(|e| e == "rs")) {
        let text = fs::read_to_string(path).unwrap();
        for word in ["std::net", "TcpStream", "UdpSocket", "UnixStream", "ToSocketAddrs"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
    let packages = crate::supply::packages();
    let crates: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    for network in [
        "reqwest",
        "ureq",
        "hyper",
        "curl",
        "curl-sys",
        "isahc",
        "tokio",
        "mio",
        "socket2",
        "rustls",
        "openssl",
        "native-tls",
        "quinn",
        "attohttpc",
        "minreq",
        "surf",
        "async-std",
        "smol",
    ] {
        assert!(!crates.contains(&network), "{network} is among the dependencies");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_demo_runs_where_there_is_no_network() {
    let bare = std::process::Command::new("unshare").args(["-n", "-r", "true"]).output();
    if !bare.is_ok_and(|o| o.status.success()) {
        eprintln!("this system doesn't let a test take its own network away; not tried");
        return;
    }
    let shop = Shop::empty();
    let mut command = std::process::Command::new("unshare");
    command
        .args(["-n", "-r", env!("CARGO_BIN_EXE_wetink"), "demo", "d"])
        .current_dir(shop.path())
        .env("WETINK_TODAY", shop.today);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(shop.file("d/out").read_dir().unwrap().count() > 0);
}

#[test]
fn what_goes_wrong_names_no_more_than_was_asked() {
    // A panic or an error carries no line of the customer list along.
    let shop = Shop::with_people();
    let mut bytes = fs::read(shop.file("ledger.db")).unwrap();
    let at = bytes.windows(14).position(|w| w == b"ana@example.co").unwrap();
    bytes[at] = b'x';
    shop.write("ledger.db", bytes);
    for verb in [&["log", "tom", "visit", "x"][..], &["doctor"]] {
        let said = shop.run(verb).ended(4);
        for private in ["@example", "Quay Street", "01947"] {
            assert!(!said.err.contains(private) && !said.out.contains(private), "{}", said.err);
        }
    }
}

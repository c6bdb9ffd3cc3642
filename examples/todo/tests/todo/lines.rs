//! The server has 50 lines of code, beside what its list is asked for with. Blank lines and comments are not counted.

use std::fs;
use std::path::Path;
use std::process::Command;

const SOURCE: &str = include_str!("../../src/main.rs");

#[test]
fn the_server_has_50_lines_of_code() {
    let code = SOURCE
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"));
    assert!(code.count() <= 50);
    assert!(!SOURCE.contains("/*"), "comments are whole lines");
}

#[test]
fn its_lines_are_those_of_rustfmt_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let defaults = folder.path().join("rustfmt.toml");
    fs::write(&defaults, "").unwrap();
    let formatted = Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "--config-path"])
        .arg(defaults)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs"))
        .status()
        .expect("rustfmt, which comes with Rust");
    assert!(formatted.success());
}

#[test]
fn nothing_of_it_is_elsewhere() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = fs::read_dir(package.join("src")).unwrap();
    let mut sources: Vec<_> = sources.map(|file| file.unwrap().file_name()).collect();
    sources.sort();
    assert_eq!(sources, ["list.rs", "main.rs"]);
    assert!(!package.join("build.rs").exists());
    let manifest = include_str!("../../Cargo.toml");
    let dependencies: Vec<_> = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .map_while(|line| line.split_once('.'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        dependencies,
        ["eventsourcing", "eventsourcing-server", "serde"]
    );
}

#[test]
fn the_front_page_of_the_repository_shows_it() {
    let front_page = include_str!("../../../../README.md");
    let shown = format!("```rust,ignore\n{SOURCE}```\n");
    assert!(front_page.contains(&shown), "README.md shows other code");
}

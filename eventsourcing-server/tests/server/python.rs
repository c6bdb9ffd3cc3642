//! Programs in Python, which pip installs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program of a package that is named so; nothing, said loudly, if it cannot be installed.
pub(crate) fn installed(package: &str) -> Option<PathBuf> {
    let name = package.split_once("==").unwrap().0;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let program = folder.join("bin").join(name);
    let done = folder.join(package);
    if done.exists() {
        return Some(program);
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).output();
    let installed = made.and_then(|_| {
        Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", package])
            .output()
    });
    match installed {
        Ok(output) if output.status.success() => {
            fs::write(done, "").unwrap();
            Some(program)
        }
        failed => {
            #[expect(clippy::print_stderr, reason = "nobody shall take it for done")]
            {
                eprintln!("SKIPPED: pip cannot install {package}: {failed:?}");
            }
            None
        }
    }
}

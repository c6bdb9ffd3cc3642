use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::contestant::{Contestant, Program};

/// Where the programs of the subjects are.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// The file of a package's program.
    pub(crate) fn file(&self, package: &str) -> PathBuf {
        self.folder.join(package)
    }
}

/// Builds what is to be compared, beside this program.
pub(crate) fn build(contestants: &[&Contestant]) -> Result<Programs> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("this package lies in a workspace")?;
    let own = env::current_exe().context("this program has no file")?;
    let folder = own.parent().context("this program lies in a folder")?;
    let target = folder.parent().context("that folder lies in the target folder")?;

    let peers = workspace.join("peers");
    let programs: BTreeSet<_> = contestants.iter().map(|contestant| contestant.program).collect();
    for program in programs {
        match program {
            Program::Ours(package) | Program::Embedded(package) => cargo_build(workspace, target, package)?,
            Program::Peer(package) => cargo_build(&peers, target, package)?,
            // It inserts into the table of what is written by hand.
            Program::Pgbench => cargo_build(&peers, target, "hand")?,
        }
    }
    Ok(Programs {
        folder: folder.to_owned(),
    })
}

/// One by one, so that no package turns on a feature in the dependencies of another.
fn cargo_build(workspace: &Path, target: &Path, package: &str) -> Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            package,
            "--target-dir",
        ])
        .arg(target)
        // Whatever DATABASE_URL names, es-entity's queries are checked against what is kept beside it.
        .env("SQLX_OFFLINE", "true")
        .current_dir(workspace);
    let status = cargo.status().context("cannot run cargo")?;
    ensure!(status.success(), "cannot build {package}");
    Ok(())
}

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

/// The files of embedded databases: a seeded folder for each set of accounts, and a fresh copy of it for each measurement.
#[derive(Debug)]
pub(crate) struct Files {
    folder: TempDir,
}

impl Files {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("compare-").tempdir();
        Ok(Self {
            folder: folder.context("no folder for files")?,
        })
    }

    /// The file in which a program opens these accounts.
    pub(crate) fn create(&self, accounts: &str) -> Result<String> {
        let folder = self.folder.path().join(accounts);
        fs::create_dir(&folder)?;
        file_in(&folder)
    }

    /// A fresh copy of a seeded file, and of those beside it.
    pub(crate) fn copy(&self, accounts: &str) -> Result<String> {
        let fresh = self.folder.path().join("run");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir(&fresh)?;
        for entry in fs::read_dir(self.folder.path().join(accounts))? {
            let entry = entry?;
            fs::copy(entry.path(), fresh.join(entry.file_name()))?;
        }
        file_in(&fresh)
    }
}

fn file_in(folder: &Path) -> Result<String> {
    let path = folder.join("bank.db").into_os_string().into_string();
    path.ok().context("the temporary folder has a name in Unicode")
}

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::Error;

/// Where PostgreSQL's programs are, and on whose behalf they run.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
    /// Somebody else, if this process is root's.
    user: Option<&'static str>,
}

impl Programs {
    pub(crate) fn find() -> Result<Self, Error> {
        Ok(Self {
            folder: env::var_os("PG_BIN").map_or_else(newest, |folder| Ok(folder.into()))?,
            user: unprivileged_user()?,
        })
    }

    pub(crate) fn user(&self) -> Option<&'static str> {
        self.user
    }

    /// A program of PostgreSQL, to be run with few rights. It is stopped when the calling thread ends.
    pub(crate) fn command(&self, program: &str) -> Command {
        self.run(&self.folder.join(program))
    }

    /// As [`command`](Self::command), for a program of somebody else.
    pub(crate) fn run(&self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        if let Some(user) = self.user {
            command.args(["--reuid", user, "--regid", user, "--init-groups"]);
        }
        command.args(["--pdeathsig", "INT", "--"]).arg(program);
        command
            .current_dir("/")
            .env("LC_ALL", "C")
            .env_remove("PGDATA")
            .env_remove("PGOPTIONS");
        command
    }
}

/// The newest version of Debian's packages, or whatever is on the path.
fn newest() -> Result<PathBuf, Error> {
    let installed = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let numbered = installed.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = numbered
        .filter(|(_, folder)| has_server(folder))
        .max()
        .map(|(_, folder)| folder);
    let path = env::var_os("PATH").unwrap_or_default();
    newest
        .or_else(|| env::split_paths(&path).find(|folder| has_server(folder)))
        .ok_or(Error::Missing)
}

fn has_server(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

fn unprivileged_user() -> Result<Option<&'static str>, Error> {
    if id(&["-u"])? != "0" {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if id(&["-u", user]).is_ok() {
            return Ok(Some(user));
        }
    }
    Err(Error::NoUser)
}

/// Makes a folder, and what is in it, that of a user.
pub(crate) fn give_away(folder: &Path, user: Option<&str>) -> Result<(), Error> {
    let Some(user) = user else { return Ok(()) };
    let mut chown = Command::new("chown");
    let output = chown
        .arg("-R")
        .arg(user)
        .arg(folder)
        .output()
        .map_err(Error::io("cannot give away", folder))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(Error::NoUser)
    }
}

fn id(arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("id")
        .args(arguments)
        .output()
        .map_err(Error::io("cannot run", "id"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(Error::NoUser)
    }
}

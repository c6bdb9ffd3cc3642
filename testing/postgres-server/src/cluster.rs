use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use tempfile::TempDir;

use crate::Error;
use crate::programs::{Programs, give_away};

/// The files of a server.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: Programs,
    folder: TempDir,
}

impl Cluster {
    pub(crate) fn create() -> Result<Self, Error> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("postgres-").tempdir();
        let folder = folder.map_err(Error::io("cannot make a folder in", std::env::temp_dir()))?;
        give_away(folder.path(), programs.user())?;
        let cluster = Self { programs, folder };
        cluster.initdb()?;
        Ok(cluster)
    }

    fn initdb(&self) -> Result<(), Error> {
        let output = self
            .programs
            .command("initdb")
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(self.data())
            .output();
        succeeded("initdb", output.map_err(Error::io("cannot run", "initdb"))?)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts the server on this port.
    pub(crate) fn spawn(&self, port: u16, settings: &[String]) -> Result<Child, Error> {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log());
        let log = log.map_err(Error::io("cannot write", self.log()))?;
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(port.to_string());
        command.arg("-k").arg(self.folder.path());
        for setting in settings {
            command.args(["-c", setting]);
        }
        let errors = log.try_clone().map_err(Error::io("cannot write", self.log()))?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        command.spawn().map_err(Error::io("cannot run", "postgres"))
    }

    /// Whether the server answers.
    pub(crate) fn is_ready(&self, port: u16) -> Result<bool, Error> {
        let mut ask = self.programs.command("pg_isready");
        ask.args(["-q", "-t", "1", "-h", "127.0.0.1", "-p"])
            .arg(port.to_string());
        Ok(ask
            .status()
            .map_err(Error::io("cannot run", "pg_isready"))?
            .success())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn succeeded(program: &'static str, output: Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    let output = [output.stdout, output.stderr].concat();
    Err(Error::Failed {
        program,
        output: String::from_utf8_lossy(&output).into_owned(),
    })
}

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

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
    /// An empty one, in a folder of its own in this one.
    pub(crate) fn create_in(parent: &Path) -> Result<Self, Error> {
        let cluster = Self::folder_in(parent)?;
        cluster.initdb()?;
        Ok(cluster)
    }

    /// A copy of that of a running server, which will follow it.
    pub(crate) fn follow(port: u16) -> Result<Self, Error> {
        let cluster = Self::folder_in(&std::env::temp_dir())?;
        let mut copy = cluster.programs.command("pg_basebackup");
        copy.args([
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "--write-recovery-conf",
            "--no-sync",
        ]);
        copy.args(["--checkpoint=fast", "-p"]).arg(port.to_string());
        let output = copy.arg("-D").arg(cluster.data()).output();
        succeeded(
            "pg_basebackup",
            output.map_err(Error::io("cannot run", "pg_basebackup"))?,
        )?;
        Ok(cluster)
    }

    fn folder_in(parent: &Path) -> Result<Self, Error> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("postgres-").tempdir_in(parent);
        let folder = folder.map_err(Error::io("cannot make a folder in", parent))?;
        give_away(folder.path(), programs.user())?;
        Ok(Self { programs, folder })
    }

    /// A program of the same installation.
    pub(crate) fn program(&self, name: &str) -> Command {
        self.programs.command(name)
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

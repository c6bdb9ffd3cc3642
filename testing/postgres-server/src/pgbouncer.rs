use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::{fs, thread};

use tempfile::TempDir;

use crate::Error;
use crate::programs::{Programs, give_away};
use crate::server::{ATTEMPTS, PAUSE, free_port};

/// A running PgBouncer that pools transactions on two connections to a server.
#[derive(Debug)]
pub struct PgBouncer {
    _folder: TempDir,
    port: u16,
    process: Child,
}

impl PgBouncer {
    /// Whether it is installed.
    pub fn is_installed() -> bool {
        program().is_some()
    }

    /// Starts one in front of the server at this host and port, on behalf of this user and password.
    ///
    /// # Errors
    /// If it is not installed, or does not start.
    pub fn start(host: &str, port: u16, user: &str, password: &str) -> Result<Self, Error> {
        let program = program().ok_or(Error::MissingPgBouncer)?;
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("pgbouncer-").tempdir();
        let folder = folder.map_err(Error::io("cannot make a folder in", std::env::temp_dir()))?;
        let own = free_port()?;
        let password = match password {
            "" => String::new(),
            password => format!(" password={password}"),
        };
        let settings = format!(
            "[databases]\n* = host={host} port={port} user={user}{password}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {own}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 1000\n",
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings).map_err(Error::io("cannot write", &file))?;
        give_away(folder.path(), programs.user())?;
        let mut command = programs.run(&program);
        command
            .arg("-q")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn().map_err(Error::io("cannot run", &program))?;
        let mut pgbouncer = Self {
            _folder: folder,
            port: own,
            process,
        };
        pgbouncer.wait_until_ready()?;
        Ok(pgbouncer)
    }

    /// Where it listens, on the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            if let Ok(Some(_)) = self.process.try_wait() {
                break;
            }
            thread::sleep(PAUSE);
        }
        Err(Error::NotStarted {
            log: "PgBouncer has said nothing".to_owned(),
        })
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // It holds nothing that could be lost.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_owned()]);
    folders
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file())
}

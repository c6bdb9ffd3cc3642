use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;
use std::{fs, thread};

use crate::Error;
use crate::cluster::Cluster;

/// A running PostgreSQL server.
#[derive(Debug)]
pub struct Server {
    cluster: Cluster,
    port: u16,
    settings: Vec<String>,
    postmaster: Child,
}

impl Server {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(&[])
    }

    /// As [`start`](Self::start), with settings such as `max_prepared_transactions=2`.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start_with(settings: &[&str]) -> Result<Self, Error> {
        Self::start_in(&std::env::temp_dir(), settings)
    }

    /// As [`start_with`](Self::start_with), with its files in a folder in this one.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start_in(parent: &Path, settings: &[&str]) -> Result<Self, Error> {
        Self::run(Cluster::create_in(parent)?, settings)
    }

    /// Starts a hot standby of this server, which can be read and promoted.
    ///
    /// # Errors
    /// If it does not start.
    pub fn standby(&self) -> Result<Self, Error> {
        Self::run(Cluster::follow(self.port)?, &[])
    }

    fn run(cluster: Cluster, settings: &[&str]) -> Result<Self, Error> {
        let port = free_port()?;
        let mut all = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            "max_connections=300".to_owned(),
        ];
        all.extend(settings.iter().map(ToString::to_string));
        let postmaster = cluster.spawn(port, &all)?;
        let mut server = Self {
            cluster,
            port,
            settings: all,
            postmaster,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// A program of the same installation, such as `pg_dump`.
    pub fn program(&self, name: &str) -> Command {
        self.cluster.program(name)
    }

    /// What the server has logged.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn log(&self) -> Result<String, Error> {
        let file = self.cluster.log();
        fs::read_to_string(&file).map_err(Error::io("cannot read", file))
    }

    /// How the superuser `postgres` connects to the database `postgres`.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// How the superuser `postgres` connects to a database.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its files.
    pub fn folder(&self) -> &Path {
        self.cluster.folder()
    }

    /// Kills the postmaster without warning, as a crash would. Its children follow it on their own.
    ///
    /// # Errors
    /// If there is nothing to kill.
    pub fn kill(&mut self) -> Result<(), Error> {
        self.postmaster
            .kill()
            .map_err(Error::io("cannot kill", "postgres"))?;
        self.postmaster
            .wait()
            .map_err(Error::io("cannot wait for", "postgres"))?;
        Ok(())
    }

    /// Stops the server, cutting off its clients; what is committed is safe.
    ///
    /// # Errors
    /// If there is nothing to stop.
    pub fn stop(&mut self) -> Result<(), Error> {
        let signal = Command::new("kill")
            .arg("-INT")
            .arg(self.postmaster.id().to_string())
            .status();
        signal.map_err(Error::io("cannot stop", "postgres"))?;
        self.postmaster
            .wait()
            .map_err(Error::io("cannot wait for", "postgres"))?;
        Ok(())
    }

    /// Starts the server again, after [`kill`](Self::kill) or [`stop`](Self::stop), where it was.
    ///
    /// # Errors
    /// If it does not start.
    pub fn restart(&mut self) -> Result<(), Error> {
        // Children of a killed postmaster hold on to shared memory for a moment; the server refuses to start until then.
        for _ in 0..ATTEMPTS {
            self.postmaster = self.cluster.spawn(self.port, &self.settings)?;
            match self.wait_until_ready() {
                Err(Error::NotStarted { .. }) => thread::sleep(PAUSE),
                other => return other,
            }
        }
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            if self.cluster.is_ready(self.port)? {
                return Ok(());
            }
            if let Ok(Some(_)) = self.postmaster.try_wait() {
                break;
            }
            thread::sleep(PAUSE);
        }
        Err(Error::NotStarted {
            log: self.log().unwrap_or_default(),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder goes next; nothing in it is worth an orderly end.
        let _ = self.stop();
    }
}

pub(crate) const ATTEMPTS: u32 = 600;
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("cannot bind", "127.0.0.1"))?;
    Ok(listener
        .local_addr()
        .map_err(Error::io("cannot bind", "127.0.0.1"))?
        .port())
}

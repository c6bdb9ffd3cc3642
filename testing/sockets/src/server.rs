//! The server, in a process of its own, so that its memory can be told from that of its clients.

use std::env;
use std::io;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing_server::{Server, ServerLimits, WebSocketLimits};
use tokio::fs;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::arguments::Arguments;
use crate::error::{BoxError, Failed};
use crate::service::Tower;

/// Serves until the standard input ends.
pub(crate) async fn serve(arguments: &Arguments) -> Result<(), BoxError> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let limits = ServerLimits {
        connections: usize::MAX,
        // It is to be seen what the WebSocket does by itself.
        write_timeout: Duration::from_hours(1),
        websocket: WebSocketLimits {
            write_timeout: arguments.write_timeout(),
            ..WebSocketLimits::default()
        },
        ..ServerLimits::default()
    };
    let app = Tower::builder(MemoryStore::new()).start().await?;
    let serving = Server::new(app)
        .limits(limits)
        .bind("127.0.0.1:0")
        .start()
        .await?;
    #[expect(clippy::print_stdout, reason = "this is how it is found")]
    {
        println!("{}", serving.address());
    }
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(serving.shutdown().await?)
}

/// A server in another process.
pub(crate) struct ServerProcess {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl ServerProcess {
    pub(crate) async fn start(arguments: &Arguments) -> Result<Self, BoxError> {
        let mut process = Command::new(env::current_exe()?)
            .arg("--serve")
            .args(["--write-timeout", &arguments.write_timeout.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or(Failed::NoServer)?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        let address = line.ok_or(Failed::NoServer)?.parse()?;
        Ok(Self { process, address })
    }

    /// How much memory it has, in KiB: `VmRSS`.
    pub(crate) async fn memory(&self) -> Result<u64, BoxError> {
        let process = self.process.id().ok_or(Failed::NoServer)?;
        let status = fs::read_to_string(format!("/proc/{process}/status")).await?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        let resident = resident.ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))?;
        Ok(resident.trim().parse()?)
    }

    /// Lets it end in an orderly way.
    pub(crate) async fn end(mut self) -> Result<(), BoxError> {
        drop(self.process.stdin.take());
        let status = self.process.wait().await?;
        if status.success() {
            Ok(())
        } else {
            Err(Failed::NoServer.into())
        }
    }
}

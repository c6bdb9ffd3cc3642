//! Stands between a store and the server, and loses messages when it is told to.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use eventsourcing_postgres::tokio_postgres::Config;
use eventsourcing_postgres::tokio_postgres::config::Host;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;

/// What is lost, together with the connection that it comes on.
#[derive(Clone, Copy)]
pub(crate) enum Lose {
    /// The request: the server never gets it.
    Request,
    /// The answer: the server has done what was asked for.
    Answer,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    server: String,
    lose: Orders,
}

/// What is to be lost of the next request with this text in it.
type Orders = Arc<Mutex<Option<(Lose, &'static str)>>>;

impl Proxy {
    /// A proxy to the server at this address.
    pub(crate) async fn start(url: &str) -> Self {
        let config: Config = url.parse().expect("an address");
        let Some(Host::Tcp(host)) = config.get_hosts().first() else {
            panic!("the proxy needs a host to connect to");
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let server = format!("{host}:{port}");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let proxy = Self {
            address: listener.local_addr().expect("a port"),
            server: server.clone(),
            lose: Arc::default(),
        };
        let lose = Arc::clone(&proxy.lose);
        let runtime = Handle::current();
        runtime.clone().spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                runtime.spawn(forward(client, server.clone(), Arc::clone(&lose)));
            }
        });
        proxy
    }

    /// The same address, through the proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        assert!(url.contains(&self.server), "{url} names its host and its port");
        url.replace(&self.server, &self.address.to_string())
    }

    /// Loses this of the next request that has this text in it.
    pub(crate) fn lose(&self, what: Lose, text: &'static str) {
        *self.lose.lock().expect("no panic") = Some((what, text));
    }
}

/// Ends, and with it both connections, when one of them does, or when something is to be lost.
async fn forward(mut client: TcpStream, server: String, lose: Orders) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut request, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
    let mut loses_answer = false;
    loop {
        tokio::select! {
            length = client.read(&mut request) => {
                let request = &request[..length?];
                match ordered(&lose, request) {
                    Some(Lose::Request) => return Ok(()),
                    Some(Lose::Answer) => loses_answer = true,
                    None if request.is_empty() => return Ok(()),
                    None => {}
                }
                server.write_all(request).await?;
            }
            length = server.read(&mut answer) => {
                let answer = &answer[..length?];
                if answer.is_empty() || loses_answer {
                    return Ok(());
                }
                client.write_all(answer).await?;
            }
        }
    }
}

fn ordered(lose: &Orders, request: &[u8]) -> Option<Lose> {
    let is_meant =
        |(_, text): &mut (Lose, &str)| request.windows(text.len()).any(|part| part == text.as_bytes());
    let (what, _) = lose.lock().expect("no panic").take_if(is_meant)?;
    Some(what)
}

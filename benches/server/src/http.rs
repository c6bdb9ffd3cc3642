//! A client that keeps its connection, and does no more than it must.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::{Address, payload};

/// Sends commands one after the other. Returns how many were done.
pub(crate) async fn client(address: Address, client: usize, until: Instant) -> usize {
    let socket = TcpStream::connect(address).await.expect("it connects");
    socket.set_nodelay(true).expect("it can be set");
    let mut socket = BufStream::new(socket);
    let mut done = 0;
    while Instant::now() < until {
        let payload = payload(client);
        let request = format!(
            "POST /commands/Deposit HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{payload}",
            payload.len()
        );
        socket.write_all(request.as_bytes()).await.expect("it is sent");
        socket.flush().await.expect("it is sent");
        answer(&mut socket).await;
        done += 1;
    }
    done
}

/// Reads an answer, which has to be a success.
async fn answer(socket: &mut BufStream<TcpStream>) {
    let mut line = String::new();
    socket.read_line(&mut line).await.expect("there is an answer");
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        socket.read_line(&mut line).await.expect("there are headers");
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.expect("there is a body");
}

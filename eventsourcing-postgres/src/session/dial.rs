use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, Client, Config, Error, Socket};

/// Makes a connection, encrypted in whichever way.
pub(crate) type Dial = Arc<dyn Fn(Config) -> Dialling + Send + Sync>;

type Dialling = Pin<Box<dyn Future<Output = Result<(Client, Box<dyn Connection>), Error>> + Send>>;

/// The end of a connection that does the reading and writing.
pub(crate) trait Connection: Send {
    /// Works on, up to the next message that is not an answer; `None` when the connection has ended.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>>;
}

impl<S, T> Connection for tokio_postgres::Connection<S, T>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    T: AsyncRead + AsyncWrite + Unpin + Send,
{
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> {
        Self::poll_message(self, context)
    }
}

pub(crate) fn dial_with<T>(connector: T) -> Dial
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    Arc::new(move |config| {
        let connector = connector.clone();
        Box::pin(async move {
            let (client, connection) = config.connect(connector).await?;
            let connection: Box<dyn Connection> = Box::new(connection);
            Ok((client, connection))
        })
    })
}

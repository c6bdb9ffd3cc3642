use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use serde::Deserialize;

use crate::store::EventStore;

/// Where events are kept, as a configuration file or a command line says it.
///
/// | text | store | feature |
/// |---|---|---|
/// | `memory` | in memory: the events go when the program ends | `memory` |
/// | `sqlite:bank.db` | in this SQLite file, which is made if it is missing | `sqlite` |
/// | `postgres://app@db.example.org/bank` | in this PostgreSQL database, in the schema `eventsourcing` | `postgres` |
///
/// ```
/// use eventsourcing::StoreAddress;
/// use eventsourcing::execute::Executor;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let address: StoreAddress = "memory".parse()?;
/// let executor = Executor::new(address.open().await?);
/// # Ok(())
/// # }
/// ```
///
/// A program that wants more than the defaults of a store opens it itself: by `sqlite::SqliteOptions` or
/// `postgres::PostgresOptions`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
#[non_exhaustive]
pub enum StoreAddress {
    /// In memory.
    Memory,
    /// In an SQLite file.
    Sqlite(PathBuf),
    /// In a PostgreSQL database, at an address that begins with `postgres://` or `postgresql://` and may hold a password.
    Postgres(String),
}

impl StoreAddress {
    /// Opens the store that it names.
    ///
    /// # Errors
    /// If the store cannot be opened, or the program was built without the feature that it needs.
    #[allow(
        clippy::unused_async,
        reason = "there is nothing to wait for if all features that open something are off"
    )]
    pub async fn open(&self) -> Result<Arc<dyn EventStore>, OpenStoreError> {
        match self {
            #[cfg(feature = "memory")]
            Self::Memory => Ok(Arc::new(crate::memory::MemoryStore::new())),
            #[cfg(not(feature = "memory"))]
            Self::Memory => Err(OpenStoreError::FeatureMissing { feature: "memory" }),

            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => match crate::sqlite::SqliteStore::open(path).await {
                Ok(store) => Ok(Arc::new(store)),
                Err(source) => Err(OpenStoreError::Sqlite {
                    path: path.clone(),
                    source,
                }),
            },
            #[cfg(not(feature = "sqlite"))]
            Self::Sqlite(_) => Err(OpenStoreError::FeatureMissing { feature: "sqlite" }),

            #[cfg(feature = "postgres")]
            Self::Postgres(url) => match crate::postgres::PostgresStore::connect(url).await {
                Ok(store) => Ok(Arc::new(store)),
                Err(source) => Err(OpenStoreError::Postgres {
                    address: self.clone(),
                    source,
                }),
            },
            #[cfg(not(feature = "postgres"))]
            Self::Postgres(_) => Err(OpenStoreError::FeatureMissing { feature: "postgres" }),
        }
    }
}

impl FromStr for StoreAddress {
    type Err = InvalidStoreAddress;

    fn from_str(text: &str) -> Result<Self, InvalidStoreAddress> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() {
                Err(InvalidStoreAddress)
            } else {
                Ok(Self::Sqlite(path.into()))
            };
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err(InvalidStoreAddress),
        }
    }
}

impl TryFrom<String> for StoreAddress {
    type Error = InvalidStoreAddress;

    fn try_from(text: String) -> Result<Self, InvalidStoreAddress> {
        text.parse()
    }
}

/// What it was parsed from, without what may be secret: the password, and the parameters behind `?`.
impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => write_without_secrets(f, url),
        }
    }
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreAddress({self})")
    }
}

fn write_without_secrets(f: &mut fmt::Formatter<'_>, url: &str) -> fmt::Result {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    // A password may hold an `@` that was not escaped: what is after the last one is certainly none of it.
    let (user, place) = match rest.rsplit_once('@') {
        Some((login, place)) => (login.split_once(':').map_or(login, |(user, _)| user), place),
        None => ("", rest),
    };
    match user {
        "" => write!(f, "{scheme}://{place}"),
        user => write!(f, "{scheme}://{user}@{place}"),
    }
}

/// The text does not say where events are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a store is named by `memory`, `sqlite:` and a path, or `postgres://` and the rest of an address")]
pub struct InvalidStoreAddress;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenStoreError {
    /// The program cannot open stores of this kind.
    #[error("the program was built without the feature `{feature}` of the crate `eventsourcing`")]
    FeatureMissing {
        /// The feature.
        feature: &'static str,
    },
    /// The file cannot be opened.
    #[cfg(feature = "sqlite")]
    #[error("cannot open the store in the file `{}`", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: crate::sqlite::OpenError,
    },
    /// The database cannot be opened.
    #[cfg(feature = "postgres")]
    #[error("cannot open the store at {address}")]
    Postgres {
        /// The database.
        address: StoreAddress,
        /// Why not.
        source: crate::postgres::ConnectError,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown() {
        for (text, address) in [
            ("memory", StoreAddress::Memory),
            ("sqlite:bank.db", StoreAddress::Sqlite("bank.db".into())),
            (
                "sqlite:/var/lib/bank.db",
                StoreAddress::Sqlite("/var/lib/bank.db".into()),
            ),
            (
                "postgres://db/bank",
                StoreAddress::Postgres("postgres://db/bank".into()),
            ),
        ] {
            assert_eq!(text.parse(), Ok(address.clone()));
            assert_eq!(address.to_string(), text);
        }
        let slashes = StoreAddress::Sqlite("/var/lib/bank.db".into());
        assert_eq!("sqlite:///var/lib/bank.db".parse(), Ok(slashes));
    }

    #[test]
    fn what_names_no_store_is_refused() {
        for text in [
            "",
            "memory ",
            "sqlite",
            "sqlite:",
            "sqlite://",
            "mysql://db/bank",
            "bank.db",
            "postgres:bank",
        ] {
            assert_eq!(text.parse::<StoreAddress>(), Err(InvalidStoreAddress), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        for (text, shown) in [
            (
                "postgres://app:secret@db:5433/bank",
                "postgres://app@db:5433/bank",
            ),
            ("postgresql://app:se:cr@et@db/bank", "postgresql://app@db/bank"),
            (
                "postgres://db/bank?user=app&password=secret",
                "postgres://db/bank",
            ),
        ] {
            let address: StoreAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?}"), format!("StoreAddress({shown})"));
        }
    }
}

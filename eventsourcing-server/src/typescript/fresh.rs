use std::path::Path;
use std::{env, fs};

use eventsourcing::service::ServiceDescription;
use similar::TextDiff;

use super::client;

/// The environment variable with which [`assert_client_is_fresh`] writes the client rather than compare it.
pub const UPDATE: &str = "UPDATE_CLIENT";

/// Checks that a file holds the [client](client()) of this service. With the environment variable `UPDATE_CLIENT=1`, it writes the file.
///
/// A relative path begins in the folder of the package, as that is where tests run.
///
/// # Panics
/// If the file holds something else: the message is a diff. If it cannot be read, or written.
#[track_caller]
pub fn assert_client_is_fresh(path: impl AsRef<Path>, service: &ServiceDescription) {
    let path = path.as_ref();
    let fresh = client(service);
    let shown = path.display();
    if env::var_os(UPDATE).is_some_and(|value| value == "1") {
        #[expect(clippy::panic, reason = "this is how tests fail")]
        fs::write(path, fresh).unwrap_or_else(|error| panic!("cannot write {shown}: {error}"));
        return;
    }
    let renew = format!("run the test with {UPDATE}=1 to write it");
    #[expect(clippy::panic, reason = "this is how tests fail")]
    let committed =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read {shown}: {error}\n{renew}"));
    // Git may have turned line ends into those of Windows.
    let committed = committed.replace("\r\n", "\n");
    if committed != fresh {
        let diff = TextDiff::from_lines(&committed, &fresh);
        let diff = diff.unified_diff().header("the file", "the service").to_string();
        #[expect(clippy::panic, reason = "this is how tests fail")]
        {
            panic!("{shown} is not the client of {}: {renew}\n{diff}", service.name);
        }
    }
}

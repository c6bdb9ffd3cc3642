//! The connections on which SQL runs are given to the store.

use super::audit::Auditing;
use super::database::Place;
use super::refusing::why_not;

#[tokio::test]
async fn sql_does_not_start_without_connections_for_it() {
    let place = Place::start().await;
    let error = why_not(Auditing::builder(place.open_without_sql().await).start().await);
    assert!(error.to_string().contains("PostgresOptions::sql_pool"), "{error}");
}

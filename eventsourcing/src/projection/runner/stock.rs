use super::super::ProjectionFacts;
use super::super::parked::{Parked, read_row};
use super::super::slice::Slice;
use crate::store::rows::{Place, ReadRows, ReadRowsError};
use crate::store::{StoreError, TenantStore};

/// What a slice of a projection has come to, as it was at one moment.
#[derive(Debug)]
pub(super) struct Stock {
    /// Where its reader was.
    pub(super) place: Place,
    /// What was parked.
    pub(super) parked: Parked,
}

impl Stock {
    /// Reads it, again if somebody has written between two pages.
    pub(super) async fn take(
        tenant: &TenantStore,
        facts: &ProjectionFacts,
        slice: Slice,
    ) -> Result<Self, ReadRowsError> {
        loop {
            if let Some(stock) = Self::try_to_take(tenant, facts, slice).await? {
                return Ok(stock);
            }
        }
    }

    async fn try_to_take(
        tenant: &TenantStore,
        facts: &ProjectionFacts,
        slice: Slice,
    ) -> Result<Option<Self>, ReadRowsError> {
        let mut read = ReadRows {
            readers: vec![slice.reader(&facts.of_store())],
            ..ReadRows::all(facts.parked_version())
        };
        let mut stock: Option<Self> = None;
        loop {
            let page = tenant.rows.read(&read).await?;
            let place = page.places.first().copied().unwrap_or_default();
            let stock = stock.get_or_insert_with(|| Self {
                place,
                parked: Parked::default(),
            });
            if stock.place != place {
                return Ok(None);
            }
            let next = page.rows.last().filter(|_| page.rows.len() >= read.limit.get());
            let next = next.map(|row| read.sort_values(row));
            for row in page.rows {
                let event = read_row(row, facts.parked).map_err(|error| {
                    StoreError::broken("a row of a parked event cannot be read").caused_by(error)
                })?;
                // The table is that of all slices.
                if slice.holds(&event.sequence) {
                    stock.parked.put(event);
                }
            }
            match next {
                Some(next) => read.after = Some(next),
                None => {
                    return Ok(Some(std::mem::replace(
                        stock,
                        Self {
                            place,
                            parked: Parked::default(),
                        },
                    )));
                }
            }
        }
    }
}

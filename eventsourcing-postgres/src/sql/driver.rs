//! Values of `tokio-postgres`, sent and read through sqlx: both write them as the database does.

use bytes::BytesMut;
use eventsourcing_core::store::StoreError;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgRow, PgTypeInfo};
use sqlx::{Arguments as _, Postgres, Row as _, ValueRef as _};
use tokio_postgres::types::{self, FromSql, ToSql, Type, WrongType};

use super::fault::nothing_done;
use crate::row::Columns;

/// Parameters for sqlx.
pub(super) fn arguments(parameters: &[(&(dyn ToSql + Sync), Type)]) -> Result<PgArguments, BoxDynError> {
    let mut arguments = PgArguments::default();
    for (value, ty) in parameters {
        arguments.add(Parameter { value: *value, ty })?;
    }
    Ok(arguments)
}

struct Parameter<'p> {
    value: &'p (dyn ToSql + Sync),
    ty: &'p Type,
}

impl Encode<'_, Postgres> for Parameter<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let mut bytes = BytesMut::new();
        Ok(match self.value.to_sql_checked(self.ty, &mut bytes)? {
            types::IsNull::Yes => IsNull::Yes,
            types::IsNull::No => {
                buffer.extend_from_slice(&bytes);
                IsNull::No
            }
        })
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.ty.oid())))
    }
}

impl sqlx::Type<Postgres> for Parameter<'_> {
    /// Each value says what it is.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(Type::UNKNOWN.oid()))
    }
}

impl Columns for PgRow {
    fn column<'r, T: FromSql<'r>>(&'r self, nth: usize) -> Result<T, StoreError> {
        let value = self.try_get_raw(nth).map_err(nothing_done)?;
        let ty = value.type_info().oid().and_then(|oid| Type::from_oid(oid.0));
        let ty = ty.filter(T::accepts).ok_or_else(|| {
            StoreError::broken(format!("column {nth} of an answer is of another type"))
                .caused_by(WrongType::new::<T>(Type::UNKNOWN))
        })?;
        let read = if value.is_null() {
            T::from_sql_null(&ty)
        } else {
            value.as_bytes().and_then(|bytes| T::from_sql(&ty, bytes))
        };
        read.map_err(|error| {
            StoreError::broken(format!("column {nth} of an answer cannot be read")).caused_by(error)
        })
    }
}

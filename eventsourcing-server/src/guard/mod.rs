//! What a browser could be made to do by the pages of others: ask a server that is not theirs, in the name of its user.

mod host;
mod origin;

pub(crate) use host::{Hosts, check_host};
pub(crate) use origin::{Origins, check_origin};

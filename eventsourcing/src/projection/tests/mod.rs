mod batch;
mod parking;
mod rows;
pub(super) mod world;

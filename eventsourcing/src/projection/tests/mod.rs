mod batch;
mod parking;
mod rows;
mod slices;
pub(super) mod world;

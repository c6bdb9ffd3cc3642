mod batch;
mod rows;
mod world;

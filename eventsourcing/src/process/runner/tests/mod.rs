mod course;
mod parked;
mod world;

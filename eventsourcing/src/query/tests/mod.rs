mod asking;
mod by_name;
mod caching;
mod following;
mod slices;
mod world;

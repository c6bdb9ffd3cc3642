mod asking;
mod by_name;
mod caching;
mod following;
mod world;

mod closing;
mod commands;
mod queries;
mod random;
mod subscriptions;
mod world;

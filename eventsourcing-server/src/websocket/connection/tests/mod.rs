mod closing;
mod commands;
mod random;
mod subscriptions;
mod world;

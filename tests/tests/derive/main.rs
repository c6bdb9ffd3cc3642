//! What derived code does at run time.

mod event;
mod stream_key;

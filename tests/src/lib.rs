//! Nothing but a place for the tests in `tests/` and the cases in `ui/`.

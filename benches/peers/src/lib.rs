//! Nothing: the benches are the whole of this crate.

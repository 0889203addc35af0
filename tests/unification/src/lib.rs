//! Empty: this crate runs the tests of `quiltt-session`.

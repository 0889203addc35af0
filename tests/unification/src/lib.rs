//! Nothing: the tests of `quiltt-session` are what is here.

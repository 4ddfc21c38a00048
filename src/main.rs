//! Parses the arguments, calls the library, turns the result into an exit status.

fn main() {}

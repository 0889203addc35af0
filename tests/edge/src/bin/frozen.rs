//! Mints the frozen tokens, on whatever platform: `.ci/platforms --quick`. A binary needs none of what the tests need.

#[path = "../forge.rs"]
mod forge;
#[path = "../../../it/frozen.rs"]
mod frozen;

fn main() {
    println!("{} frozen tokens", frozen::check());
}

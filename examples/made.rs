//! Makes a shop of any size to try wetink on: `made DIR PEOPLE TOUCHES_EACH EARLIER_CARDS NOTES`, with the wetink built beside it.

#[path = "../benches/made/mod.rs"]
mod made;

use std::path::PathBuf;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, people, each, cards, notes] = &args[..] else {
        eprintln!("made DIR PEOPLE TOUCHES_EACH EARLIER_CARDS NOTES");
        return;
    };
    let number = |text: &String| text.parse().expect("a number");
    let program = std::env::current_exe().expect("this program's own file").with_file_name("../wetink");
    let shop = made::Shop::make(&program, &PathBuf::from(dir), number(people), number(each), number(cards));
    shop.write(number(notes));
}

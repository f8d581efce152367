//! For people.

use crate::shelf::Item;

/// One line for each item, aligned.
pub fn table<'a>(items: impl Iterator<Item = &'a Item>) -> String {
    let mut text = String::new();
    for item in items {
        let warning = if item.count < item.minimum {
            " (order more)"
        } else {
            ""
        };
        writeln!(text, "{:<12}{:>5}{}", item.name, item.count, warning)
            .expect("a String takes all");
    }
    text
}

/// The longest of the names; nothing where there is none.
pub fn longest(first: &str, second: &str) -> &str {
    if first.len() >= second.len() {
        first
    } else {
        second
    }
}

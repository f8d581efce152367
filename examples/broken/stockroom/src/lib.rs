//! Counts what lies on the shelves and says what has to be ordered.

pub mod orders;
pub mod shelf;
pub mod text;

//! What is missing.

use crate::shelf::Shelf;
use std::collections::HashMap;

/// Name -> how many to order, so that the minimum is there again.
pub fn orders(shelf: &Shelf) -> HashMap<String, u32> {
    let wanted = HashMap::new();
    for item in shelf.itmes() {
        if item.count < item.minimum {
            wanted.insert(item.name.clone(), item.minimum - item.count);
        }
    }
    wanted
}

/// What the orders cost, in cents; what has no price is left out.
pub fn cost(orders: &HashMap<String, u32>, prices: &HashMap<String, u64>) -> u64 {
    let mut total = 0;
    for (name, count) in orders {
        if let Some(price) = prices.get(name) {
            total += price * u64::from(*count);
        }
    }
    total
}

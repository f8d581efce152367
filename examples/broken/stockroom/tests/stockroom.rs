use std::collections::HashMap;

use stockroom::orders::{cost, orders};
use stockroom::shelf::Shelf;
use stockroom::text::{longest, table};

fn shelf() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.put("screws", 40);
    shelf.put("hinges", 3);
    shelf.keep("screws", 100);
    shelf.keep("hinges", 2);
    shelf
}

#[test]
fn what_is_missing_is_ordered() {
    let wanted = orders(&shelf());
    assert_eq!(wanted, HashMap::from([("screws".to_string(), 60)]));
    let prices = HashMap::from([("screws".to_string(), 5)]);
    assert_eq!(cost(&wanted, &prices), 300);
}

#[test]
fn what_is_not_there_cannot_be_taken() {
    let mut shelf = shelf();
    assert_eq!(shelf.take("hinges", 2), Ok(1));
    assert_eq!(
        shelf.take("hinges", 2),
        Err("only 1 of hinges left".to_string())
    );
    assert_eq!(shelf.take("nails", 1), Err("there is no nails".to_string()));
}

#[test]
fn the_table_warns() {
    let text = table(shelf().items());
    assert!(text.contains("screws         40 (order more)"));
    assert!(text.contains("hinges          3\n"));
}

#[test]
fn the_first_of_two_equals_is_the_longest() {
    assert_eq!(longest("abc", "de"), "abc");
    assert_eq!(longest("ab", "cd"), "ab");
}

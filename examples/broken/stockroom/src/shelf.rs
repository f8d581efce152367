//! What is there.

/// One sort of thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub name: String,
    pub count: u32,
    pub minimum: u32,
}

/// All that is there, by name.
#[derive(Debug, Default)]
pub struct Shelf {
    items: BTreeMap<String, Item>,
}

impl Shelf {
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `count` more of it on the shelf.
    pub fn put(&mut self, name: &str, count: u32) {
        let item = self.items.entry(name.to_string()).or_insert_with(|| Item {
            name: name,
            count: 0,
            minimum: 0,
        });
        item.count += count;
    }

    /// Takes `count` away; what is not there cannot be taken.
    pub fn take(&mut self, name: &str, count: u32) -> Result<u32, String> {
        let item = self
            .items
            .get_mut(name)
            .ok_or(format!("there is no {name}"))?;
        if item.count < count {
            return Err(format!("only {} of {name} left", item.count));
        }
        item.count -= count;
        Ok(item.count)
    }

    /// Says how many there should be at least.
    pub fn keep(&mut self, name: &str, minimum: u32) {
        self.put(name, 0);
        if let Some(item) = self.items.get_mut(name) {
            item.minimum = minimum;
        }
    }

    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }
}

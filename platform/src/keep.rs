//! What rooms keep in memory, for a house or for one request: one of each type, made when first
//! asked for.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub struct Kept(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}

impl Kept {
    pub fn put<T: Send + Sync + 'static>(&self, one: Arc<T>) {
        let mut kept = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        kept.insert(TypeId::of::<T>(), one);
    }

    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let one = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        // What stands under a type is of that type.
        one.downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn there_is_one_of_each_type() {
        let kept = Kept::default();
        kept.get::<Mutex>().0.lock().unwrap().push(7);
        assert_eq!(*kept.get::<Mutex>().0.lock().unwrap(), [7]);
        assert_eq!(*kept.get::<String>(), "");
    }

    #[derive(Default)]
    struct Mutex(std::sync::Mutex<Vec<i64>>);
}

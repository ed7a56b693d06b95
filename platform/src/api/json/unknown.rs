//! Fields of a body that nothing asks for. What is read asks for its fields by name; whatever else stands there was meant
//! for something, so it is told rather than passed over.

use std::cell::RefCell;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

use super::named;
use crate::error::Problems;

/// Notes each field that reading this as `T` does not ask for, with those that it does.
pub(super) fn fields<T: DeserializeOwned>(body: &Value, problems: &mut Problems) {
    let found = RefCell::new(Vec::new());
    // What is read here was read already: only what it did not ask for is looked at.
    let _ = T::deserialize(Asked { value: body, path: Vec::new(), found: &found });
    for (path, known) in found.into_inner() {
        problems.add_with(&named(&path), "problem-json-unknown", &[("known", known.join(", "))]);
    }
}

/// A field's path, and the names that stand there.
type Found = RefCell<Vec<(Vec<String>, &'static [&'static str])>>;

/// A value that notes by which names it is asked.
#[derive(Clone)]
struct Asked<'a> {
    value: &'a Value,
    path: Vec<String>,
    found: &'a Found,
}

impl<'a> Asked<'a> {
    fn below(&self, name: String, value: &'a Value) -> Self {
        let mut path = self.path.clone();
        path.push(name);
        Self { value, path, found: self.found }
    }
}

impl IntoDeserializer<'_, Error> for Asked<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Array(items) => {
                let items = items.iter().enumerate().map(|(place, item)| self.below(place.to_string(), item));
                visitor.visit_seq(SeqDeserializer::new(items))
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), self.below(name.clone(), value)));
                visitor.visit_map(MapDeserializer::new(fields))
            }
            plain => plain.clone().deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.clone().deserialize_enum(name, variants, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Value::Object(fields) = self.value {
            let unknown = fields.keys().filter(|name| !known.contains(&name.as_str()));
            self.found.borrow_mut().extend(unknown.map(|name| (self.below(name.clone(), &Value::Null).path, known)));
        }
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

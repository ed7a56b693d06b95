//! An edit as a program sends it: standard fields by their names, fields of the office's own under `own`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::Given;
use crate::cx::Cx;
use crate::error::{Problems, Result};
use crate::forms::Loose;

/// The fields to change: what is absent stays, null empties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    fields: BTreeMap<String, Option<Loose>>,
    own: Given,
}

impl Edit {
    /// All of them by name, as the verb of the record takes them.
    pub fn fields(self, cx: &Cx, subject: &str) -> Result<BTreeMap<String, Option<String>>> {
        let mut problems = Problems::default();
        let mut fields = self.own.fields(cx, subject, &mut problems);
        problems.into_result()?;
        fields.extend(self.fields.into_iter().map(|(field, value)| (field, value.map(|value| value.0))));
        Ok(fields)
    }
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Edit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Edit, A::Error> {
                let mut edit = Edit::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "own" {
                        edit.own = map.next_value()?;
                    } else {
                        edit.fields.insert(name, map.next_value()?);
                    }
                }
                Ok(edit)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

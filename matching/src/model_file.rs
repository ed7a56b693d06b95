//! Models as files that people can read: TOML, one table a field, one line a level.

use std::fmt::Write;
use std::path::Path;

use crate::compare::Field;
use crate::error::Error;
use crate::model::{MODEL_VERSION, Model};

impl Model {
    /// The model as text. Every line says how probable a level is for the same enterprise, for kin and by chance; for levels
    /// that share a value, chance stands for how much oftener than frequency squared it shares one.
    pub fn to_text(&self) -> String {
        let mut out = format!(
            "# What agreement is worth: probabilities of each level among pairs of the same enterprise, of kin, and by chance.\n\
             version = {MODEL_VERSION}\nrecords = {}\npairs = {}\nsame_per_record = {}\nkin_per_record = {}\n",
            self.learnt_from.0, self.learnt_from.1, self.same_per_record, self.kin_per_record
        );
        for field in Field::ALL {
            let _ = writeln!(out, "\n[{}]", field.name());
            for (at, name) in field.levels().iter().enumerate() {
                let f = field as usize;
                let _ = writeln!(
                    out,
                    "{name:?} = {{ same = {}, kin = {}, chance = {} }}",
                    self.same[f][at + 1],
                    self.kin[f][at + 1],
                    self.chance[f][at + 1]
                );
            }
        }
        out
    }

    /// Reads what [`Model::to_text`] writes; `path` is only for telling where an error is.
    pub fn from_text(text: &str, path: &Path) -> Result<Self, Error> {
        let bad = |reason: String| Error::Model { path: path.to_owned(), reason };
        let table: toml::Table = toml::from_str(text).map_err(|error| bad(error.message().to_owned()))?;
        let found =
            table.get("version").and_then(toml::Value::as_integer).ok_or_else(|| bad("it has no version".into()))?;
        if found != i64::from(MODEL_VERSION) {
            return Err(Error::ModelVersion { path: path.to_owned(), found, known: MODEL_VERSION });
        }
        let number = |value: Option<&toml::Value>, what: &str| {
            let number = value.and_then(|v| v.as_float().or_else(|| v.as_integer().map(|i| i as f64)));
            number.filter(|n| n.is_finite() && *n >= 0.0).ok_or_else(|| bad(format!("{what} is no number")))
        };
        let count = |key: &str| {
            table.get(key).and_then(toml::Value::as_integer).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
        };
        let mut model = Self {
            same_per_record: number(table.get("same_per_record"), "same_per_record")?,
            kin_per_record: number(table.get("kin_per_record"), "kin_per_record")?,
            learnt_from: (count("records"), count("pairs")),
            ..Self::default()
        };
        for field in Field::ALL {
            let levels = table
                .get(field.name())
                .and_then(toml::Value::as_table)
                .ok_or_else(|| bad(format!("it lacks the field {}", field.name())))?;
            for (at, name) in field.levels().iter().enumerate() {
                // A model written before there was such a level keeps the one delivered.
                let is_later =
                    ["another number", "equal but for the form", "only one names a trade", "only one names a place"]
                        .contains(name);
                if is_later && !levels.contains_key(*name) {
                    continue;
                }
                let line = levels.get(*name).and_then(toml::Value::as_table);
                let line = line.ok_or_else(|| bad(format!("{} lacks the level “{name}”", field.name())))?;
                let f = field as usize;
                model.same[f][at + 1] = number(line.get("same"), name)?;
                model.kin[f][at + 1] = number(line.get("kin"), name)?;
                model.chance[f][at + 1] = number(line.get("chance"), name)?;
            }
        }
        Ok(model)
    }

    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::from_text(&std::fs::read_to_string(path).map_err(Error::io(path))?, path)
    }

    /// Writes the model whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let part = path.with_extension("part");
        std::fs::write(&part, self.to_text()).map_err(Error::io(&part))?;
        std::fs::rename(&part, path).map_err(Error::io(path))
    }
}

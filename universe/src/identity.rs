//! Which company an LEI or a registration number is of.

use std::collections::HashMap;
use std::path::Path;

use crate::catalogue::Source;
use crate::cell::{self, Texts};
use crate::error::Error;
use crate::id::hash;
use crate::kept::batches;
use crate::record::Record;

/// The keys of all records, hashed: sixteen bytes for each LEI and each number.
#[derive(Default)]
pub(crate) struct Identity {
    /// Key and company, sorted.
    keys: Vec<(u64, u64)>,
    /// Company and its LEI's key, sorted.
    leis: Vec<(u64, u64)>,
}

pub(crate) fn lei_key(lei: &str) -> Option<u64> {
    (!lei.is_empty()).then(|| hash(&["lei", lei]))
}

/// A number counts within its register only.
pub(crate) fn number_key(register: &str, number: &str) -> Option<u64> {
    let plain: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let plain = plain.trim_start_matches('0');
    (!register.is_empty() && !plain.is_empty()).then(|| hash(&["number", register, plain]))
}

/// The id of a company that nobody else tells of: by its strongest key.
pub(crate) fn own_id(source: &str, record: &Record) -> u64 {
    lei_key(&record.lei)
        .or_else(|| number_key(&record.register, &record.number))
        .unwrap_or_else(|| hash(&["record", source, &record.key]))
}

impl Identity {
    /// Of all records of all sources.
    pub fn of(folder: &Path, sources: &[Source], links: &HashMap<(usize, String), u64>) -> Result<Self, Error> {
        let mut all = Self::default();
        for (at, source) in sources.iter().enumerate() {
            for part in &source.parts {
                let path = part.path(folder);
                for batch in batches(&path, Some(&["key", "company", "lei", "register", "number"]))? {
                    let batch = batch.map_err(Error::arrow(&path))?;
                    let [key, lei, register, number] =
                        ["key", "lei", "register", "number"].map(|name| Texts::in_batch(&batch, name));
                    for row in 0..batch.num_rows() {
                        let linked = if links.is_empty() { None } else { links.get(&(at, key.text(row))).copied() };
                        let Some(company) = linked.or_else(|| cell::id(&batch, "company", row)) else { continue };
                        let text = |column: Texts<'_>| column.get(row).map_or("", |t| t).to_owned();
                        if let Some(key) = lei_key(&text(lei)) {
                            all.keys.push((key, company));
                            all.leis.push((company, key));
                        }
                        if let Some(key) = number_key(&text(register), &text(number)) {
                            all.keys.push((key, company));
                        }
                    }
                }
            }
        }
        for list in [&mut all.keys, &mut all.leis] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(all)
    }

    pub fn find(&self, key: u64) -> Option<u64> {
        let at = self.keys.partition_point(|(known, _)| *known < key);
        self.keys.get(at).filter(|(known, _)| *known == key).map(|(_, company)| *company)
    }

    /// Whether a company is known by another LEI than this.
    pub fn contradicts(&self, company: u64, lei: &str) -> bool {
        let Some(key) = lei_key(lei) else { return false };
        let from = self.leis.partition_point(|(known, _)| *known < company);
        let known = self.leis[from..].iter().take_while(|(known, _)| *known == company);
        known.clone().next().is_some() && known.clone().all(|(_, lei)| *lei != key)
    }

    /// The company that a record is of by its LEI, else by its number.
    pub fn company(&self, record: &Record) -> Option<u64> {
        if let Some(company) = lei_key(&record.lei).and_then(|key| self.find(key)) {
            return Some(company);
        }
        let company = number_key(&record.register, &record.number).and_then(|key| self.find(key))?;
        (!self.contradicts(company, &record.lei)).then_some(company)
    }
}

//! Taking an import back, batch by batch, the latest entries first.

use std::collections::HashSet;

use super::{BATCH, Worker};
use crate::audit::{self, Entry};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::import::store::{self, Back, Import};
use crate::import::{ImportKind, Undone, undo};

impl Worker<'_> {
    /// Has the kind reverse entries, and notes what came of it and how far the undo has come.
    async fn take_back(
        &self,
        cx: &mut Cx,
        kind: &'static dyn ImportKind,
        ask: &[Entry],
        stays: &[(Entry, &'static str)],
        mark: Option<Id>,
    ) -> Result<()> {
        let answers = kind.undo(cx, ask).await?;
        let mut kept: Vec<(&Entry, &str)> = stays.iter().map(|(entry, why)| (entry, *why)).collect();
        let mut reversed: Vec<&Entry> = Vec::new();
        for (entry, answer) in ask.iter().zip(&answers) {
            match answer {
                Undone::Reversed => reversed.push(entry),
                Undone::KeptTouched => kept.push((entry, "touched")),
                Undone::KeptRetired => kept.push((entry, "retired")),
                Undone::InPart => kept.push((entry, "in_part")),
                Undone::Nothing => {}
            }
        }
        let back = self.counted(cx, &reversed).await?;
        let reversed: Vec<Id> = reversed.iter().map(|entry| entry.id).collect();
        store::reverse(cx, self.id, &reversed).await?;
        store::add_undone(cx, self.id, mark, back, &kept).await
    }

    /// How many records these entries take back that none before them did, and how many values: of a record that the
    /// import made all go with it.
    async fn counted(&self, cx: &mut Cx, reversed: &[&Entry]) -> Result<Back> {
        let mut back = Back::default();
        let mut kinds: Vec<&str> = reversed.iter().map(|entry| entry.subject_kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let of_kind = || reversed.iter().filter(|entry| entry.subject_kind == kind);
            let ids: HashSet<Id> = of_kind().map(|entry| entry.subject_id).collect();
            let ids: Vec<Id> = ids.into_iter().collect();
            let before = store::reversed_of(cx, self.id, kind, &ids).await?;
            let made = store::made_by(cx, self.id, kind, &ids).await?;
            back.records += ids.iter().filter(|id| !before.contains(id)).count() as i64;
            let values = of_kind().filter(|entry| !made.contains(&entry.subject_id));
            let told = |entry: &&&Entry| entry.fields().iter().filter(|change| !change.field.starts_with('_')).count();
            back.values += values.map(|entry| told(&entry)).sum::<usize>() as i64;
        }
        Ok(back)
    }

    /// A transaction in which entries are taken back, the import named as its reason.
    fn cx_back(&self) -> Cx {
        let mut cx = self.cx(false);
        cx.note = Some(self.named.undone());
        cx.reverses = Some(self.id);
        cx
    }

    pub(super) async fn undo(&self, progress: &mut impl FnMut(&Import)) -> Result<()> {
        let mut cx = self.cx(false);
        let import = store::get(&mut cx, self.id).await?;
        cx.commit().await?;
        let kind = self.house.import_kind(&import.kind).ok_or(Error::NotFound)?;
        let mut before = import.undo_mark;
        loop {
            let mut cx = self.cx_back();
            if !self.still_ours(&mut cx).await? {
                cx.undo().await?;
                return Ok(());
            }
            let mut entries = audit::read::of_import(&mut cx, self.id, before, BATCH as i64).await?;
            let Some(last) = entries.last() else {
                if store::get(&mut cx, self.id).await?.kept_touched == 0 {
                    store::reverse_all(&mut cx, self.id).await?;
                }
                store::set_state(&mut cx, self.id, "undone", None).await?;
                cx.commit().await?;
                return Ok(());
            };
            let last = last.id;
            entries.retain(|entry| entry.subject_kind != "import");
            let undo::Batch { ask, stays, laden } = undo::look(&mut cx, self.id, entries).await?;
            let because = |entries: Vec<Entry>, why: &'static str| entries.into_iter().map(move |entry| (entry, why));
            let stays: Vec<(Entry, &str)> = because(stays, "touched").collect();
            if laden.is_empty() {
                self.take_back(&mut cx, kind, &ask, &stays, Some(last)).await?;
            } else {
                // What the first half takes back is seen by the second when it is kept.
                self.take_back(&mut cx, kind, &ask, &stays, before).await?;
                cx.commit().await?;
                cx = self.cx_back();
                let undo::Batch { ask, stays, laden } = undo::look(&mut cx, self.id, laden).await?;
                let stays: Vec<(Entry, &str)> = because(stays, "touched").chain(because(laden, "laden")).collect();
                self.take_back(&mut cx, kind, &ask, &stays, Some(last)).await?;
            }
            before = Some(last);
            let import = store::get(&mut cx, self.id).await?;
            cx.commit().await?;
            progress(&import);
        }
    }
}

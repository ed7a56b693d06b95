//! Bringing a file in as a person would.

use super::TestHouse;
use crate::cx::Way;
use crate::import::Import;
use crate::import::read::{self, Reading};
use crate::import::run::{self, Step};

impl TestHouse {
    /// Brings a file of a kind in, its columns told by their headings: checked, then kept. Answers the import as it was
    /// after each.
    pub async fn brings_in(&self, kind: &str, content: &[u8]) -> (Import, Import) {
        let house = &self.house;
        let file = house.files.folder().with_extension("csv");
        std::fs::write(&file, content).expect("a file");
        let received = house.files.receive_path(&file, 1 << 20).await.expect("a file received");
        let head = read::head(house.files.place(&received.digest), Reading::default()).await.expect("headings");
        let kind = house.import_kind(kind).expect("a kind of import");
        let mut cx = house.cx_operator("test", Way::Command);
        let mapping = read::guess(&head.headers, &crate::import::columns(&cx, kind), &house.texts);
        let actor = cx.actor.clone().expect("the operator");
        let import = run::upload(&mut cx, kind, "file.csv", received).await.expect("an import");
        run::prepare(&mut cx, import.id, Reading { mapping, ..Reading::default() }).await.expect("mapped");
        cx.commit().await.expect("kept");
        let checked = run::work_through(house, &actor, import.id, Step::Check, None, |_| {}).await.expect("checked");
        run::begin_keeping(&mut cx, import.id).await.expect("to be kept");
        cx.commit().await.expect("kept");
        let kept = run::work_through(house, &actor, import.id, Step::Keep, None, |_| {}).await.expect("brought in");
        (checked, kept)
    }
}

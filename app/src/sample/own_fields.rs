//! Two fields of the office's own, which show what such fields are.

use platform::own_field::{self, Definition, GivenChoice};
use platform::{Cx, Result};

const NOTE: &str = "An example of the sample office.";

pub async fn define(cx: &mut Cx) -> Result<()> {
    let readiness = Definition {
        label_en: "Readiness (example)".to_owned(),
        label_zh_hant: "準備程度（示例）".to_owned(),
        label_zh_hans: "准备程度（示例）".to_owned(),
        note: NOTE.to_owned(),
        filterable: true,
        choices: GivenChoice::lines(
            "exploring | Exploring | 初步探討 | 初步探讨\nplanning | Planning | 籌劃中 | 筹划中\nready | Ready to come | 準備就緒 | 准备就绪",
        ),
        ..Definition::default()
    };
    own_field::define(cx, "enterprise", "readiness", "choice", readiness).await?;
    let desks = Definition {
        label_en: "Desks needed at first (example)".to_owned(),
        label_zh_hant: "初期所需座位（示例）".to_owned(),
        label_zh_hans: "初期所需工位（示例）".to_owned(),
        note: NOTE.to_owned(),
        filterable: true,
        ..Definition::default()
    };
    own_field::define(cx, "project", "desks", "number", desks).await.map(drop)
}

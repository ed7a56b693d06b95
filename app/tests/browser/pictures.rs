//! The pictures of the documentation, taken from the sample office. `script/pictures` runs this.

use std::path::Path;

use super::{Kind, Setup, travel};

#[test]
#[ignore = "writes docs/pictures; script/pictures runs it"]
fn pictures_are_taken_of_the_sample_office() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        let first = async |list: &str| {
            browser.goto(list).await;
            let script = "return document.querySelector('tr[data-href]').dataset.href";
            browser.execute(script, vec![]).await.as_str().map(str::to_owned).expect("a row")
        };
        let enterprise = first("/enterprises?q=Brightwell").await;
        let project = first("/projects?stage=operating").await;
        let pictures = [
            ("projects", "/projects".to_owned(), "en", "light"),
            ("project", project, "en", "light"),
            ("enterprise", enterprise, "zh-Hant", "dark"),
            ("figures", "/figures".to_owned(), "en", "light"),
        ];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
        std::fs::create_dir_all(&folder).expect("docs/pictures");
        browser.size(1440, 900).await;
        for (name, path, language, theme) in pictures {
            browser.cookie("oases_language", language).await;
            browser.cookie("oases_theme", theme).await;
            browser.goto(&path).await;
            std::fs::write(folder.join(format!("{name}.png")), browser.picture().await).expect("a picture kept");
        }
    });
}

//! A chart as a file of its own: with its title, its dates and source, and its colours in
//! attributes, since slides and letters know nothing of our stylesheet.

use platform::pages::{Html, View};
use platform::text::Language;

use super::letters::{self, LINE};
use super::{Around, Drawing};

/// A class of the page as attributes; the light palette on white, as paper has it.
const LOOKS: [(&str, &str); 19] = [
    ("value", "fill=\"#17201c\" font-weight=\"650\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\""),
    ("name", "fill=\"#17201c\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\""),
    ("axis", "stroke=\"#dde2df\" stroke-width=\"1\" fill=\"none\""),
    ("base", "stroke=\"#85908a\" stroke-width=\"1\" fill=\"none\""),
    ("lead", "stroke=\"#85908a\" stroke-width=\"1\" stroke-dasharray=\"1 3\" fill=\"none\""),
    ("s1", "stroke=\"#0b6b4f\" stroke-width=\"2.5\" fill=\"none\""),
    ("s2", "stroke=\"#b35900\" stroke-width=\"2.5\" stroke-dasharray=\"7 3\" fill=\"none\""),
    ("s3", "stroke=\"#2b5fa8\" stroke-width=\"2.5\" fill=\"none\""),
    ("s4", "stroke=\"#8b3a7d\" stroke-width=\"2.5\" stroke-dasharray=\"2 3\" fill=\"none\""),
    ("f1", "fill=\"#0b6b4f\" stroke=\"#0b6b4f\""),
    ("f2", "fill=\"#ffffff\" stroke=\"#b35900\""),
    ("f3", "fill=\"#2b5fa8\" stroke=\"#2b5fa8\""),
    ("f4", "fill=\"#ffffff\" stroke=\"#8b3a7d\""),
    ("h2", "stroke=\"#b35900\" stroke-width=\"1.5\" fill=\"none\""),
    ("h4", "stroke=\"#8b3a7d\" stroke-width=\"1.5\" fill=\"none\""),
    ("said", "fill=\"#17201c\" stroke=\"#17201c\" stroke-width=\"1.5\""),
    ("said-about", "fill=\"#ffffff\" stroke=\"#17201c\" stroke-width=\"1.5\""),
    ("note", "fill=\"#56615b\" font-size=\"11\""),
    ("title", "fill=\"#17201c\" font-size=\"18\" font-weight=\"650\""),
];

const fn face(language: Language) -> &'static str {
    match language {
        Language::English => {
            "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'PingFang HK', 'Noto Sans HK', 'Noto Sans CJK HK', 'Microsoft JhengHei', sans-serif"
        }
        Language::Traditional => {
            "'PingFang HK', 'Noto Sans HK', 'Noto Sans CJK HK', 'Microsoft JhengHei', system-ui, sans-serif"
        }
        Language::Simplified => {
            "'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', system-ui, sans-serif"
        }
    }
}

/// The whole file.
pub(super) fn standalone(view: &View, around: &Around, key: &str, drawing: &Drawing) -> String {
    const EDGE: f64 = 20.0;
    let mut svg = String::new();
    let mut y = EDGE;
    // Letters of the title are half as large again as the measure counts.
    for line in letters::lines(&around.title, drawing.width / 1.5) {
        y += 20.0;
        svg.push_str(&format!("<text class=\"title\" x=\"{EDGE}\" y=\"{y:.1}\">{}</text>", Html::escape(&line)));
    }
    y += 14.0;
    svg.push_str(&format!("<g transform=\"translate({EDGE} {y:.1})\">{}</g>", drawing.body));
    y += drawing.height + 4.0;
    let sample = view.sample.then(|| view.t("sample-banner"));
    let key = Some(key.to_owned()).filter(|key| !key.is_empty());
    for note in key.into_iter().chain(around.notes.iter().cloned()).chain(sample) {
        for line in letters::lines(&note, drawing.width) {
            y += LINE;
            svg.push_str(&format!("<text class=\"note\" x=\"{EDGE}\" y=\"{y:.1}\">{}</text>", Html::escape(&line)));
        }
    }
    for (class, attributes) in LOOKS {
        svg = svg.replace(&format!("class=\"{class}\""), attributes);
    }
    let (width, height) = (drawing.width + EDGE * 2.0, y + EDGE);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{}\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{}\" font-size=\"12\" fill=\"#56615b\"><title>{}</title><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>{svg}</svg>\n",
        view.tag(),
        face(view.lang),
        Html::escape(&around.title)
    )
}

#[cfg(test)]
mod tests {
    use super::LOOKS;

    #[test]
    fn every_class_of_the_page_has_its_look_in_the_file() {
        let sources = [include_str!("steps.rs"), include_str!("bars.rs"), include_str!("../charts.rs")].concat();
        let said = sources.split("class=\\\"").skip(1).filter_map(|rest| rest.split("\\\"").next());
        for class in said.filter(|class| !class.contains(['{', ' ']) && !["scroll", "number"].contains(class)) {
            assert!(LOOKS.iter().any(|(known, _)| *known == class), "{class}");
        }
        let tokens = include_str!("../../assets/tokens.css");
        for (class, number) in [("s1", 1), ("s2", 2), ("s3", 3), ("s4", 4)] {
            let (_, look) = LOOKS.iter().find(|(known, _)| *known == class).unwrap();
            let colour = tokens.split(&format!("--series-{number}: ")).nth(1).unwrap().split(';').next().unwrap();
            assert!(look.contains(colour), "{class} is {colour} on the page");
        }
    }
}

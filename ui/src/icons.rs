//! Icons: a few of Lucide's (ISC), drawn inline so that they take the text's colour. They stand
//! beside words and say nothing to a screen reader.

use platform::pages::Html;

const ICONS: &[(&str, &str)] = &[
    ("sun", include_str!("../vendor/lucide/sun.svg")),
    ("building", include_str!("../vendor/lucide/building-2.svg")),
    ("projects", include_str!("../vendor/lucide/folder-kanban.svg")),
    ("targets", include_str!("../vendor/lucide/target.svg")),
    ("figures", include_str!("../vendor/lucide/chart-column.svg")),
    ("settings", include_str!("../vendor/lucide/settings.svg")),
    ("languages", include_str!("../vendor/lucide/languages.svg")),
    ("user", include_str!("../vendor/lucide/user.svg")),
    ("x", include_str!("../vendor/lucide/x.svg")),
    ("upload", include_str!("../vendor/lucide/upload.svg")),
    ("history", include_str!("../vendor/lucide/history.svg")),
    ("jobs", include_str!("../vendor/lucide/list-checks.svg")),
    ("search", include_str!("../vendor/lucide/search.svg")),
    ("panel", include_str!("../vendor/lucide/panel-left.svg")),
    ("alert", include_str!("../vendor/lucide/triangle-alert.svg")),
];

/// An icon by name; nothing for a name there is none for.
pub fn icon(name: &str) -> Html {
    let Some((_, svg)) = ICONS.iter().find(|(known, _)| *known == name) else { return Html::default() };
    let inside = svg.split_once("<svg").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, inside)| inside);
    Html(format!("<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">{}", inside.trim()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_icon_is_a_whole_picture() {
        for (name, _) in super::ICONS {
            let drawn = super::icon(name).0;
            assert!(drawn.ends_with("</svg>") && drawn.matches("<svg").count() == 1, "{name}");
        }
    }
}

//! Every page there is, found by following links as a person with every role may: in three
//! languages, light and dark, wide and narrow, each looked over by axe-core. A page that somebody
//! adds is found and looked over with no further word.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::{Browser, Kind, Office, Setup, travel};

const AXE: &str = include_str!("../../../ui/vendor/axe.min.js");
/// Nothing is excepted; this is here so that it can be seen to be empty.
const EXCEPTIONS: [&str; 0] = [];
const LANGUAGES: [&str; 3] = ["en", "zh-Hant", "zh-Hans"];
const WIDE: u32 = 1440;
const NARROW: u32 = 390;

/// What links may not lead to: a list with nothing in it, what is not there, what may not be done.
const BESIDES: [&str; 9] = [
    "/nowhere",
    "/enterprises/1",
    "/enterprises?q=zzzzzz",
    "/projects?q=zzzzzz",
    "/search?q=zzzzzz",
    "/audit?label=zzzzzz",
    "/figures/published?metric=zzzzzz",
    "/figures?as_at=2020-01-01",
    "/figures/records?metric=enterprises_met&as_at=2020-01-01",
];

/// Looks a page over: what axe-core finds, text keys that stand for their text, and whether the
/// page is wider than the window.
const LOOK: &str = r##"
const [exceptions, done] = [arguments[0], arguments[arguments.length - 1]];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const faults = [];
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) {
  const wide = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest(".scroll, .board, .tabs"))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 90));
  faults.push(`wider than the window: ${root.scrollWidth} > ${root.clientWidth}: ${wide.join(" | ")}`);
}
for (const link of document.querySelectorAll("a[href^='#']")) {
  if (!document.getElementById(link.hash.slice(1))) faults.push(`leads to nothing on the page: ${link.outerHTML}`);
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode.nodeValue.trim();
  const code = texts.currentNode.parentElement.closest("code, kbd, script, style, textarea, option, [data-code]");
  if (!code && /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(text)) faults.push(`a key stands for its text: ${text}`);
  if (!code && root.lang.startsWith("zh") && /(^|[\s：、·])[a-z]+(-[a-z]+){2,}($|[\s，。、·])/.test(text)) faults.push(`a code stands for its name: ${text.slice(0, 80)}`);
  if (!code && /(^|\s|：)\d{14,16}($|\s)/.test(text)) faults.push(`a record's key stands for its name: ${text.slice(0, 80)}`);
}
axe.run(document, { runOnly: tags, resultTypes: ["violations"] }).then((found) => {
  for (const one of found.violations.filter((one) => !exceptions.includes(one.id))) {
    faults.push(`${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
  done(faults);
}, (error) => done([String(error)]));
"##;

/// Every address a page links to, and where it is from.
const LINKS: &str = r##"
return [...document.querySelectorAll("a[href]")]
  .filter((link) => link.origin === location.origin && !link.hasAttribute("download"))
  .map((link) => link.getAttribute("href").startsWith("#") ? "" : link.pathname + link.search)
"##;

/// Lays open what is folded away, but for the menus.
const UNFOLD: &str = "for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true;";

/// The shape of an address: `/enterprises/{id}?after`, so that one page of each kind is enough.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    // The codes of one list are shown alike.
    let codes = path.strip_prefix("/admin/codes/").and_then(|rest| rest.split_once('/')).map(|(_, code)| code);
    let parts = path.split('/').map(|part| match part {
        id if id.parse::<i64>().is_ok() => "{id}",
        code if Some(code) == codes => "{code}",
        part => part,
    });
    let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    format!("{}?{}", parts.collect::<Vec<_>>().join("/"), names.join("&"))
}

fn is_a_page(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    !(path.is_empty()
        || file
        || path.starts_with("/exports/")
        || path.starts_with("/api/")
        || path.starts_with("/assets/"))
}

/// How many addresses of one page are looked at, whatever is asked of it: its filters, sorts and
/// pages make many, which look alike.
const ALIKE: usize = 2;

/// Every width and theme, in the order in which pages that are looked at once take turns.
const WAYS: [(u32, &str); 4] = [(WIDE, "light"), (NARROW, "dark"), (WIDE, "dark"), (NARROW, "light")];

struct Crawl<'a> {
    browser: &'a Browser,
    faults: Vec<String>,
    looked: usize,
}

impl Crawl<'_> {
    /// Looks over the page one is on, in each of these widths and themes.
    async fn look(&mut self, what: &str, language: &str, ways: &[(u32, &str)]) {
        self.browser.execute(AXE, vec![]).await;
        for (width, theme) in ways {
            self.browser.width(*width).await;
            self.browser.execute("document.documentElement.dataset.theme = arguments[0]", vec![json!(theme)]).await;
            let found = self.browser.execute_async(LOOK, vec![json!(EXCEPTIONS)]).await;
            self.looked += 1;
            for fault in found.as_array().into_iter().flatten().filter_map(Value::as_str) {
                self.faults.push(format!("{what} ({language}, {width}, {theme}): {fault}"));
            }
        }
        // That something asked for is not there is the page's own answer.
        let own = self.browser.path().await;
        let complaints = self.browser.complaints().await;
        let other = complaints.iter().filter(|words| !(words.contains("status of 4") && words.contains(&own)));
        self.faults.extend(other.map(|words| format!("{what} ({language}): the console says {words}")));
    }

    /// Finds every page from where one may start, looking each over in English: in every way, or in
    /// one by turns.
    async fn find(&mut self, starts: &[&str], every_way: bool) -> Vec<String> {
        let mut waiting: VecDeque<String> = starts.iter().map(|path| (*path).to_owned()).collect();
        let (mut known, mut found) = (BTreeSet::new(), Vec::new());
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(path) = waiting.pop_front() {
            let form = shape(&path);
            let page = form.split('?').next().unwrap_or_default().to_owned();
            let wanted = BESIDES.contains(&path.as_str());
            if !is_a_page(&path) || (!wanted && !known.insert(form.clone())) {
                continue;
            }
            let count = alike.entry(page).or_default();
            if *count >= ALIKE && !wanted {
                continue;
            }
            *count += 1;
            self.browser.goto(&path).await;
            let links = self.browser.execute(LINKS, vec![]).await;
            waiting.extend(links.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            if every_way {
                self.look(&path, "en", &WAYS[..1]).await;
                // The rest with all that is folded away laid open.
                self.browser.execute(UNFOLD, vec![]).await;
                self.look(&path, "en", &WAYS[1..]).await;
                self.sent_empty(&path, WAYS[found.len() % 4]).await;
            } else {
                self.browser.execute(UNFOLD, vec![]).await;
                self.look(&path, "en", &[WAYS[found.len() % 4]]).await;
            }
            found.push(path);
        }
        found
    }

    /// The form that comes back with problems is looked over as well.
    async fn sent_empty(&mut self, path: &str, way: (u32, &str)) {
        let sent = "const form = [...document.querySelectorAll('main form[method=post]')] \
                 .find((form) => form.querySelector('.field') && !form.closest('details') && form.enctype !== 'multipart/form-data'); \
             if (!form) return false; \
             for (const one of form.elements) { \
               if (one.type === 'checkbox' || one.type === 'radio') one.checked = false; \
               else if (one.type !== 'hidden' && one.tagName !== 'BUTTON') one.value = one.tagName === 'SELECT' || /^(date|number|file)$/.test(one.type) ? '' : ' '; \
             } \
             document.documentElement.dataset.before = 'yes'; form.noValidate = true; form.requestSubmit(); return true";
        if self.browser.execute(sent, vec![]).await == json!(true) {
            self.browser
                .until_true("return document.readyState === 'complete' && !document.documentElement.dataset.before")
                .await;
            self.look(&format!("{path}, sent empty"), "en", &[way]).await;
        }
    }

    /// Looks pages over again in another language, each in one way by turns.
    async fn again<'p>(&mut self, pages: impl Iterator<Item = &'p String>, language: &str) {
        self.browser.cookie("oases_language", language).await;
        for (place, path) in pages.enumerate() {
            let (width, theme) = WAYS[(place + 1) % 4];
            self.browser.width(width).await;
            self.browser.goto(path).await;
            self.look(path, language, &[(width, theme)]).await;
        }
    }

    fn finish(self, pages: usize) {
        assert!(pages > 30 && self.looked > pages, "{pages} pages in {} looks: they were not found", self.looked);
        let faults: BTreeSet<String> = self.faults.into_iter().collect();
        let lines: Vec<String> = faults.into_iter().collect();
        assert!(lines.is_empty(), "{} faults\n  {}\n", lines.len(), lines.join("\n  "));
    }
}

async fn everything(office: &Office, browser: &Browser, starts: &[&str], every_way: bool) {
    let mut crawl = Crawl { browser, faults: Vec::new(), looked: 0 };
    browser.still().await;
    let link = office.invites("everybody@sample.example", "administrator,director,team_lead,officer,auditor");
    browser.goto(&link).await;
    crawl.look("/welcome/{token}", "en", &[(WIDE, "light"), (NARROW, "dark")]).await;
    browser.goto("/sign-in").await;
    crawl.look("/sign-in", "en", &[(WIDE, "light"), (NARROW, "dark")]).await;
    browser.press("main button").await;
    browser.sees("There is a problem").await;
    crawl.look("/sign-in, refused", "en", &[(WIDE, "light"), (NARROW, "dark")]).await;
    for language in &LANGUAGES[1..] {
        browser.cookie("oases_language", language).await;
        browser.goto("/sign-in").await;
        crawl.look("/sign-in", language, &[(WIDE, "dark"), (NARROW, "light")]).await;
    }
    browser.cookie("oases_language", "en").await;
    browser.accepts(&link).await;
    let pages = crawl.find(starts, every_way).await;
    println!("{} pages: {}", pages.len(), pages.join(" "));
    for (turn, language) in LANGUAGES[1..].iter().enumerate() {
        let step = if every_way { 1 } else { 2 };
        crawl.again(pages.iter().skip(turn % step).step_by(step), language).await;
    }
    println!("{} looks", crawl.looked);
    crawl.finish(pages.len());
}

#[test]
fn every_page_of_the_sample_office_is_sound_in_every_language_theme_and_width() {
    travel(Kind::Sample, Setup::default(), async |office, browser| {
        let starts: Vec<&str> = std::iter::once("/").chain(BESIDES).collect();
        everything(office, browser, &starts, true).await;
    });
}

#[test]
fn the_pages_of_the_reference_office_are_sound_too() {
    travel(Kind::Reference, Setup::default(), async |office, browser| {
        everything(office, browser, &["/", "/imports", "/figures/reconciliation?as_at=2024-11-11"], false).await;
    });
}

//! The rules of the house, held over the source files themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

#[path = "house/audited.rs"]
mod audited;
#[path = "house/words.rs"]
mod words;

const LANGUAGES: [&str; 3] = ["en", "zh-Hant", "zh-Hans"];

struct Source {
    /// From the root of the workspace, with forward slashes.
    path: String,
    text: String,
}

impl Source {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_template(&self) -> bool {
        self.path.ends_with(".html")
    }

    fn is_vendored(&self) -> bool {
        self.path.contains("/vendor/")
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || matches!(self.name(), "tests.rs" | "stories.rs")
    }

    /// The measuring program speaks to whoever runs it, in no pages.
    fn is_bench(&self) -> bool {
        self.path.starts_with("bench/")
    }

    /// Rust as it ships: comments blanked, unit tests at the end of the file left out.
    fn shipped(&self) -> String {
        let body = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = body.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn at(&self, text: &str, offset: usize) -> String {
        format!("{}:{}", self.path, text[..offset].matches('\n').count() + 1)
    }

    /// Where the pattern is found in `text`, and what was found.
    fn finds(&self, text: &str, pattern: &Regex) -> Vec<String> {
        pattern
            .find_iter(text)
            .map(|found| format!("{}: {}", self.at(text, found.start()), found.as_str().trim().replace('\n', " ")))
            .collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around app").to_owned()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a sound pattern")
}

/// Every file of the repository: path from the root, and content.
fn files() -> Vec<(String, Vec<u8>)> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).expect("a folder that can be read") {
            let path = entry.expect("an entry").path();
            let relative = path.strip_prefix(root).expect("a path inside").to_string_lossy().replace('\\', "/");
            // As .gitignore says, and git's own.
            if relative == ".git" || relative == "target" || relative == "var" || relative.ends_with(".log") {
                continue;
            }
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.push((relative, fs::read(&path).expect("a file that can be read")));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &root(), &mut found);
    found.sort();
    assert!(found.iter().any(|(path, _)| path == "Cargo.toml"), "this is not the workspace");
    found
}

/// Every file that is text.
fn sources() -> Vec<Source> {
    let text = |(path, bytes): (String, Vec<u8>)| Some(Source { path, text: String::from_utf8(bytes).ok()? });
    files().into_iter().filter_map(text).collect()
}

fn assert_kept(rule: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{rule}\n  {}\n", faults.join("\n  "));
}

// --- Where things go ---------------------------------------------------------

#[test]
fn sql_is_only_in_stores_and_in_the_platform() {
    let sql = pattern(concat!(
        r#""\s*(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH|VALUES|PRAGMA|VACUUM|TRUNCATE|"#,
        r#"(?:CREATE|ALTER|DROP)\s+(?:TEMP\s+)?(?:UNIQUE\s+)?(?:TABLE|VIEW|INDEX|DATABASE|TRIGGER))\s"#,
        r#"|"[^"\n]*\s(?:FROM\s+\w+\s+WHERE|GROUP\s+BY|ORDER\s+BY|(?:LEFT\s+|INNER\s+)?JOIN\s+\w+\s+ON)\s"#,
        r"|\bsqlx::(?:query|raw_sql)|\bSql::new\(",
    ));
    let in_its_place = |source: &Source| {
        source.path.starts_with("platform/")
            || source.name() == "store.rs"
            || source.path.contains("/store/")
            || source.is_test()
    };
    let faults = sources()
        .iter()
        .filter(|source| source.is_rust() && !in_its_place(source))
        .flat_map(|source| source.finds(&source.shipped(), &sql))
        .collect();
    assert_kept("SQL belongs in the noun's store.rs:", faults);
}

#[test]
fn only_the_platform_vouches_for_sql_put_together_at_run_time() {
    let vouching = pattern(concat!("AssertSql", "Safe"));
    let faults = sources()
        .iter()
        .filter(|source| source.is_rust() && !source.path.starts_with("platform/"))
        .flat_map(|source| source.finds(&source.text, &vouching))
        .collect();
    assert_kept("Put statements together with platform::sql:", faults);
}

#[test]
fn handlers_and_importers_go_through_verbs_and_never_name_a_store() {
    let store = pattern(r"\bstore\s*::|::\s*store\b|\{[^{};]*\bstore\b[^{};]*\};");
    let handler = pattern(r"^rooms/.*/(?:pages|api|import)(?:\.rs|/[^/]+\.rs)$");
    let faults = sources()
        .iter()
        .filter(|source| handler.is_match(&source.path))
        .flat_map(|source| source.finds(&source.shipped(), &store))
        .collect();
    assert_kept("Call the noun's verbs instead of its store:", faults);
}

#[test]
fn stores_are_private_to_their_noun() {
    let open = pattern(r"(?m)^\s*pub(?:\([^)]*\))?\s+(?:mod\s+store\b|use\s+(?:\w+::)*store(?:::\*|\s+as\b|;))");
    let faults = sources()
        .iter()
        .filter(|source| source.is_rust() && source.path.starts_with("rooms/"))
        .flat_map(|source| source.finds(&source.shipped(), &open))
        .collect();
    assert_kept("A room's door offers verbs, not stores:", faults);
}

#[test]
fn the_map_names_the_rooms_there_are() {
    let map = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md");
    let named: BTreeSet<String> =
        pattern(r"\brooms/([a-z][a-z_]*)").captures_iter(&map).map(|found| found[1].to_owned()).collect();
    let built: BTreeSet<String> = fs::read_dir(root().join("rooms"))
        .expect("rooms")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("Cargo.toml").exists())
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(named, built, "every room is named in docs/ARCHITECTURE.md as rooms/NAME, and no other");
}

// --- What is finished, and fits in a head ------------------------------------

#[test]
fn nothing_is_left_for_later() {
    let later = pattern(concat!(r"\bto", r"do!|\bunimpl", r"emented!|\bTO", r"DO\b|\bFIX", r"ME\b"));
    let faults = sources()
        .iter()
        .filter(|source| !source.is_vendored() && !source.path.ends_with(".lock"))
        .flat_map(|source| source.finds(&source.text, &later))
        .collect();
    assert_kept("Do it now, or write an issue:", faults);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let faults = sources()
        .iter()
        .filter(|source| source.is_rust() && !source.is_test())
        .map(|source| (source, source.shipped().lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(source, lines)| format!("{}: {lines} lines", source.path))
        .collect();
    assert_kept("Split by noun or by what it does:", faults);
}

#[test]
fn nothing_names_a_folder_of_the_machine_it_was_written_on() {
    let machine = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let faults = files()
        .iter()
        .filter(|(_, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            machine.iter().any(|folder| text.contains(folder))
        })
        .map(|(path, _)| path.clone())
        .collect();
    assert_kept("Found a folder that exists on one machine only:", faults);
}

// --- Text --------------------------------------------------------------------

/// The keys of a Fluent file, each with the arguments it takes.
fn keys(fluent: &str) -> BTreeMap<String, BTreeSet<String>> {
    let head = pattern(r"^([A-Za-z][\w-]*)\s*=");
    let argument = pattern(r"\$([A-Za-z][\w-]*)");
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in fluent.lines().filter(|line| !line.starts_with('#')) {
        if let Some(found) = head.captures(line) {
            current = Some(found[1].to_owned());
        }
        if let Some(key) = &current {
            let arguments = keys.entry(key.clone()).or_default();
            arguments.extend(argument.captures_iter(line).map(|found| found[1].to_owned()));
        }
    }
    keys
}

/// Folders of text: for each, its languages and their keys.
fn texts(sources: &[Source]) -> BTreeMap<String, BTreeMap<String, BTreeMap<String, BTreeSet<String>>>> {
    let mut folders: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".ftl")) {
        let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
        let language = file.trim_end_matches(".ftl").to_owned();
        folders.entry(folder.to_owned()).or_default().insert(language, keys(&source.text));
    }
    assert!(folders.contains_key("platform/src/text"), "the platform's own words are where they were");
    folders
}

#[test]
fn every_folder_of_text_says_the_same_in_every_language() {
    let mut faults = Vec::new();
    for (folder, languages) in texts(&sources()) {
        let there: BTreeSet<&str> = languages.keys().map(String::as_str).collect();
        if there != BTreeSet::from(LANGUAGES) {
            faults.push(format!("{folder}: has {there:?}"));
            continue;
        }
        let english = &languages["en"];
        for language in &LANGUAGES[1..] {
            let other = &languages[*language];
            let missing = english.keys().filter(|key| !other.contains_key(*key));
            faults.extend(missing.map(|key| format!("{folder}/{language}.ftl lacks {key}")));
            let extra = other.keys().filter(|key| !english.contains_key(*key));
            faults.extend(extra.map(|key| format!("{folder}/en.ftl lacks {key}")));
            for (key, arguments) in other {
                let known = english.get(key).cloned().unwrap_or_default();
                let unknown = arguments.difference(&known);
                faults.extend(unknown.map(|name| format!("{folder}/{language}.ftl: {key} takes no ${name}")));
            }
        }
    }
    assert_kept("A reader of one language would miss something:", faults);
}

#[test]
fn every_text_key_that_is_used_exists_in_every_language() {
    let sources = sources();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (language, keys) in texts(&sources).into_values().flatten() {
        known.entry(language).or_default().extend(keys.into_keys());
    }
    let of_a_view = r#"\.t[12n]?\(\s*&?"([^"]+)""#;
    let in_templates = [pattern(of_a_view)];
    let in_rust = [
        of_a_view,
        r#"\b(?:cx\.text|say)\(\s*"([^"]+)""#,
        r#"\bFlash::new\(\s*"([^"]+)""#,
        r#"\bconflict(?:_with)?\(\s*"([^"]+)""#,
        r#"\.taken\(\s*"([^"]+)""#,
        r#"\b(?:invalid|add|add_with)\(\s*"[^"]*",\s*"([^"]+)""#,
        r#"\.require\((?:[^;]|"[^"]*")*?"([a-z0-9-]+)"\s*,?\s*\)\s*;"#,
        r#"\bTold::code\([^,;]*,\s*"([a-z0-9-]+)"\s*\)"#,
        r#"\bkey: "([a-z0-9-]+)""#,
    ]
    .map(pattern);
    // `fn key(self) -> &'static str { match … }`: every literal on the right of an arrow.
    let key_function = pattern(r"(?s)\bfn (?:\w+_)?key\([^)]*\) -> &'static str \{(.*?)\n    \}");
    let answer = pattern(r#"=>\s*"([^"]+)""#);

    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.is_vendored() && !source.is_test() && !source.is_bench()) {
        let (text, patterns) = match source {
            source if source.is_template() => (source.text.clone(), &in_templates[..]),
            source if source.is_rust() => (source.shipped(), &in_rust[..]),
            _ => continue,
        };
        let mut used: Vec<(usize, String)> = Vec::new();
        for found in patterns.iter().flat_map(|pattern| pattern.captures_iter(&text)) {
            used.extend(found.get(1).map(|key| (key.start(), key.as_str().to_owned())));
        }
        if source.is_rust() {
            for body in key_function.captures_iter(&text).filter_map(|found| found.get(1)) {
                let keys = answer.captures_iter(body.as_str()).filter_map(|found| found.get(1));
                used.extend(keys.map(|key| (body.start() + key.start(), key.as_str().to_owned())));
            }
        }
        for (offset, key) in used {
            let lacking: Vec<&str> = LANGUAGES
                .into_iter()
                .filter(|language| known.get(*language).is_none_or(|keys| !keys.contains(&key)))
                .collect();
            if !lacking.is_empty() {
                faults.push(format!("{}: {key} is not in {}", source.at(&text, offset), lacking.join(", ")));
            }
        }
    }
    assert_kept("The page would show the key itself:", faults);
}

// --- Pages -------------------------------------------------------------------

#[test]
fn pages_carry_no_styles_and_no_scripts_of_their_own() {
    let in_templates = pattern(concat!(
        r"(?is)<[a-z][^<>]*\sstyle\s*=",
        r"|<style\b",
        r"|<script\b[^>]*>\s*[^\s<][^\n]{0,40}",
        r"|<[a-z][^<>]*\son[a-z]+\s*=",
        r#"|\b(?:href|src|action)\s*=\s*["']?\s*javascript:"#,
    ));
    let in_rust = pattern(r#"\sstyle=\\?["']"#);
    let faults = sources()
        .iter()
        .filter(|source| !source.is_vendored() && !source.is_test())
        .flat_map(|source| match source {
            source if source.is_template() => source.finds(&source.text, &in_templates),
            source if source.is_rust() => source.finds(&source.shipped(), &in_rust),
            _ => Vec::new(),
        })
        .collect();
    assert_kept("The content security policy would refuse it; write it in ui/:", faults);
}

// --- What we lean on ---------------------------------------------------------

/// What deny.toml allows.
struct Allowed {
    targets: Vec<String>,
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
    registries: BTreeSet<String>,
}

impl Allowed {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
        let rules: toml::Table = text.parse().expect("deny.toml is TOML");
        let list = |section: &str, name: &str| -> Vec<String> {
            let entries = rules[section][name].as_array().unwrap_or_else(|| panic!("{section}.{name} is a list"));
            let word = |entry: &toml::Value| entry.get("crate").unwrap_or(entry).as_str().map(str::to_owned);
            entries.iter().map(|entry| word(entry).expect("a word")).collect()
        };
        Self {
            targets: list("graph", "targets"),
            licences: list("licenses", "allow").into_iter().collect(),
            banned: list("bans", "deny").into_iter().collect(),
            registries: list("sources", "allow-registry").into_iter().collect(),
        }
    }
}

/// Every package the workspace is built from, ours included, where Oases runs.
fn packages(allowed: &Allowed) -> Vec<serde_json::Value> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--all-features"]).current_dir(root());
    for target in &allowed.targets {
        cargo.args(["--filter-platform", target]);
    }
    let output = cargo.output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo's JSON");
    let packages = metadata["packages"].as_array().expect("packages").clone();
    assert!(packages.len() > 100, "the dependencies are among them");
    packages
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// Whether an SPDX expression can be satisfied; one that can't be read can't. The old `A/B`
/// means `A OR B`.
fn permits(allowed: &BTreeSet<String>, expression: &str) -> bool {
    fn either(words: &mut Words, allowed: &BTreeSet<String>) -> Option<bool> {
        let mut holds = both(words, allowed)?;
        while words.next_if_eq(&"OR").is_some() {
            holds |= both(words, allowed)?;
        }
        Some(holds)
    }
    fn both(words: &mut Words, allowed: &BTreeSet<String>) -> Option<bool> {
        let mut holds = one(words, allowed)?;
        while words.next_if_eq(&"AND").is_some() {
            holds &= one(words, allowed)?;
        }
        Some(holds)
    }
    fn one(words: &mut Words, allowed: &BTreeSet<String>) -> Option<bool> {
        let word = words.next()?;
        if word == "(" {
            let holds = either(words, allowed)?;
            return words.next_if_eq(&")").map(|_| holds);
        }
        if words.next_if_eq(&"WITH").is_none() {
            return Some(allowed.contains(word));
        }
        words.next().map(|exception| allowed.contains(&format!("{word} WITH {exception}")))
    }
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) == Some(true) && words.next().is_none()
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for fine in [
        "MIT",
        "GPL-2.0-only OR MIT",
        "MIT/Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0",
    ] {
        assert!(permits(&allowed, fine), "{fine}");
    }
    for refused in ["", "Apache-2.0", "MIT AND Apache-2.0", "MIT OR Apache-2.0 AND", "(MIT", "MIT) OR MIT", "MIT MIT"] {
        assert!(!permits(&allowed, refused), "{refused}");
    }
}

#[test]
fn every_dependency_is_allowed() {
    let allowed = Allowed::read();
    let root = root();
    let mut faults = Vec::new();
    for package in packages(&allowed) {
        let word = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
        let (name, licence, source) = (word("name"), word("license"), word("source"));
        if !permits(&allowed.licences, &licence) {
            faults.push(format!("{name} {} is under '{licence}'", word("version")));
        }
        if allowed.banned.contains(&name) {
            faults.push(format!("{name} is banned"));
        }
        let known = match source.strip_prefix("registry+") {
            Some(registry) => allowed.registries.contains(registry),
            None => source.is_empty() && Path::new(&word("manifest_path")).starts_with(&root),
        };
        if !known {
            faults.push(format!("{name} comes from '{source}'"));
        }
    }
    assert_kept("deny.toml does not allow:", faults);
}

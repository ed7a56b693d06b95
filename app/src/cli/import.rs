//! `oases import`: the same engine as by page, with its progress on the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use platform::Cx;
use platform::house::House;
use platform::import::read::{self, Reading};
use platform::import::run::{self, Step};
use platform::import::{self, Import};
use serde::Deserialize;

use crate::say::{self, said};

use super::{operator, read_text};

/// A map file: our field = the file's header.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    #[serde(default)]
    columns: BTreeMap<String, String>,
    encoding: Option<String>,
    delimiter: Option<char>,
    worksheet: Option<String>,
    /// The row of the headers, where titles stand above it.
    header_row: Option<u64>,
}

pub async fn run(
    house: &Arc<House>,
    kind: &str,
    file: &Path,
    map: Option<&Path>,
    dry_run: bool,
    leave_alike: bool,
) -> Result<ExitCode> {
    let import = import_as(house, kind, file, map, dry_run, leave_alike).await?;
    let mut cx = operator(house);
    tell_alike(&mut cx, &import).await?;
    let problems = import::problems(&mut cx, import.id, 0, 200).await.map_err(|error| said(&cx, error))?;
    for (row, problem) in &problems {
        let words = platform::web::say(&cx, &problem.key, &problem.args);
        aside!(
            "row {row}: {}{words}",
            if problem.field.is_empty() { String::new() } else { format!("{}: ", problem.field) }
        );
    }
    let shown: BTreeSet<u64> = problems.iter().map(|(row, _)| *row).collect();
    let unshown = import.refused + import.resembling + import.incomplete - shown.len() as i64;
    if unshown > 0 {
        aside!("… and {unshown} more rows");
    }
    let (create, change) =
        if dry_run { (import.to_create, import.to_change) } else { (import.created, import.changed) };
    say!(
        "{}: {create} created, {change} changed, {} the same, {} resembling, {} refused{}",
        import.file_name,
        import.to_leave,
        import.resembling,
        import.refused,
        if dry_run { " (dry run: nothing was written)" } else { "" }
    )?;
    if !dry_run && create + change > 0 {
        say!("import {} can be undone whole on its page", import.id)?;
    }
    Ok(if import.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Says which rows are likely the same as what is held though they are equal to nothing, each with its reasons.
async fn tell_alike(cx: &mut Cx, import: &Import) -> Result<()> {
    type Detail = (Vec<(String, String)>, Vec<import::Alike>);
    let rows = import::examples(cx, import.id, "alike").await.map_err(|error| said(cx, error))?;
    for row in rows {
        let Ok((_, held)) = serde_json::from_str::<Detail>(&row.detail) else { continue };
        for one in held {
            let why = import::alike_words(&one, |key, args| cx.text(key, args));
            let percent = platform::format::percent(one.probability / 100);
            aside!("row {}: {percent} {} ({}): {why}", row.row_number, one.name, one.reference);
        }
    }
    Ok(())
}

/// Checks a file and, unless this is a dry run, keeps it.
pub async fn import_file(
    house: &Arc<House>,
    kind: &str,
    file: &Path,
    map: Option<&Path>,
    dry_run: bool,
) -> Result<Import> {
    import_as(house, kind, file, map, dry_run, false).await
}

async fn import_as(
    house: &Arc<House>,
    kind: &str,
    file: &Path,
    map: Option<&Path>,
    dry_run: bool,
    leave_alike: bool,
) -> Result<Import> {
    let kind = house.import_kind(kind).ok_or_else(|| {
        let kinds: Vec<&str> = house.imports.iter().map(|kind| kind.name()).collect();
        anyhow!("there is no import of “{kind}”; there are {}", kinds.join(", "))
    })?;
    std::fs::File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    let received =
        house.files.receive_path(file, run::MOST_BYTES).await.map_err(|error| said(&operator(house), error))?;
    let path = house.files.place(&received.digest);
    if !dry_run && let Some(import) = take_up(house, kind.name(), &received.digest).await? {
        return Ok(import);
    }
    let mut reading = Reading { leaves_alike: leave_alike, ..Reading::default() };
    let mut columns = BTreeMap::new();
    if let Some(map) = map {
        let text = read_text(map)?;
        let map: MapFile = toml::from_str(&text).with_context(|| format!("{} is not a map", map.display()))?;
        if let Some(delimiter) = map.delimiter.filter(|delimiter| !delimiter.is_ascii()) {
            bail!("{delimiter} is no delimiter: one of , ; | or a tab, or another sign of ASCII");
        }
        let (encoding, delimiter, header_row) = (map.encoding, map.delimiter, map.header_row);
        reading = Reading { encoding, delimiter, worksheet: map.worksheet, header_row, ..reading };
        columns = map.columns;
    }
    let head = read::head(path, reading.clone()).await.map_err(|error| said(&operator(house), error))?;
    let offered = platform::import::columns(&operator(house), kind);
    reading.mapping = read::guess(&head.headers, &offered, &house.texts);
    if head.encoding_guessed {
        aside!("{} is read as {}, which is a guess; a map can say encoding = …", file.display(), head.encoding);
    }
    if head.formulas > 0 {
        aside!("{} cells hold a formula; they are read by the values they were saved with", head.formulas);
    }
    let doubled = read::doubled(&head.headers);
    for (field, header) in &columns {
        if !offered.iter().any(|column| column.field == field) {
            let known: Vec<&str> = offered.iter().map(|column| column.field).collect();
            bail!(
                "the map gives a column to “{field}”, which is no field of {}; there are {}",
                kind.name(),
                known.join(", ")
            );
        }
        if !head.headers.contains(header) {
            bail!(
                "the map takes “{field}” from “{header}”, which heads no column; there are {}",
                head.headers.join(", ")
            );
        }
        if doubled.contains(header) {
            bail!("the map takes “{field}” from “{header}”, which heads more than one column");
        }
        for (given, mapped) in &mut reading.mapping {
            if given == header {
                mapped.clone_from(field);
            } else if mapped == field {
                mapped.clear();
            }
        }
    }
    if let Some(gap) = head.headers.iter().position(String::is_empty) {
        bail!(
            "column {} of the file has no header; give it one, or leave it out on the page",
            platform::sheets::letters(gap)
        );
    }
    // Which of them is meant can only be said on the page; nothing is left out in silence that we know.
    for header in &doubled {
        let known = read::guess(std::slice::from_ref(header), &offered, &house.texts);
        let field = known.first().map_or("", |(_, field)| field.as_str());
        if !field.is_empty() && !reading.fills(field) {
            bail!("“{header}” heads two columns of the file; rename one, or leave one out on the page of the import");
        }
    }
    if !doubled.is_empty() {
        aside!("left out, for they head more than one column: {}", doubled.join(", "));
    }
    let unknown = reading.mapping.iter().filter(|(header, field)| field.is_empty() && !doubled.contains(header));
    let unknown: Vec<&str> = unknown.map(|(header, _)| header.as_str()).collect();
    if !unknown.is_empty() {
        aside!("left out, for no field of {} goes by these names: {}", kind.name(), unknown.join(", "));
    }
    let mut cx = operator(house);
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("file").to_owned();
    let actor = cx.actor.clone().ok_or_else(|| anyhow!("nobody acts"))?;
    let import = match async {
        let import = run::upload(&mut cx, kind, &name, received).await?;
        run::prepare(&mut cx, import.id, reading).await?;
        cx.commit().await?;
        Ok(import)
    }
    .await
    {
        Ok(import) => import,
        Err(error) => return Err(said(&cx, error)),
    };
    let mut meter = Meter::new();
    let checked =
        run::work_through(house, &actor, import.id, Step::Check, None, |import| meter.tell("checked", import));
    let mut import = checked.await.map_err(|error| said(&cx, error))?;
    if !dry_run {
        let begun = async {
            run::begin_keeping(&mut cx, import.id).await?;
            cx.commit().await
        };
        begun.await.map_err(|error| said(&operator(house), error))?;
        let kept = run::work_through(house, &actor, import.id, Step::Keep, None, |import| meter.tell("kept", import));
        import = kept.await.map_err(|error| said(&operator(house), error))?;
    }
    meter.end();
    Ok(import)
}

/// Goes on with an import of the very same file that a killed process left: from the row after
/// the last that was kept, read the way it was read then.
async fn take_up(house: &Arc<House>, kind: &str, digest: &str) -> Result<Option<Import>> {
    let mut cx = operator(house);
    let found = import::broken_off(&mut cx, kind, digest).await.map_err(|error| said(&cx, error))?;
    cx.undo().await?;
    let Some(import) = found else { return Ok(None) };
    let actor = cx.actor.clone().ok_or_else(|| anyhow!("nobody acts"))?;
    aside!("import {} of this file broke off after row {}; going on from there", import.id, import.rows_done);
    let mut meter = Meter::new();
    let kept = run::work_through(house, &actor, import.id, Step::Keep, None, |import| meter.tell("kept", import));
    let import = kept.await.map_err(|error| said(&operator(house), error))?;
    meter.end();
    Ok(Some(import))
}

/// Progress on a terminal, at most four times a second; silent when nobody watches.
struct Meter {
    watched: bool,
    started: Instant,
    told: Instant,
    wrote: bool,
}

impl Meter {
    fn new() -> Self {
        Self { watched: std::io::stderr().is_terminal(), started: Instant::now(), told: Instant::now(), wrote: false }
    }

    fn tell(&mut self, step: &str, import: &Import) {
        if !self.watched || self.told.elapsed().as_millis() < 250 {
            return;
        }
        self.told = Instant::now();
        self.wrote = true;
        let (done, all) =
            if step == "kept" { (import.rows_done, import.rows_checked) } else { (import.rows_checked, 0) };
        let rate = done as f64 / self.started.elapsed().as_secs_f64().max(0.1);
        let left =
            if all > done { format!(", {:.0} s left", (all - done) as f64 / rate.max(1.0)) } else { String::new() };
        say::err(format_args!("\r{step} {done} rows ({rate:.0} a second{left})        "));
    }

    fn end(&self) {
        if self.wrote {
            aside!("");
        }
    }
}

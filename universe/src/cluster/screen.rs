//! Screening on a cluster: groups of rows looked at by executors, the same answer as on one machine.

use std::collections::HashSet;

use arrow_array::{Array, RecordBatch, StringArray};
use screening::{About, Answer, Company, Engine, Measure, Plan, Screened, Watch};
use url::Url;

use super::client::Client;
use super::pieces::{self, Limits, Stopped, Told};
use super::plan::Scan;
use super::{Error, functions, objects};
use crate::screen::Universe;
use crate::screen::count::{Count, Counted, Reckon, Row, firm};
use crate::screen::open::{Group, Open};
use crate::screen::scan::said;

/// Rows of a piece at most; a piece has one group of rows at least.
const MOST: u64 = 2_000_000;
/// Pieces for each slot, where there are rows enough: what one executor takes longer, others make up for.
const EACH: usize = 4;

type Tell = Box<dyn Fn(Told) + Send + Sync>;

/// A universe in a folder that executors reach too, screened by them.
pub struct Cluster {
    universe: Universe,
    address: String,
    objects: Option<Url>,
    pub limits: Limits,
    tell: Tell,
}

impl Cluster {
    /// `address` is a scheduler's: http://host:port.
    pub fn at(universe: Universe, address: impl Into<String>) -> Self {
        Self { universe, address: address.into(), objects: None, limits: Limits::default(), tell: Box::new(|_| {}) }
    }

    /// Executors find the files of the folder there, `s3://bucket/folder` or `file:///folder`, and not in the same place as here.
    pub fn with_objects(mut self, address: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::Objects { address: address.to_owned(), reason: reason.to_owned() };
        let url: Url = address.parse().map_err(|_| wrong("no address"))?;
        objects::place(&url, "")?;
        self.objects = Some(url);
        Ok(self)
    }

    /// Is told as jobs go.
    pub fn telling(mut self, tell: impl Fn(Told) + Send + Sync + 'static) -> Self {
        self.tell = Box::new(tell);
        self
    }

    /// Pieces that can be reckoned at once now; an error if somebody of another version takes part.
    pub async fn slots(&self) -> Result<usize, Error> {
        Client::connect(&self.address).await?.slots().await
    }

    async fn screened(&self, plan: &Plan, watch: &Watch) -> Result<Screened, Stopped> {
        let client = Client::connect(&self.address).await?;
        let open = self.universe.open().map_err(Error::from)?;
        let left_out = open.excluded(plan.exclude.iter()).map_err(Error::from)?;
        let groups = open.groups(&plan.conditions);
        let rows: u64 = groups.iter().map(|group| group.rows).sum();
        watch.expect(rows * 2);
        let pieces = cut(&groups, rows, client.slots().await?);
        let mut left_out: Vec<u64> = left_out.into_iter().collect();
        left_out.sort_unstable();
        let mut reckon = Reckon { plan: plan.clone(), left_out, best: None };
        let seen = self.pass(&client, &open, &pieces, &reckon, watch).await?;
        let best = seen.best.clone();
        reckon.best = Some(best.clone());
        let before = if best.is_empty() {
            Counted::default()
        } else {
            self.pass(&client, &open, &pieces, &reckon, watch).await?
        };
        let firm = firm(plan, &best, &before);
        let companies = open.with_ids(&best, &groups).map_err(Error::from)?;
        if companies.len() != best.len() {
            return Err(Error::Answer("an executor names a company that isn’t in the universe").into());
        }
        let facets = seen.facets();
        Ok(Screened::new(plan, open.about(), seen.ranked, seen.known, facets, companies, firm))
    }

    /// Has all pieces looked at, and one of them here too.
    async fn pass(
        &self,
        client: &Client,
        open: &Open,
        pieces: &[Vec<Group>],
        reckon: &Reckon,
        watch: &Watch,
    ) -> Result<Counted, Stopped> {
        let text = serde_json::to_string(reckon).map_err(|_| Error::Answer("a task can’t be written"))?;
        let measures = Count::new(reckon.clone()).measures().to_vec();
        let plans: Vec<Vec<u8>> =
            pieces.iter().map(|piece| self.plan(open, piece, &measures, &text)).collect::<Result<_, _>>()?;
        let sizes: Vec<u64> = pieces.iter().map(|piece| piece.iter().map(|group| group.rows).sum()).collect();
        let told = |told: Told| {
            if let Told::Done { piece, .. } = told {
                watch.did(sizes.get(piece - 1).copied().unwrap_or(0));
            }
            (self.tell)(told);
        };
        let answers = pieces::run(client, &plans, &self.limits, &|| watch.go_on(), &told).await?;
        // Which one is looked at here too is left to what is asked, so that each run tries another.
        let tried = crate::id::hash(&[&text, &open.catalogue.snapshot.to_string()]) as usize % pieces.len().max(1);
        let (mut sum, of) = (Count::new(reckon.clone()).counted(), pieces.len());
        for (at, answer) in answers.iter().enumerate() {
            let counted = read(answer)?;
            if counted.rows != sizes[at] {
                return Err(Error::Short { seen: counted.rows, held: sizes[at] }.into());
            }
            if at == tried && counted != here(open, &pieces[at], &measures, reckon).map_err(Error::from)? {
                return Err(Error::Differs { piece: at + 1, of }.into());
            }
            sum.add(counted, reckon.plan.top);
        }
        Ok(sum)
    }

    fn plan(&self, open: &Open, piece: &[Group], measures: &[Measure], task: &str) -> Result<Vec<u8>, Error> {
        let (first, last) = (piece[0], piece[piece.len() - 1]);
        let (part, path, schema, bytes) = open.stretch(first, last);
        let (store, place) = match &self.objects {
            Some(url) => objects::place(url, &part)?,
            None => (objects::disk(), objects::on_disk(path)?),
        };
        let size = open.catalogue.parts.get(first.file as usize).map_or(0, |part| part.bytes);
        let names = std::iter::once("id").chain(measures.iter().map(|measure| measure.name()));
        let columns = names.map(|name| schema.index_of(name)).collect::<Result<_, _>>();
        let columns = columns.map_err(|_| Error::Answer("the universe lacks a column; bring it in anew"))?;
        Scan { store, place, size, bytes, schema, columns }.under(functions::look(), task)
    }
}

/// Groups in stretches of one file each.
fn cut(groups: &[Group], rows: u64, slots: usize) -> Vec<Vec<Group>> {
    let most = (rows / (slots.max(1) * EACH) as u64).min(MOST);
    let mut pieces: Vec<Vec<Group>> = Vec::new();
    let mut held = 0;
    for group in groups {
        let follows = |last: &Group| last.file == group.file && last.group + 1 == group.group;
        match pieces.last_mut() {
            Some(piece) if held + group.rows <= most && piece.last().is_some_and(follows) => {
                piece.push(*group);
                held += group.rows;
            }
            _ => {
                pieces.push(vec![*group]);
                held = group.rows;
            }
        }
    }
    pieces
}

/// What an executor answered: one row with one text.
fn read(answer: &[RecordBatch]) -> Result<Counted, Error> {
    let broken = || Error::Answer("an executor’s answer isn’t readable");
    let batch = answer.iter().find(|batch| batch.num_rows() > 0).ok_or_else(broken)?;
    let texts = batch.column(0).as_any().downcast_ref::<StringArray>().filter(|texts| texts.len() == 1);
    serde_json::from_str(texts.ok_or_else(broken)?.value(0)).map_err(|_| broken())
}

/// The same piece, looked at by this process without any engine.
fn here(open: &Open, piece: &[Group], measures: &[Measure], reckon: &Reckon) -> Result<Counted, crate::Error> {
    let mut count = Count::new(reckon.clone());
    for group in piece {
        let (columns, _) = open.columns(*group, measures)?;
        count.see(&columns, &open.ids(*group, None)?);
    }
    Ok(count.counted())
}

impl Open {
    /// The companies with these ids, which stand in these groups, in this order.
    fn with_ids(&self, best: &[Row], groups: &[Group]) -> Result<Vec<Company>, crate::Error> {
        use rayon::prelude::*;
        let wanted: HashSet<u64> = best.iter().map(|row| row.0).collect();
        let found: Vec<Vec<(u64, crate::screen::tally::Place)>> = groups
            .par_iter()
            .map(|group| {
                let ids = self.ids(*group, None)?;
                let here = ids.into_iter().enumerate().filter(|(_, id)| wanted.contains(id));
                Ok(here.map(|(row, id)| (id, (group.file, group.group, row as u32))).collect())
            })
            .collect::<Result<_, crate::Error>>()?;
        let places: std::collections::HashMap<u64, _> = found.into_iter().flatten().collect();
        let best: Vec<crate::screen::tally::Best> = best
            .iter()
            .filter_map(|(id, total, points)| {
                let place = *places.get(id)?;
                Some(crate::screen::tally::Best { id: *id, total: *total, points: points.clone(), place })
            })
            .collect();
        self.companies(&best)
    }
}

impl From<Stopped> for screening::Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Asked(error) => error,
            Stopped::Failed(Error::Universe(error)) => said(error),
            Stopped::Failed(error) => Self::engine(error),
        }
    }
}

impl Engine for Cluster {
    fn about(&self) -> Answer<'_, About> {
        self.universe.about()
    }

    fn screen<'a>(&'a self, plan: &'a Plan, watch: &'a Watch) -> Answer<'a, Screened> {
        Box::pin(async move { Ok(self.screened(plan, watch).await?) })
    }

    fn company<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Company>> {
        self.universe.company(id)
    }

    fn known<'a>(&'a self, keys: &'a [String]) -> Answer<'a, Vec<Company>> {
        self.universe.known(keys)
    }

    fn search<'a>(&'a self, words: &'a str, most: usize) -> Answer<'a, Vec<Company>> {
        self.universe.search(words, most)
    }
}

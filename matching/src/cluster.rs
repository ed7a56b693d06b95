//! Clusters grown from the surest pairs, each compared anew as it grows, within what registers and people forbid.

use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use rayon::prelude::*;

use crate::block::pair;
use crate::compare::{Comparer, View, registers_forbid};
use crate::contact::{Country, Register};
use crate::lexicon::Symbol;
use crate::model::Scales;
use crate::name::TRADES;
use crate::record::{Form, Profile};
use crate::run::KEPT;

/// What people have decided of pairs of records; obeyed whatever the numbers say.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    same: BTreeSet<(u32, u32)>,
    different: HashSet<u64>,
}

impl Decisions {
    /// The two records are of one enterprise.
    pub fn same(&mut self, a: u32, b: u32) {
        self.same.insert((a.min(b), a.max(b)));
    }

    /// The two records are of two enterprises.
    pub fn different(&mut self, a: u32, b: u32) {
        self.different.insert(pair(a, b));
    }

    pub(crate) fn of(&self, a: u32, b: u32) -> Option<bool> {
        if self.different.contains(&pair(a, b)) {
            Some(false)
        } else {
            self.same.contains(&(a.min(b), a.max(b))).then_some(true)
        }
    }

    /// As [`Decisions::of`], and by way of the records that are the same as either.
    pub(crate) fn settle(&self, a: u32, b: u32) -> Option<bool> {
        let (ones, others) = (self.group(a), self.group(b));
        if ones.contains(&b) {
            return Some(true);
        }
        let apart = ones.iter().any(|one| others.iter().any(|other| self.different.contains(&pair(*one, *other))));
        apart.then_some(false)
    }

    /// The records that were decided to be the same as one, itself among them.
    fn group(&self, of: u32) -> BTreeSet<u32> {
        let mut group = BTreeSet::from([of]);
        loop {
            let before = group.len();
            for (a, b) in &self.same {
                if group.contains(a) || group.contains(b) {
                    group.extend([*a, *b]);
                }
            }
            if group.len() == before {
                return group;
            }
        }
    }

    /// All pairs decided of, in the order of their records.
    pub(crate) fn pairs(&self) -> BTreeSet<u64> {
        self.same.iter().map(|(a, b)| pair(*a, *b)).chain(self.different.iter().copied()).collect()
    }

    pub(crate) fn pairs_same(&self) -> &BTreeSet<(u32, u32)> {
        &self.same
    }
}

/// A pair that was compared, with its log odds of being the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    pub pair: u64,
    pub logit: f32,
    pub kin: f32,
}

impl Edge {
    pub fn ends(self) -> (u32, u32) {
        ((self.pair >> 32) as u32, self.pair as u32)
    }
}

/// Which cluster each record is in: the lowest record number of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clusters {
    of: Vec<u32>,
}

impl Clusters {
    pub fn of(&self, record: u32) -> u32 {
        self.of[record as usize]
    }

    pub fn len(&self) -> usize {
        self.of.len()
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}

struct Roots(Vec<u32>);

impl Roots {
    fn find(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            self.0[at as usize] = self.0[self.0[at as usize] as usize];
            at = self.0[at as usize];
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        let (low, high) = (a.min(b), a.max(b));
        self.0[high as usize] = low;
    }
}

/// Log odds of records that say the same in every field; only what people decided, and registers, weigh more.
const ALIKE: f32 = 1e6;
/// A connected part with more edges than this is cut where it is weakest.
const LARGE: usize = 20_000;
/// Log odds below which edges of a part that is too large are cut, one after the other.
const CUTS: [f32; 4] = [-2.5, -1.5, -0.7, 0.0];

fn divide(edges: &[Edge], part: Vec<u32>, cuts: &[f32]) -> Vec<Vec<u32>> {
    let [cut, cuts @ ..] = cuts else { return vec![part] };
    if part.len() <= LARGE {
        return vec![part];
    }
    let kept: Vec<u32> = part.into_iter().filter(|at| edges[*at as usize].logit > *cut).collect();
    let mut nodes: Vec<u32> = kept.iter().flat_map(|at| <[u32; 2]>::from(edges[*at as usize].ends())).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let place = |id: u32| nodes.binary_search(&id).unwrap_or(0) as u32;
    let mut roots = Roots((0..nodes.len() as u32).collect());
    for at in &kept {
        let (a, b) = edges[*at as usize].ends();
        roots.join(place(a), place(b));
    }
    let mut parts: Vec<(u32, u32)> =
        kept.iter().map(|at| (roots.find(place(edges[*at as usize].ends().0)), *at)).collect();
    parts.sort_unstable();
    parts
        .chunk_by(|a, b| a.0 == b.0)
        .flat_map(|part| divide(edges, part.iter().map(|(_, at)| *at).collect(), cuts))
        .collect()
}

pub(crate) struct Growing<'a> {
    pub profiles: &'a [Profile],
    pub comparer: Comparer<'a>,
    pub scales: &'a Scales,
    pub decisions: &'a Decisions,
    /// Log odds from which clusters are joined.
    pub threshold: f64,
}

impl Growing<'_> {
    /// Records that say the same in every field are one enterprise, however common what they say: nothing tells them apart. Each
    /// is paired with the next of its like.
    fn alike(&self) -> Vec<Edge> {
        let mut hashed: Vec<(u64, u32)> = self
            .profiles
            .par_iter()
            .enumerate()
            .filter(|(_, profile)| !profile.forms().is_empty())
            .map(|(at, profile)| {
                let mut hasher = std::hash::DefaultHasher::new();
                profile.hash(&mut hasher);
                (hasher.finish(), at as u32)
            })
            .collect();
        hashed.par_sort_unstable();
        let like = |a: u32, b: u32| self.profiles[a as usize] == self.profiles[b as usize];
        hashed
            .windows(2)
            .filter(|two| two[0].0 == two[1].0 && like(two[0].1, two[1].1))
            .map(|two| Edge { pair: pair(two[0].1, two[1].1), logit: ALIKE, kin: 0.0 })
            .collect()
    }

    /// Grows clusters out of edges; each connected part is grown by itself, on all cores.
    pub fn grow(&self, edges: &[Edge]) -> Clusters {
        let alike = self.alike();
        if alike.is_empty() { self.grow_from(edges) } else { self.grow_from(&[edges, &alike].concat()) }
    }

    fn grow_from(&self, edges: &[Edge]) -> Clusters {
        let mut roots = Roots((0..self.profiles.len() as u32).collect());
        for edge in edges.iter().filter(|edge| edge.logit > KEPT) {
            let (a, b) = edge.ends();
            roots.join(a, b);
        }
        for (a, b) in self.decisions.pairs_same() {
            roots.join(*a, *b);
        }
        let mut parts: Vec<(u32, u32)> = edges
            .iter()
            .enumerate()
            .filter(|(_, edge)| edge.logit > KEPT)
            .map(|(at, edge)| (roots.find(edge.ends().0), at as u32))
            .collect();
        parts.par_sort_unstable();
        let mut decided: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        for (a, b) in self.decisions.pairs_same() {
            decided.entry(roots.find(*a)).or_default().push((*a, *b));
        }
        let parts: Vec<&[(u32, u32)]> = parts.chunk_by(|a, b| a.0 == b.0).collect();
        let joined: Vec<(u32, u32)> = parts
            .par_iter()
            .flat_map_iter(|part| {
                let decided = decided.get(&part[0].0).map_or(&[][..], Vec::as_slice);
                let part: Vec<u32> = part.iter().map(|(_, at)| *at).collect();
                divide(edges, part, &CUTS)
                    .into_iter()
                    .flat_map(|part| self.part(edges, &part, decided))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut grown = Roots((0..self.profiles.len() as u32).collect());
        for (a, b) in joined.into_iter().chain(self.decisions.pairs_same().iter().copied()) {
            grown.join(a, b);
        }
        Clusters { of: (0..self.profiles.len() as u32).map(|at| grown.find(at)).collect() }
    }

    fn part(&self, edges: &[Edge], part: &[u32], decided: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let mut nodes: Vec<u32> = part.iter().flat_map(|at| <[u32; 2]>::from(edges[*at as usize].ends())).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let place = |id: u32| nodes.binary_search(&id).unwrap_or(0);
        let mut clusters: Vec<Option<Cluster>> =
            nodes.iter().map(|id| Some(Cluster::of(*id, &self.profiles[*id as usize]))).collect();
        let mut heap = BinaryHeap::new();
        for at in part {
            let edge = edges[*at as usize];
            let (a, b) = edge.ends();
            let (a, b) = (place(a), place(b));
            let logit = f64::from(edge.logit);
            for (x, y) in [(a, b), (b, a)] {
                if let Some(cluster) = &mut clusters[x] {
                    cluster.beside.insert(y, logit);
                }
            }
            heap.push(Step { logit, a, b });
        }
        for (a, b) in decided {
            if let (Ok(a), Ok(b)) = (nodes.binary_search(a), nodes.binary_search(b)) {
                heap.push(Step { logit: f64::INFINITY, a, b });
                for (x, y) in [(a, b), (b, a)] {
                    if let Some(cluster) = &mut clusters[x] {
                        cluster.beside.insert(y, f64::INFINITY);
                    }
                }
            }
        }
        let mut joined = Vec::new();
        while let Some(step) = heap.pop() {
            if step.logit < self.threshold {
                break;
            }
            let Some(b) = clusters[step.b].as_ref() else { continue };
            let Some(a) = clusters[step.a].as_ref() else { continue };
            // The odds have changed since: a later step says what they are now.
            if a.beside.get(&step.b).is_none_or(|now| *now != step.logit) {
                continue;
            }
            if step.logit.is_finite() && self.forbidden(a, b) {
                self.part_ways(&mut clusters, step.a, step.b);
                continue;
            }
            self.join(&mut clusters, step.a, step.b, &mut heap, &mut joined);
        }
        joined
    }

    fn forbidden(&self, a: &Cluster, b: &Cluster) -> bool {
        let same_land =
            a.countries.is_empty() || b.countries.is_empty() || a.countries.iter().any(|c| b.countries.contains(c));
        registers_forbid(&a.registrations, &b.registrations, same_land)
            || (!self.decisions.different.is_empty()
                && a.records.iter().any(|x| b.records.iter().any(|y| self.decisions.different.contains(&pair(*x, *y)))))
    }

    fn part_ways(&self, clusters: &mut [Option<Cluster>], a: usize, b: usize) {
        for (x, y) in [(a, b), (b, a)] {
            if let Some(cluster) = &mut clusters[x] {
                cluster.beside.remove(&y);
            }
        }
    }

    fn join(
        &self,
        clusters: &mut [Option<Cluster>],
        a: usize,
        b: usize,
        heap: &mut BinaryHeap<Step>,
        joined: &mut Vec<(u32, u32)>,
    ) {
        // The larger keeps its place, so that little is moved; of two alike the lower, whichever way round the step says it.
        let size = |at: usize| clusters[at].as_ref().map_or(0, |c| c.records.len());
        let (a, b) = (a.min(b), a.max(b));
        let (a, b) = if size(a) >= size(b) { (a, b) } else { (b, a) };
        let (Some(mut kept), Some(gone)) = (clusters[a].take(), clusters[b].take()) else { return };
        joined.push((kept.records[0], gone.records[0]));
        kept.beside.remove(&b);
        let mut neighbours: Vec<usize> =
            kept.beside.keys().copied().chain(gone.beside.keys().copied().filter(|n| *n != a)).collect();
        neighbours.sort_unstable();
        neighbours.dedup();
        // What is settled stays so, whatever else a cluster says by now.
        let settled = |n: &usize| {
            let most = [&kept, &gone].into_iter().filter_map(|c| c.beside.get(n)).copied().fold(0.0, f64::max);
            (most >= f64::from(ALIKE)).then_some((*n, most))
        };
        let settled: Vec<(usize, f64)> = neighbours.iter().filter_map(settled).collect();
        kept.take_in(gone);
        for n in neighbours {
            let Some(other) = clusters[n].as_mut() else { continue };
            other.beside.remove(&b);
            let logit = match settled.iter().find(|(at, _)| *at == n) {
                Some((_, logit)) => *logit,
                None => self.scales.odds(&self.comparer.compare(&kept.view(), &other.view())).logit(),
            };
            kept.beside.insert(n, logit);
            other.beside.insert(a, logit);
            if logit >= self.threshold {
                heap.push(Step { logit, a, b: n });
            }
        }
        clusters[a] = Some(kept);
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Step {
    logit: f64,
    a: usize,
    b: usize,
}

impl Eq for Step {}

impl Ord for Step {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of equal odds the lower numbers first, so that the outcome doesn't hang on chance.
        self.logit
            .total_cmp(&other.logit)
            .then_with(|| (other.a.min(other.b), other.a.max(other.b)).cmp(&(self.a.min(self.b), self.a.max(self.b))))
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// All that the records of a cluster say.
#[derive(Debug, Default)]
struct Cluster {
    records: Vec<u32>,
    beside: HashMap<usize, f64>,
    forms: Vec<Form>,
    industries: Vec<[u16; TRADES]>,
    countries: Vec<Country>,
    places: Vec<Symbol>,
    addresses: Vec<(Symbol, Symbol)>,
    webs: Vec<(Symbol, Symbol)>,
    phones: Vec<(Symbol, Country)>,
    registrations: Vec<(Symbol, Register)>,
    years: Vec<u16>,
}

/// So many different values of a field say enough of a cluster.
const VALUES: usize = 24;

impl Cluster {
    fn of(record: u32, profile: &Profile) -> Self {
        let sides = crate::compare::Sides::of(profile);
        let view = sides.view(profile);
        Self {
            records: vec![record],
            beside: HashMap::new(),
            forms: view.forms.to_vec(),
            industries: view.industries.to_vec(),
            countries: view.countries.to_vec(),
            places: view.places.to_vec(),
            addresses: view.addresses.to_vec(),
            webs: view.webs.to_vec(),
            phones: view.phones.to_vec(),
            registrations: view.registrations.to_vec(),
            years: view.years.to_vec(),
        }
    }

    fn view(&self) -> View<'_> {
        View {
            forms: &self.forms,
            industries: &self.industries,
            countries: &self.countries,
            places: &self.places,
            addresses: &self.addresses,
            webs: &self.webs,
            phones: &self.phones,
            registrations: &self.registrations,
            years: &self.years,
        }
    }

    fn take_in(&mut self, other: Self) {
        fn add<T: PartialEq>(mine: &mut Vec<T>, theirs: Vec<T>) {
            for value in theirs {
                if mine.len() < VALUES && !mine.contains(&value) {
                    mine.push(value);
                }
            }
        }
        self.records.extend(other.records);
        add(&mut self.forms, other.forms);
        add(&mut self.industries, other.industries);
        add(&mut self.countries, other.countries);
        add(&mut self.places, other.places);
        add(&mut self.addresses, other.addresses);
        add(&mut self.webs, other.webs);
        add(&mut self.phones, other.phones);
        add(&mut self.registrations, other.registrations);
        add(&mut self.years, other.years);
    }
}

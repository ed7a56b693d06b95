//! Which pairs are worth comparing: records that share a key, in blocks of bounded size, and names one slip apart.

use rayon::prelude::*;

use crate::distance::key;
use crate::lexicon::{Lexicon, Symbol, Use};
use crate::record::Profile;
use crate::text::Script;
use crate::words::{TradeAgreement, WORDS, each_slip};

/// Largest block whose records are all compared with each other.
pub(crate) const BLOCK: usize = 32;
/// Largest part of a larger block: there are several ways to part it, so each may be smaller.
const PART: usize = 12;
/// How far apart records of an unyielding block are still compared.
const WINDOW: usize = 8;
/// Groups of sounds that are fetched from memory together.
const TOGETHER: usize = 64;
/// A name that more records than this hold is hardly a slip of another.
const RARE: usize = 4;

/// What a record is found by. Names of all kinds share one kind, so that scripts meet.
#[repr(u8)]
enum Kind {
    Registration = 1,
    Telephone,
    Website,
    Label,
    Name,
    First,
    Address,
    Loose,
}

/// The key of records that have an own word.
pub(crate) fn name_key(word: Symbol) -> u64 {
    key(Kind::Name as u8, u64::from(word.0), 0, 0)
}

/// Keys a record is found by, without its slips. Loose spellings are keys only where `is_heard`: where Hangul is spelt so.
pub(crate) fn keys(profile: &Profile, is_heard: impl Fn(Symbol) -> bool, mut with: impl FnMut(u64)) {
    let mut one = |kind: Kind, symbol: Symbol, more: u64| {
        if symbol.is_some() {
            with(key(kind as u8, u64::from(symbol.0), more, 0));
        }
    };
    one(Kind::Registration, profile.registration, 0);
    one(Kind::Telephone, profile.phone, 0);
    one(Kind::Website, profile.web, 0);
    one(Kind::Label, profile.label, 0);
    one(Kind::Address, profile.address.0, 0);
    for (at, form) in profile.forms().iter().enumerate() {
        one(Kind::Name, form.core, 0);
        if form.sound != form.core {
            one(Kind::Name, form.sound, 0);
        }
        one(Kind::Name, form.alternative, 0);
        match form.script {
            Script::Han => one(Kind::Name, form.other, 0),
            _ if is_heard(form.other) => one(Kind::Loose, form.other, 0),
            _ => {}
        }
        if !profile.forms()[..at].iter().any(|other| other.first == form.first) {
            one(Kind::First, form.first, 0);
        }
    }
}

/// Calls back with pairs in batches, each pair as the lower number in the upper half; a pair may come more than once.
pub(crate) fn candidates(profiles: &[Profile], lexicon: &Lexicon, with: &(impl Fn(Vec<u64>) + Sync)) {
    let mut found: Vec<(u64, u32)> = Vec::with_capacity(profiles.len() * 5);
    for (at, profile) in profiles.iter().enumerate() {
        keys(profile, |loose| lexicon.counted(loose, Use::Loose) > 0, |key| found.push((key, at as u32)));
    }
    found.par_sort_unstable();
    found.dedup();
    let blocks: Vec<&[(u64, u32)]> = found.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).collect();
    blocks.par_chunks(4096).for_each(|blocks| {
        let mut pairs = Vec::new();
        let mut ids = Vec::new();
        for block in blocks {
            ids.clear();
            ids.extend(block.iter().map(|(_, id)| *id));
            within(profiles, &mut ids, 0, &mut pairs);
            if pairs.len() > 1 << 16 {
                with(std::mem::take(&mut pairs));
            }
        }
        with(pairs);
    });
    drop(blocks);
    drop(found);
    slips(profiles, lexicon, with);
}

pub(crate) fn pair(a: u32, b: u32) -> u64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    u64::from(low) << 32 | u64::from(high)
}

/// All pairs of a block, or of its parts by what else the records hold, when it is too large.
fn within(profiles: &[Profile], ids: &mut [u32], depth: usize, pairs: &mut Vec<u64>) {
    if ids.len() <= if depth == 0 { BLOCK } else { PART } {
        for (at, a) in ids.iter().enumerate() {
            for b in &ids[at + 1..] {
                pairs.push(pair(*a, *b));
            }
        }
        return;
    }
    if depth >= SECONDS.len() {
        // Nothing parts them: neighbours in an order that brings like to like.
        ids.sort_unstable_by_key(|id| {
            let p = &profiles[*id as usize];
            (p.country, p.places().first().copied(), p.year, p.address.0, *id)
        });
        for (at, a) in ids.iter().enumerate() {
            for b in ids.iter().skip(at + 1).take(WINDOW) {
                pairs.push(pair(*a, *b));
            }
        }
        return;
    }
    // Each way of parting on its own first, so that a record that lacks one thing is found by another.
    let ways = if depth == 0 { 0..SECONDS.len() } else { depth..depth + 1 };
    for way in ways {
        let second = SECONDS[way];
        ids.sort_unstable_by_key(|id| (second(&profiles[*id as usize]), *id));
        let mut from = 0;
        while from < ids.len() {
            let value = second(&profiles[ids[from] as usize]);
            let upto = from + ids[from..].partition_point(|id| second(&profiles[*id as usize]) <= value);
            // Records that lack what parts the block are taken together once, where nothing else is left to part them by.
            if value != 0 || depth > 0 || way + 1 == SECONDS.len() {
                let mut part = ids[from..upto].to_vec();
                within(profiles, &mut part, way + 1, pairs);
            }
            from = upto;
        }
    }
}

type Second = fn(&Profile) -> u64;

/// What parts a block that is too large, the most telling first.
const SECONDS: [Second; 5] = [
    |p| p.forms().iter().map(|f| f.trades[0]).chain([p.industry[0]]).find(|t| *t != 0).map_or(0, u64::from),
    |p| p.places().first().map_or(0, |s| u64::from(s.0)),
    |p| u64::from(p.country.0),
    |p| u64::from(p.year),
    |p| u64::from(p.address.0.0),
];

/// Names one slip apart, of which one is rare: what few write, somebody has mistyped.
fn slips(profiles: &[Profile], lexicon: &Lexicon, with: &(impl Fn(Vec<u64>) + Sync)) {
    let mut postings: Vec<(u32, u32)> = Vec::with_capacity(profiles.len() * 2);
    for (at, profile) in profiles.iter().enumerate() {
        for form in profile.forms() {
            if form.sound.is_some() && lexicon.bytes(form.sound).len() >= 4 {
                postings.push((form.sound.0, at as u32));
            }
        }
    }
    postings.par_sort_unstable();
    postings.dedup();
    // A sound is told by its place among all sounds, at which its holders begin.
    let mut sounds: Vec<Symbol> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    for (at, (sound, _)) in postings.iter().enumerate() {
        if sounds.last() != Some(&Symbol(*sound)) {
            sounds.push(Symbol(*sound));
            starts.push(at);
        }
    }
    starts.push(postings.len());
    let holders = |sound: u32| {
        let at = sound as usize;
        &postings[starts[at]..starts[at + 1]]
    };
    let mut keyed: Vec<(u64, u32)> = sounds
        .par_chunks(1 << 14)
        .enumerate()
        .flat_map_iter(|(chunk, sounds)| {
            let mut keyed = Vec::with_capacity(sounds.len() * 9);
            for (at, sound) in sounds.iter().enumerate() {
                let bytes = lexicon.bytes(*sound);
                let at = (chunk << 14 | at) as u32;
                each_slip(&bytes[..bytes.len().min(40)], |key| keyed.push((key, at)));
            }
            keyed
        })
        .collect();
    keyed.par_sort_unstable();
    let groups: Vec<&[(u64, u32)]> = keyed.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1).collect();
    groups.par_chunks(8192).for_each(|groups| {
        let mut pairs = Vec::new();
        let mut symbols = Vec::new();
        for groups in groups.chunks(TOGETHER) {
            symbols.clear();
            symbols.extend(groups.iter().flat_map(|group| *group).map(|(_, sound)| sounds[*sound as usize]));
            lexicon.fetch(&symbols);
            let mut known = symbols.as_slice();
            for group in groups {
                let (symbols, others) = known.split_at(group.len());
                known = others;
                for (at, (_, x)) in group.iter().enumerate() {
                    for (other, (_, y)) in group.iter().enumerate().skip(at + 1).take(64) {
                        let (p, q) = (lexicon.bytes(symbols[at]), lexicon.bytes(symbols[other]));
                        if x != y && crate::distance::within_one(p, q) {
                            meet(profiles, holders(*x), holders(*y), &mut pairs);
                        }
                    }
                }
            }
            if pairs.len() > 1 << 16 {
                with(std::mem::take(&mut pairs));
            }
        }
        with(pairs);
    });
}

fn meet(profiles: &[Profile], x: &[(u32, u32)], y: &[(u32, u32)], pairs: &mut Vec<u64>) {
    if x.len().min(y.len()) > RARE {
        return;
    }
    let many = x.len() * y.len() > BLOCK;
    for (_, a) in x {
        for (_, b) in y {
            if a != b && (!many || may_agree(&profiles[*a as usize], &profiles[*b as usize])) {
                pairs.push(pair(*a, *b));
            }
        }
    }
}

/// Whether nothing that both records hold speaks against them, and something speaks for them.
fn may_agree(a: &Profile, b: &Profile) -> bool {
    let mut agreeing = 0;
    let mut said = |known: bool, same: bool| {
        if known && same {
            agreeing += 1;
        }
        !known || same
    };
    let trade = |p: &Profile| p.forms().iter().map(|f| f.trades).find(|t| t[0] != 0).unwrap_or(p.industry);
    let (t, u) = (trade(a), trade(b));
    said(t[0] != 0 && u[0] != 0, WORDS.trades(&t, &u) != TradeAgreement::Conflict)
        && said(a.country.is_known() && b.country.is_known(), a.country == b.country)
        && said(!a.places().is_empty() && !b.places().is_empty(), a.places().iter().any(|p| b.places().contains(p)))
        && agreeing > 0
}

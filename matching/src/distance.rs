//! How far two short strings are apart, and hashes that don't change from one run to the next.

/// One inserted, left out or changed byte, or two neighbours exchanged; equal strings count too.
pub(crate) fn within_one(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(at) = short.iter().zip(long).position(|(x, y)| x != y) else {
        return true;
    };
    if short.len() == long.len() {
        short[at + 1..] == long[at + 1..]
            || (at + 1 < short.len()
                && short[at] == long[at + 1]
                && short[at + 1] == long[at]
                && short[at + 2..] == long[at + 2..])
    } else {
        short[at..] == long[at + 1..]
    }
}

/// Optimal string alignment distance, or `limit + 1` when it is more than `limit`. Strings longer than 64 differ by more.
pub(crate) fn within(a: &[u8], b: &[u8], limit: usize) -> usize {
    const WIDEST: usize = 64;
    if a.len() > WIDEST || b.len() > WIDEST || a.len().abs_diff(b.len()) > limit {
        return if a == b { 0 } else { limit + 1 };
    }
    let mut rows = [[0usize; WIDEST + 1]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate().take(b.len() + 1) {
        *cell = j;
    }
    for i in 1..=a.len() {
        let (now, before, earlier) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (rows[before][j] + 1).min(rows[now][j - 1] + 1).min(rows[before][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[earlier][j - 2] + 1);
            }
            rows[now][j] = cost;
            least = least.min(cost);
        }
        if least > limit {
            return limit + 1;
        }
    }
    rows[a.len() % 3][b.len()].min(limit + 1)
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(SEED);
    hash ^ (hash >> 29)
}

/// FNV-1a with a finish: the same on every machine, since it is written to files.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    finish(bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| mix(h, *b)))
}

pub(crate) fn hash_but(bytes: &[u8], out: usize) -> u64 {
    let rest = bytes[..out].iter().chain(&bytes[out + 1..]);
    finish(rest.fold(0xcbf2_9ce4_8422_2325, |h, b| mix(h, *b)))
}

/// A key of a kind made of up to three numbers.
pub(crate) fn key(kind: u8, a: u64, b: u64, c: u64) -> u64 {
    let mut h = finish(mix(SEED, kind) ^ a);
    h = finish(h.wrapping_mul(SEED) ^ b);
    finish(h.wrapping_mul(SEED) ^ c)
}

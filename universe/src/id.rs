//! The universe's own ids: 64 bits that stay with a company, written so that they sort as they count.

const LETTERS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// Thirteen letters and digits.
pub fn written(id: u64) -> String {
    (0..13).rev().map(|at| LETTERS[(id >> (5 * at)) as usize & 31] as char).collect()
}

/// Reads what [`written`] writes, and nothing else.
pub fn read(text: &str) -> Option<u64> {
    if text.len() != 13 || text.as_bytes()[0] > b'f' {
        return None;
    }
    text.bytes().try_fold(0u64, |id, byte| {
        let at = LETTERS.iter().position(|letter| *letter == byte)?;
        Some(id << 5 | at as u64)
    })
}

/// 64 bits of a text that are the same on every machine and in every version.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    // The last bytes of FNV reach the lowest bits only; this spreads them.
    sum ^= sum >> 33;
    sum = sum.wrapping_mul(0xff51_afd7_ed55_8ccd);
    sum ^= sum >> 33;
    sum = sum.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    sum ^ sum >> 33
}

/// Which of so many parts (a power of two) an id or hash stands in.
pub(crate) fn part(id: u64, parts: usize) -> usize {
    id as usize & (parts - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_sorts_as_it_counts() {
        let ids = [0, 1, 31, 32, u64::MAX / 2, u64::MAX - 1, u64::MAX];
        assert!(ids.iter().all(|id| read(&written(*id)) == Some(*id)));
        assert!(ids.windows(2).all(|two| written(two[0]) < written(two[1])));
        for other in ["", "0", "g000000000000", "000000000000w", "00000000000000", "A000000000000"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_hash_never_changes() {
        assert_eq!(hash(&["lei", "529900T8BM49AURSDO55"]), hash(&["lei", "529900T8BM49AURSDO55"]));
        assert_ne!(hash(&["a", "b"]), hash(&["ab", ""]));
        assert_eq!(written(hash(&["a", "b"])), WRITTEN);
    }

    /// Ids of universes in use rest on it.
    const WRITTEN: &str = "9to2lt8d8tgoj";
}

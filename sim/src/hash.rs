//! The one source of "randomness": a SplitMix64-style hash of small tuples.
//!
//! Every fact of the simulated organization is a pure function of the seed and
//! of the resource's coordinates, so nothing is stored and the same arguments
//! give the same bytes in any order and on any thread.

/// Scrambles one word so that neighbouring inputs give unrelated outputs.
pub fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Hashes a tuple; the position of each part matters.
pub fn hash(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(mix(seed), |state, part| mix(state ^ part))
}

/// Turns a name into a word that [`hash`] can take.
pub fn word(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `count` characters of `alphabet` (at most 256 letters) drawn from `state`.
pub fn letters(mut state: u64, alphabet: &[u8], count: usize) -> String {
    let size = alphabet.len().max(1) as u64;
    (0..count)
        .map(|_| {
            state = mix(state);
            let index = (state % size) as usize;
            alphabet.get(index).copied().map_or('A', char::from)
        })
        .collect()
}

/// Adds the last `digits` hexadecimal digits of a word. Ids are most of what a
/// page is made of, so they do not go through the formatting machinery.
pub fn push_hex(out: &mut String, word: u64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = (word >> (4 * place) & 0xf) as u8;
        out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
    }
}

/// Adds a number with `digits` decimal digits.
pub fn push_decimal(out: &mut String, number: u64, digits: u32) {
    let mut place = 10_u64.pow(digits.saturating_sub(1));
    for _ in 0..digits {
        out.push(char::from(b'0' + (number / place % 10) as u8));
        place = (place / 10).max(1);
    }
}

/// The alphabet of IAM unique ids and access key ids.
pub const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Digits and small letters, as in organization ids.
pub const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Letters and digits, as in secrets.
pub const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_formatting_would() {
        for word in [0, 9, 0xdead_beef_0012_3456, u64::MAX] {
            let mut out = String::new();
            push_hex(&mut out, word, 16);
            out.push(' ');
            push_decimal(&mut out, word % 1_000_000_000_000, 12);
            assert_eq!(out, format!("{word:016x} {:012}", word % 1_000_000_000_000));
        }
    }
}

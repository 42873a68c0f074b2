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

/// The alphabet of IAM unique ids and access key ids.
pub const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Digits and small letters, as in organization ids.
pub const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Letters and digits, as in secrets.
pub const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

//! Slices of a projection: sequences that are worked on side by side with others.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::fnv::Fnv;
use crate::store::rows::ProjectionVersion;

/// One of the slices of a projection: the sequences whose names hash to its number.
///
/// The number of slices belongs to the version of the projection, and the hash never changes: so a sequence stays in its slice,
/// whatever process works on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slice {
    /// From 0 on.
    number: u32,
    of: NonZeroU32,
}

impl Slice {
    /// All of them, if there are so many.
    pub(crate) fn all(of: NonZeroU32) -> impl Iterator<Item = Self> {
        (0..of.get()).map(move |number| Self { number, of })
    }

    /// That of a sequence, if there are so many.
    pub(crate) fn of(sequence: &str, of: NonZeroU32) -> Self {
        let number = hash(sequence) % u64::from(of.get());
        Self {
            // It is less than another `u32`.
            number: u32::try_from(number).unwrap_or_default(),
            of,
        }
    }

    /// That of a sequence, among as many as this one is of.
    pub(crate) fn that_of(self, sequence: &str) -> Self {
        Self::of(sequence, self.of)
    }

    /// Its number, from 0 on.
    pub(crate) const fn number(self) -> u32 {
        self.number
    }

    /// Its number, where there are several; for logs.
    pub(crate) fn told(self) -> Option<u32> {
        (!self.is_whole()).then_some(self.number)
    }

    /// Whether it is all that there is.
    pub(crate) const fn is_whole(self) -> bool {
        self.of.get() == 1
    }

    /// Whether a sequence belongs to it.
    pub(crate) fn holds(self, sequence: &str) -> bool {
        self.is_whole() || self.that_of(sequence) == self
    }

    /// The name of the reader that works on it, which is also that of its lease.
    pub(crate) fn reader(self, projection: &ProjectionVersion) -> Arc<str> {
        let reader = projection.reader();
        if self.is_whole() {
            reader
        } else {
            format!("{reader}/{}", self.number).into()
        }
    }
}

/// FNV-1a over the name, and the last step of `SplitMix64` over that, since the lowest bits of FNV-1a alone say little. What is stored
/// depends on it, so it is the same in every program.
fn hash(sequence: &str) -> u64 {
    let mut fnv = Fnv::default();
    fnv.write(sequence.as_bytes());
    let mut mixed = fnv.finish();
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::rows::ProjectionName;

    const fn slices(of: u32) -> NonZeroU32 {
        NonZeroU32::new(of).unwrap()
    }

    /// Names, their hashes, and their slices of 2, 8, 13 and 64; computed by another program.
    const VECTORS: [(&str, u64, u32, u32, u32, u32); 6] = [
        ("", 0xf52a_15e9_a9b5_e89b, 1, 3, 4, 27),
        ("a", 0x02c0_bdbf_4814_20f8, 0, 0, 5, 56),
        ("ann", 0x8096_e52a_d559_ed80, 0, 0, 12, 0),
        ("account-7", 0x2b82_b1bb_9ef4_be0e, 0, 6, 2, 14),
        (
            "00000000-0000-0000-0000-000000000000",
            0x245a_85b4_a08c_0288,
            0,
            0,
            8,
            8,
        ),
        ("Übergröße", 0x22f2_0ec8_38f1_07fc, 0, 4, 0, 60),
    ];

    #[test]
    fn a_sequence_stays_in_its_slice_for_ever() {
        for (sequence, hashed, of_2, of_8, of_13, of_64) in VECTORS {
            assert_eq!(hash(sequence), hashed, "{sequence}");
            for (number, of) in [(of_2, 2), (of_8, 8), (of_13, 13), (of_64, 64)] {
                assert_eq!(
                    Slice::of(sequence, slices(of)).number(),
                    number,
                    "{sequence} of {of}"
                );
            }
        }
    }

    #[test]
    fn names_that_differ_little_are_spread_over_all_slices() {
        for of in [2, 8, 64] {
            let mut found = vec![0_u32; usize::try_from(of).unwrap()];
            for number in 0..of * 100 {
                // All of them even, so that the lowest bit of each byte says nothing.
                let slice = Slice::of(&format!("account-{}", number * 2), slices(of));
                found[usize::try_from(slice.number()).unwrap()] += 1;
            }
            assert!(found.iter().all(|found| (50..150).contains(found)), "{found:?}");
        }
    }

    #[test]
    fn every_sequence_belongs_to_one_slice() {
        for sequence in ["", "ann", "bob", "account-7"] {
            assert_eq!(
                Slice::all(slices(7))
                    .filter(|slice| slice.holds(sequence))
                    .count(),
                1
            );
            assert!(Slice::all(slices(1)).all(|slice| slice.holds(sequence)));
        }
    }

    #[test]
    fn each_slice_has_a_reader_and_what_has_none_has_the_one_of_the_projection() {
        let balances = ProjectionVersion {
            name: ProjectionName::from_static("balances"),
            version: slices(3),
        };
        let readers = |of| {
            Slice::all(slices(of))
                .map(|slice| slice.reader(&balances))
                .collect::<Vec<_>>()
        };
        assert_eq!(readers(1), ["projection/balances@3".into()]);
        assert_eq!(
            readers(2),
            ["projection/balances@3/0".into(), "projection/balances@3/1".into()]
        );
    }
}

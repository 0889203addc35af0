//! A search through all memory of this process that it can have written to.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    ops::Range,
    os::unix::fs::FileExt,
};

use zeroize::Zeroizing;

/// The pattern that is laid over each piece, or the search would find its own pieces.
pub(crate) const MASK: u8 = 0xa5;

/// Enough bytes that memory does not have them by chance.
const PIECE_LENGTH: usize = 16;

/// Texts to look for, whole or in part.
pub(crate) struct Search {
    pieces: Vec<Piece>,
    /// Whether some piece starts with this byte; nearly all of memory can be passed over for that.
    starts: [bool; 256],
}

struct Piece {
    name: &'static str,
    masked: [u8; PIECE_LENGTH],
}

impl Default for Search {
    fn default() -> Self {
        Self { pieces: vec![], starts: [false; 256] }
    }
}

impl Search {
    pub(crate) fn add(&mut self, name: &'static str, text: &[u8]) {
        let masked: Vec<u8> = text.iter().map(|byte| byte ^ MASK).collect();
        self.add_masked(name, &masked);
    }

    /// Adds the text as written, and as SHA-512 reads text: in words whose most significant byte comes first.
    pub(crate) fn add_both_ways(&mut self, name: &'static str, text: &Zeroizing<Vec<u8>>) {
        let mut swapped = text.clone();
        swapped.chunks_exact_mut(8).for_each(<[u8]>::reverse);
        self.add(name, text);
        self.add(name, &swapped);
    }

    /// In the order of this machine's bytes and in the other one.
    pub(crate) fn add_masked_words(&mut self, name: &'static str, masked: &[u64; 8]) {
        self.add_masked(name, masked.map(u64::to_ne_bytes).as_flattened());
        self.add_masked(name, masked.map(|word| word.swap_bytes().to_ne_bytes()).as_flattened());
    }

    fn add_masked(&mut self, name: &'static str, masked: &[u8]) {
        for &masked in masked.as_chunks::<PIECE_LENGTH>().0 {
            self.starts[usize::from(masked[0] ^ MASK)] = true;
            self.pieces.push(Piece { name, masked });
        }
    }

    /// The names of the pieces that are in memory now, sorted.
    pub(crate) fn found(&self) -> Vec<&'static str> {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut found = BTreeSet::new();
        let (mut buffer, zeros) = (vec![0; 1 << 12], vec![0; 1 << 12]);
        let own = buffer.as_ptr().addr()..buffer.as_ptr().addr() + buffer.len();
        for region in writable_regions() {
            // Chunks overlap, so that a piece across their border is whole in one of them.
            for start in region.clone().step_by(buffer.len() - PIECE_LENGTH + 1) {
                let length = buffer.len().min(region.end - start);
                // Part of a stack may be gone by now.
                let Ok(read) = memory.read_at(&mut buffer[..length], start as u64) else { break };
                // Most of memory was never written to.
                if buffer[..read] == zeros[..read] {
                    continue;
                }
                let places = self.places(&buffer[..read]);
                found.extend(places.filter(|(place, _)| !own.contains(&(start + place))).map(|(_, name)| name));
            }
        }
        Vec::from_iter(found)
    }

    fn places(&self, memory: &[u8]) -> impl Iterator<Item = (usize, &'static str)> {
        let windows = memory.windows(PIECE_LENGTH).enumerate();
        windows.filter(|(_, window)| self.starts[usize::from(window[0])]).flat_map(|(place, window)| {
            self.pieces.iter().filter(|piece| piece.is(window)).map(move |piece| (place, piece.name))
        })
    }
}

impl Piece {
    fn is(&self, window: &[u8]) -> bool {
        window.iter().zip(&self.masked).all(|(byte, masked)| byte ^ MASK == *masked)
    }
}

/// The regions of memory that this process can write to; the others hold only bytes of the program's file.
fn writable_regions() -> Vec<Range<usize>> {
    let address = |hexadecimal| usize::from_str_radix(hexadecimal, 16).unwrap();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines()
        .filter_map(|line| {
            let [range, permissions, ..] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let (start, end) = range.split_once('-').unwrap();
            permissions.starts_with("rw").then(|| address(start)..address(end))
        })
        .collect()
}

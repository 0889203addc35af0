//! HMAC-SHA256 of a message that fits into one block.

use std::slice;

use sha2::block_api::compress256;
use zeroize::Zeroizing;

/// The states of HMAC-SHA256 behind its inner and outer padded key, which is as long as a block; wiped on drop.
pub(crate) struct Sha256Key(Box<Zeroizing<[State; 2]>>);

type State = [u32; 8];
const BLOCK_LENGTH: usize = 64;
const MESSAGE_LENGTH: usize = 40;
const TAG_LENGTH: usize = 32;

impl Sha256Key {
    pub(crate) fn new(key: &[u8; BLOCK_LENGTH]) -> Self {
        let mut states = Self(Box::new(Zeroizing::new([INITIAL; 2])));
        let mut block = Zeroizing::new(*key);
        for (state, pad) in states.0.iter_mut().zip([0x36, 0x5c]) {
            block.iter_mut().for_each(|byte| *byte ^= pad);
            compress256(state, slice::from_ref(&block));
            block.iter_mut().for_each(|byte| *byte ^= pad);
        }
        states
    }

    pub(crate) fn tag(&self, message: &[u8; MESSAGE_LENGTH]) -> [u8; TAG_LENGTH] {
        let [inner, outer] = &**self.0;
        hash(outer, &hash(inner, message))
    }
}

/// Of a message that ends with this block.
fn hash<const LENGTH: usize>(state: &State, end: &[u8; LENGTH]) -> [u8; TAG_LENGTH] {
    let mut block = const { padding::<LENGTH>() };
    let (start, _) = block.split_at_mut(LENGTH);
    start.copy_from_slice(end);
    let mut state = *state;
    compress256(&mut state, slice::from_ref(&block));
    let mut digest = [0; TAG_LENGTH];
    digest.copy_from_slice(state.map(u32::to_be_bytes).as_flattened());
    digest
}

/// A block whose first `LENGTH` bytes are free, with the padding of a message of the padded key and these: a bit, and the
/// length in bits.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "computed by the compiler: less than 1024 bits"
)]
const fn padding<const LENGTH: usize>() -> [u8; BLOCK_LENGTH] {
    let mut block = [0; BLOCK_LENGTH];
    block[LENGTH] = 0x80;
    [block[62], block[63]] = (((BLOCK_LENGTH + LENGTH) * 8) as u16).to_be_bytes();
    block
}

/// Before the first block (FIPS 180-4 §5.3.3).
const INITIAL: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

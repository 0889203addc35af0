//! What SHA-512 (FIPS 180-4) works on.

use crate::crypto::BLOCK_LENGTH;

/// What one compression takes.
pub(crate) type Block = [u8; BLOCK_LENGTH];

/// The state between two blocks.
pub(crate) type State = [u64; 8];

/// Before the first block (FIPS 180-4 §5.3.5).
pub(crate) const INITIAL: State = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

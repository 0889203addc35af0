//! SHA-512's compression function (FIPS 180-4 §6.4.2) over vectors of words, one message in each lane.

#![expect(clippy::arithmetic_side_effects, reason = "vectors wrap around")]

use fearless_simd::{Simd, SimdInt};

/// The state between two blocks: of one message, or of each lane's.
pub(crate) type State<W = u64> = [W; 8];

/// Takes in one block.
///
/// Everything here is inlined into the caller, to share its instruction set; but not in a debug build, whose frames on the
/// stack would grow to megabytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn compress<S: Simd, W: SimdInt<S, Element = u64>>(state: &mut State<W>, block: &[W; 16]) {
    let mut working = *state;
    let mut schedule = *block;
    for (sixteen, constants) in ROUND_CONSTANTS.iter().enumerate() {
        if sixteen > 0 {
            extend(&mut schedule);
        }
        rounds(&mut working, &schedule, constants);
    }
    for (word, worked) in state.iter_mut().zip(working) {
        *word += worked;
    }
}

/// Repeats a statement for each of sixteen places. Written out, so that words stay in registers and the rotation of the state costs
/// nothing.
macro_rules! for_each_of_16 {
    ($place:ident => $statement:expr) => {
        for_each_of_16!($place => $statement, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    ($place:ident => $statement:expr, $($number:literal)*) => { $({
        const $place: usize = $number;
        $statement;
    })* };
}

/// Sixteen rounds.
#[cfg_attr(not(debug_assertions), inline(always))]
fn rounds<S: Simd, W: SimdInt<S, Element = u64>>(state: &mut State<W>, schedule: &[W; 16], constants: &[u64; 16]) {
    for_each_of_16!(I => *state = round(*state, schedule[I], constants[I]));
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn round<S: Simd, W: SimdInt<S, Element = u64>>(
    [a, b, c, d, e, f, g, h]: State<W>,
    word: W,
    constant: u64,
) -> State<W> {
    let sum_e = rotated(e, 14) ^ rotated(e, 18) ^ rotated(e, 41);
    let choice = g ^ (e & (f ^ g));
    let first = h + (word + constant) + choice + sum_e;
    let sum_a = rotated(a, 28) ^ rotated(a, 34) ^ rotated(a, 39);
    let majority = b ^ ((a ^ b) & (c ^ b));
    [first + (sum_a + majority), a, b, c, d + first, e, f, g]
}

/// Turns sixteen words of the message schedule into the next sixteen.
#[cfg_attr(not(debug_assertions), inline(always))]
fn extend<S: Simd, W: SimdInt<S, Element = u64>>(words: &mut [W; 16]) {
    for_each_of_16!(I => words[I] = next(words[I], words[(I + 1) % 16], words[(I + 9) % 16], words[(I + 14) % 16]));
}

/// The word that follows, from those 16, 15, 7 and 2 before it.
#[cfg_attr(not(debug_assertions), inline(always))]
fn next<S: Simd, W: SimdInt<S, Element = u64>>(before_16: W, before_15: W, before_7: W, before_2: W) -> W {
    let low = rotated(before_15, 1) ^ rotated(before_15, 8) ^ (before_15 >> 7);
    let high = rotated(before_2, 19) ^ rotated(before_2, 61) ^ (before_2 >> 6);
    before_16 + low + before_7 + high
}

#[inline(always)]
fn rotated<S: Simd, W: SimdInt<S, Element = u64>>(word: W, right: u32) -> W {
    (word >> right) | (word << (64 - right))
}

/// FIPS 180-4 §4.2.3, four to a line as printed there.
#[rustfmt::skip]
const ROUND_CONSTANTS: [[u64; 16]; 5] = [
    [0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd, 0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc,
     0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019, 0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118,
     0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe, 0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2,
     0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1, 0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694],
    [0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3, 0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65,
     0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483, 0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5,
     0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210, 0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4,
     0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725, 0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70],
    [0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926, 0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df,
     0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8, 0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b,
     0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001, 0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30,
     0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910, 0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8],
    [0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53, 0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8,
     0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb, 0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3,
     0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60, 0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec,
     0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9, 0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b],
    [0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207, 0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178,
     0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6, 0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b,
     0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493, 0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c,
     0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a, 0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817],
];

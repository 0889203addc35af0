//! Which texts no option lets through as a secret: the rules of the documentation, a bit and a byte at a time.

use quiltt_session::{SecretEncoding, SecretError};

/// The bytes that `written` stands for in this encoding, if there are `need` of them; or why it is no secret, in the order in
/// which the reasons are documented to be looked for.
pub fn expected(written: &[u8], encoding: SecretEncoding, need: usize) -> Result<Vec<u8>, SecretError> {
    if written.len() > 4096 {
        return Err(SecretError::TooLong { max: 4096 });
    }
    let bytes = match encoding {
        SecretEncoding::Base64 => base64(written, b"+/").ok_or("base64"),
        SecretEncoding::Base64Url => base64(written, b"-_").ok_or("base64url"),
        SecretEncoding::Hex => hex(written).ok_or("hexadecimal digits"),
        _ => Ok(written.to_vec()),
    };
    let bytes = bytes.map_err(|encoding| SecretError::NotInEncoding { encoding })?;
    let key = &bytes[..key_length(&bytes)];
    if bytes.len() >= need && key.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(SecretError::AllOneByte);
    }
    if counted(&bytes) < need {
        return Err(SecretError::TooShort { have_bits: counted(&bytes) * 8, need_bits: need * 8 });
    }
    if key == b"quiltt-session-demo-secret--never-use-in-production-0123456789ab" {
        return Err(SecretError::Demo);
    }
    Ok(bytes)
}

/// How many bytes there are without four or more NULs at the end.
pub fn counted(bytes: &[u8]) -> usize {
    let length = key_length(bytes);
    if bytes.len() >= length + 4 { length } else { bytes.len() }
}

/// Where the NULs begin with which HMAC would pad it anyway.
pub fn key_length(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| *byte != 0);
    if bytes.len() <= 128 { last.map_or(0, |place| place + 1) } else { bytes.len() }
}

/// Base64, bit by bit: as many bytes as fit, and no bit besides that is not zero.
fn base64(written: &[u8], last_two: &[u8; 2]) -> Option<Vec<u8>> {
    let digits = without_padding(written)?;
    let mut bits = vec![];
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            _ => last_two.iter().position(|other| other == digit)? as u8 + 62,
        };
        bits.extend((0..6).rev().map(|place| value >> place & 1));
    }
    let (bytes, rest) = bits.as_chunks::<8>();
    let is_canonical = digits.len() % 4 != 1 && rest.iter().all(|bit| *bit == 0);
    is_canonical.then(|| bytes.iter().map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect())
}

/// The digits: the padding may be there in whole or not at all.
fn without_padding(written: &[u8]) -> Option<&[u8]> {
    let padding = written.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = &written[..written.len() - padding];
    let most = digits.len().next_multiple_of(4) - digits.len();
    (padding == 0 || padding == most).then_some(digits)
}

/// Pairs of hexadecimal digits of either case.
pub fn hex(written: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = written.as_chunks::<2>() else { return None };
    let byte = |pair: &[u8; 2]| {
        let is_hex = pair.iter().all(u8::is_ascii_hexdigit);
        is_hex.then(|| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
    };
    pairs.iter().map(byte).collect()
}

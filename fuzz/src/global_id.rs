//! Ids the obvious way: one digit after the other, in 128 bits.

use quiltt_session::ParseIdReason;
use uuid::Uuid;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Why a text is no id, and the offset of the first byte that says so.
pub type Refusal = (ParseIdReason, usize);

/// `prefix` ends with the version digit, as in `p_1`.
pub fn print(prefix: &str, uuid: Uuid) -> String {
    let mut number = uuid.as_u128();
    let mut digits = String::new();
    while number > 0 || digits.is_empty() {
        digits.insert(0, DIGITS[(number % 62) as usize].into());
        number /= 62;
    }
    format!("{prefix}{digits}")
}

/// Reads a global id of the kind that has this prefix, or a hyphenated UUID.
pub fn parse(prefix: &str, text: &str) -> Result<Uuid, Refusal> {
    if text.contains('_') { parse_global(prefix, text) } else { parse_uuid(text) }
}

/// Reads a global id only, as in tokens from version 2 on.
pub fn parse_global(prefix: &str, text: &str) -> Result<Uuid, Refusal> {
    let kind = prefix.trim_end_matches('1');
    let digits = match text.strip_prefix(kind) {
        None => return Err((ParseIdReason::WrongKind, 0)),
        Some("") => return Err((ParseIdReason::Empty, kind.len())),
        Some(rest) => rest.strip_prefix('1').ok_or((ParseIdReason::UnknownVersion, kind.len()))?,
    };
    if digits.is_empty() {
        return Err((ParseIdReason::Empty, prefix.len()));
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return Err((ParseIdReason::LeadingZero, prefix.len()));
    }
    let mut number = 0_u128;
    for (position, digit) in (prefix.len()..).zip(digits.bytes()) {
        let value = DIGITS.iter().position(|&other| other == digit);
        let value = value.ok_or((ParseIdReason::InvalidCharacter, position))?;
        let longer = number.checked_mul(62).and_then(|number| number.checked_add(value as u128));
        number = longer.ok_or((ParseIdReason::Overflow, position))?;
    }
    Ok(Uuid::from_u128(number))
}

/// Reads a UUID as `8-4-4-4-12` hexadecimal digits of either case.
pub fn parse_uuid(text: &str) -> Result<Uuid, Refusal> {
    const FORM: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    if text.is_empty() {
        return Err((ParseIdReason::Empty, 0));
    }
    let fits = |(form, byte): (u8, u8)| if form == b'h' { byte.is_ascii_hexdigit() } else { byte == form };
    let fitting = FORM.bytes().zip(text.bytes()).take_while(|&pair| fits(pair)).count();
    if fitting < FORM.len() || text.len() > FORM.len() {
        return Err((ParseIdReason::InvalidUuid, fitting));
    }
    let digits = text.replace('-', "");
    Ok(Uuid::from_u128(u128::from_str_radix(&digits, 16).unwrap()))
}

//! Reads claims: payloads as Quiltt and this crate write them in one pass.
//!
//! Those are flat: names and strings of plain ASCII, whole numbers, no space but behind the brace. A claim of the caller's own
//! may also be a fraction, a literal name or a list of such. Whatever has anything else, right or wrong, is for
//! [`json`](super::json) to judge.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;
use uuid::{Uuid, fmt::Hyphenated};

use super::{
    claims::{Claims, DEFAULT_AUDIENCE, DEFAULT_ISSUER, Members, NotBefore},
    json,
    version::TokenVersion,
};
use crate::{
    error::{ParseTokenError, Segment},
    id::SessionId,
    time::UnixTime,
};

impl Claims {
    /// Reads a payload: a flat one in one pass; any other with repeated names at any depth refused.
    pub(crate) fn from_json(payload: &[u8], not_before: NotBefore) -> Result<Self, ParseTokenError> {
        let mut members = Members::default();
        if read(payload, &mut members).is_none() {
            members = Members::default();
            json::segment(payload, Segment::Payload)?.iter().try_for_each(|member| members.add(member))?;
        }
        members.typed(not_before)
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(json.get().as_bytes(), NotBefore::Demanded).map_err(de::Error::custom)
    }
}

/// Reads a flat payload; `None` for any other, and then `members` may have some of it.
fn read<'j>(payload: &'j [u8], members: &mut Members<'j>) -> Option<()> {
    let mut own = Vec::new();
    let mut rest = behind_spaces(payload.strip_prefix(b"{")?);
    loop {
        let member = rest.strip_prefix(b"\"")?;
        let (name, value) = member.split_first_chunk::<5>()?;
        rest = match name {
            b"nbf\":" => set(&mut members.not_before, time(value)?)?,
            b"iat\":" => set(&mut members.issued_at, time(value)?)?,
            b"exp\":" => set(&mut members.expires_at, time(value)?)?,
            b"ver\":" => set(&mut members.version, version(value)?)?,
            b"jti\":" => set(&mut members.id, session_id(value)?)?,
            b"iss\":" => set(&mut members.issuer, party(value, DEFAULT_ISSUER)?)?,
            b"aud\":" => set(&mut members.audience, party(value, DEFAULT_AUDIENCE)?)?,
            _ => match name.strip_suffix(b"\":").and_then(|name| members.slot(name)) {
                Some(slot) => set(slot, id(value)?)?,
                None => {
                    let (name, behind) = own_claim(member)?;
                    if own.len() == FEW || own.contains(&name) {
                        return None;
                    }
                    own.reserve(FEW.saturating_sub(own.len()));
                    own.push(name);
                    let length = rest.len().saturating_sub(behind.len());
                    members.custom.add(rest.get(..length)?, behind.len());
                    behind
                }
            },
        };
        match rest {
            [b',', behind @ ..] => rest = behind,
            [b'}'] => return Some(()),
            _ => return None,
        }
    }
}

/// So many claims of the caller's own are compared each with each.
const FEW: usize = 32;

/// A value, and the JSON behind that value.
type Read<'j, T> = Option<(T, &'j [u8])>;

/// Keeps a value, unless there is one.
#[inline(always)]
fn set<'j, T>(slot: &mut Option<T>, (value, behind): (T, &'j [u8])) -> Option<&'j [u8]> {
    slot.replace(value).is_none().then_some(behind)
}

#[inline(always)]
fn time(json: &[u8]) -> Read<'_, UnixTime> {
    let (number, behind) = whole(json)?;
    Some((UnixTime::from_secs(number).ok()?, behind))
}

#[inline(always)]
fn version(json: &[u8]) -> Read<'_, TokenVersion> {
    let (number, behind) = whole(json)?;
    Some((TokenVersion::from_number(number)?, behind))
}

#[inline(always)]
fn session_id(json: &[u8]) -> Read<'_, SessionId> {
    let (text, behind) = json.strip_prefix(b"\"")?.split_first_chunk::<{ Hyphenated::LENGTH }>()?;
    Some((SessionId::from_uuid(Uuid::try_parse_ascii(text).ok()?), behind.strip_prefix(b"\"")?))
}

/// An issuer or audience: copied, unless the usual one.
#[inline(always)]
fn party<'j>(json: &'j [u8], usual: &'static str) -> Read<'j, Cow<'static, str>> {
    let (text, behind) = string(json)?;
    let is_usual = text == usual.as_bytes();
    Some((if is_usual { usual.into() } else { str::from_utf8(text).ok()?.to_owned().into() }, behind))
}

#[inline(always)]
fn id(json: &[u8]) -> Read<'_, Cow<'_, [u8]>> {
    let (text, behind) = string(json)?;
    Some((Cow::Borrowed(text), behind))
}

/// Reads a claim of the caller's own, from behind the first quote on. Returns the name, and the JSON behind the value.
fn own_claim(member: &[u8]) -> Read<'_, &[u8]> {
    let (name, value) = member.split_at_checked(plain_length(member))?;
    // Names of three letters could be Quiltt's in another case; those that serde_json keeps begin with a dollar.
    let is_own = match name {
        [_, _, _] => name != b"rol" && name.iter().all(u8::is_ascii_lowercase),
        _ => !name.starts_with(b"$"),
    };
    let value = value.strip_prefix(b"\":").filter(|_| is_own)?;
    Some((name, behind_list(value).or_else(|| behind_scalar(value))?))
}

fn behind_list(json: &[u8]) -> Option<&[u8]> {
    let mut rest = json.strip_prefix(b"[")?;
    if let [b']', behind @ ..] = rest {
        return Some(behind);
    }
    loop {
        match behind_scalar(rest)? {
            [b',', next @ ..] => rest = next,
            [b']', behind @ ..] => return Some(behind),
            _ => return None,
        }
    }
}

fn behind_scalar(json: &[u8]) -> Option<&[u8]> {
    match json {
        [b'"', ..] => string(json).map(|(_, behind)| behind),
        [b't', b'r', b'u', b'e', behind @ ..] | [b'n', b'u', b'l', b'l', behind @ ..] => Some(behind),
        [b'f', b'a', b'l', b's', b'e', behind @ ..] => Some(behind),
        _ => {
            let (_, behind) = whole(json.strip_prefix(b"-").unwrap_or(json))?;
            let Some(fraction) = behind.strip_prefix(b".") else { return Some(behind) };
            let digits = fraction.iter().take_while(|digit| digit.is_ascii_digit()).count();
            fraction.get(digits..).filter(|_| digits > 0)
        }
    }
}

/// A string without escapes, and without its quotes.
#[inline(always)]
fn string(json: &[u8]) -> Read<'_, &[u8]> {
    let json = json.strip_prefix(b"\"")?;
    let (text, behind) = json.split_at_checked(plain_length(json))?;
    Some((text, behind.strip_prefix(b"\"")?))
}

/// A number of no more digits than 64 bits hold for sure.
#[inline(always)]
fn whole(json: &[u8]) -> Read<'_, u64> {
    let (mut number, mut count, mut rest) = (0_u64, 0_u32, json);
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit & 15));
        count = count.wrapping_add(1);
        rest = behind;
    }
    let is_canonical = matches!(count, 1..20) && (count == 1 || json.first() != Some(&b'0'));
    is_canonical.then_some((number, rest))
}

fn behind_spaces(mut json: &[u8]) -> &[u8] {
    while let Some((b"        ", behind)) = json.split_first_chunk() {
        json = behind;
    }
    while let [b' ', behind @ ..] = json {
        json = behind;
    }
    json
}

/// How many bytes stand before the next quote, backslash, control character or byte beyond ASCII.
#[inline(always)]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks();
    for (word, place) in words.iter().zip((0_usize..).step_by(8)) {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte below `bound`. What is borrowed spoils the bytes behind one that is found, only.
        let below = |word: u64, bound: u8| word.wrapping_sub(ONES.wrapping_mul(bound.into())) & !word;
        let is = |byte: u8| below(word ^ ONES.wrapping_mul(byte.into()), 1);
        let stops = (is(b'"') | is(b'\\') | below(word, b' ') | word) & ONES.wrapping_mul(0x80);
        if stops != 0 {
            return place.saturating_add((stops.trailing_zeros() >> 3) as usize);
        }
    }
    let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | ..b' ' | 0x80..);
    words.as_flattened().len().saturating_add(rest.iter().take_while(is_plain).count())
}

//! The claims of a payload and their order. All tokens of one signer share the constant claims, all of a second the times.
//!
//! ```text
//!            opening         │ times                           │ id │ middle             │ before profile │ profile │ end
//! Aligned    {␠…␠"iss":…,…,  │ "nbf":…,"iat":…,"exp":…,"jti":" │ …  │                    │ ","sub":"      │ p_1…    │ "
//! AsIssued   {               │ "nbf":…,"iat":…,"jti":"         │ …  │ ","iss":…,…,"exp": │ …,…,"sub":"    │ p_1…    │ ",…
//! ```
//!
//! Behind the end stand the claims of a single session, and the closing brace.

use std::time::Duration;

use fearless_simd::Simd;
use uuid::{Uuid, fmt::Hyphenated};

use crate::{
    crypto::{BLOCK_LENGTH, Message, TAG_LENGTH, TRAILER_LENGTH},
    error::{ConfigError, MintError},
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId},
    time::{TimeError, UnixTime},
    token::{
        ascii_json,
        base64::{encode_into, encode_parts, encode_slice, encoded_length},
        claims::{DEFAULT_AUDIENCE, DEFAULT_ISSUER},
        version::{IdForm, Layout, PROFILE_KEY_LENGTH, TokenVersion},
    },
};

/// Which order the claims of a payload have, and whether spaces stand before them.
///
/// Both say the same (RFC 8259 §2, §4), so every JWT library takes both. Quiltt publishes no rule for self-signed tokens: where
/// one is refused and you hunt for the reason, or where yours should look like Quiltt's, take `AsIssued`.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// let signer = SessionSigner::builder(SigningSecret::demo()).payload(PayloadOrder::AsIssued).build()?;
/// let session = signer.mint(ProfileId::random()?)?;
/// assert!(UntrustedToken::parse(session.token())?.untrusted_payload_json().starts_with(b"{\"nbf\":"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadOrder {
    /// The claims that change least come first, behind as many spaces as let a mint cost two compressions of SHA-512, where
    /// `AsIssued` takes five. A token with all ids is 70 characters longer.
    #[default]
    Aligned,
    /// The order observed in Quiltt's tokens, which [`Claims`](crate::Claims) serialises in, without spaces. Claims of your own
    /// come last.
    AsIssued,
}

/// The claims that all tokens of one signer share, without the caller's own.
#[derive(Clone, Debug)]
pub(crate) struct ConstantClaims {
    pub(crate) version: TokenVersion,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) api_key: Option<ApiKeyId>,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) environment: Option<EnvironmentId>,
}

impl Default for ConstantClaims {
    fn default() -> Self {
        Self {
            version: TokenVersion::default(),
            issuer: DEFAULT_ISSUER.to_owned(),
            audience: DEFAULT_AUDIENCE.to_owned(),
            api_key: None,
            organization: None,
            environment: None,
        }
    }
}

impl ConstantClaims {
    /// As JSON members, if a token can have all of them.
    pub(crate) fn members(&self) -> Result<Members, ConfigError> {
        let layout = self.version.layout();
        Ok(Members {
            parties: party_member("iss", &self.issuer)? + &party_member("aud", &self.audience)?,
            version: member("ver", &self.version.number().to_string()),
            api_key: self.id_member("API key", Some(layout.api_key), self.api_key)?,
            scope: self.id_member("organization", layout.organization, self.organization)?
                + &self.id_member("environment", layout.environment, self.environment)?,
            custom: String::new(),
        })
    }

    /// The member of an id, if there is one.
    fn id_member<I: ToString + Into<Uuid>>(
        &self,
        kind: &'static str,
        name: Option<&str>,
        id: Option<I>,
    ) -> Result<String, ConfigError> {
        let Some(id) = id else { return Ok(String::new()) };
        let name = name.ok_or(ConfigError::NoClaimFor { id: kind, version: self.version.number() })?;
        Ok(member(name, &ascii_json::string(&self.version.layout().form.text(id))))
    }
}

/// The member of an issuer or audience: short enough that a verifier takes whatever a signer mints.
fn party_member(claim: &'static str, party: &str) -> Result<String, ConfigError> {
    const MAX_LENGTH: usize = 256;
    const QUOTES: usize = 2;

    let json = ascii_json::string(party);
    match json.len().saturating_sub(QUOTES) {
        1..=MAX_LENGTH => Ok(member(claim, &json)),
        found => Err(ConfigError::Name { claim, found, max: MAX_LENGTH }),
    }
}

/// A member of an object, with a comma before it; `value` is JSON already.
fn member(name: &str, value: &str) -> String {
    format!(",{}:{value}", ascii_json::string(name))
}

/// The constant claims in JSON, a comma before each, in groups that no order of a payload tears apart.
#[derive(Default)]
pub(crate) struct Members {
    /// Issuer and audience.
    pub(crate) parties: String,
    pub(crate) version: String,
    pub(crate) api_key: String,
    /// Organization and environment.
    pub(crate) scope: String,
    /// The caller's own.
    pub(crate) custom: String,
}

impl Members {
    /// All of them in the order of aligned payloads, with commas between.
    pub(crate) fn joined(&self) -> String {
        let Self { parties, version, api_key, scope, custom } = self;
        let members = [parties.as_str(), version, api_key, scope, custom].concat();
        // There is at least the issuer's.
        let (_, members) = members.split_at(1);
        members.to_owned()
    }
}

/// From when until when a session is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
}

impl Validity {
    /// From `backdating` before `now` until `ttl` after it.
    pub(crate) fn new(now: UnixTime, ttl: Duration, backdating: Duration) -> Result<Self, MintError> {
        let issued_at = now.checked_sub(backdating).ok_or(TimeError::BeforeEpoch)?;
        let expires_at = now.checked_add(ttl).ok_or(MintError::ExpiryTooLate)?;
        Ok(Self { issued_at, expires_at })
    }
}

/// 2³¹ - 1 ms in seconds, less the delay of a client's clock: a session that expires later overflows the timer of
/// Quiltt's JavaScript SDK, which then forgets it at once.
pub(crate) const MAX_TTL_SECS: u64 = 2_147_483 - MAX_CLOCK_DIFFERENCE_SECS;

/// More than any clock that is set by NTP is off: the most that a signer backdates, and the greatest leeway of a verifier.
pub(crate) const MAX_CLOCK_DIFFERENCE_SECS: u64 = 600;

/// A session that is signed, alone or in a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) validity: Validity,
    pub(crate) profile: ProfileId,
    pub(crate) session: SessionId,
    /// Where the token ends in the buffer, once signed; a token starts where the one before ends.
    pub(crate) end: usize,
}

impl Entry {
    pub(crate) const fn new(validity: Validity, profile: ProfileId, session: SessionId) -> Self {
        Self { validity, profile, session, end: 0 }
    }
}

/// The JSON before the times.
pub(crate) fn opening(header: &str, order: PayloadOrder, layout: &Layout, members: &Members) -> String {
    match order {
        PayloadOrder::Aligned => {
            let members = format!("{},", members.joined());
            let spaces = spaces(header, members.len(), usual_tail_length(layout));
            format!("{{{:spaces$}{members}", "")
        }
        PayloadOrder::AsIssued => "{".to_owned(),
    }
}

/// How many spaces to put after the payload's opening brace: the fewest for which a mint hashes the fewest blocks, and
/// the whole token fills no more blocks than without them.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of at most some thousand bytes; no block count is below another's"
)]
fn spaces(header: &str, members: usize, tail: usize) -> usize {
    /// More would come around to the same place in a block.
    const MOST: usize = BLOCK_LENGTH / 4 * 3;

    let header = header.len() + ".".len();
    let head = |spaces: usize| "{".len() + spaces + members + Times::USUAL_LENGTH;
    let all_blocks =
        |spaces: usize| (header + encoded_length(head(spaces) + tail) + TRAILER_LENGTH).div_ceil(BLOCK_LENGTH);
    let kept_blocks = |spaces: usize| (header + head(spaces) / 3 * 4) / BLOCK_LENGTH;
    let (mut best, blocks) = (0, all_blocks(0));
    for spaces in (0..MOST).filter(|&spaces| all_blocks(spaces) == blocks) {
        if kept_blocks(spaces) > kept_blocks(best) {
            best = spaces;
        }
    }
    best
}

/// The length of the longest aligned JSON behind the times.
const fn usual_tail_length(layout: &Layout) -> usize {
    const OTHERS: usize = Hyphenated::LENGTH + PROFILE_KEY_LENGTH + "\"}".len();
    let profile = match layout.form {
        IdForm::Uuid => Hyphenated::LENGTH,
        IdForm::Global => ProfileId::MAX_LENGTH,
    };
    OTHERS.saturating_add(profile)
}

/// The times of a token, with the JSON around them, from the end of the [`opening`] up to the session id.
#[derive(Clone)]
pub(crate) struct Times {
    /// In base64url.
    pub(crate) text: Text<{ Self::MAX_LENGTH }>,
    /// The end, which is encoded with the session id.
    pub(crate) waiting: Waiting,
    /// Where the expiry stands apart from the other times: the expiry.
    expires_at: Text<12>,
}

impl Times {
    /// The JSON with times of twelve digits, as in the year 9999.
    const JSON_LENGTH: usize = r#""nbf":253402300799,"iat":253402300799,"exp":253402300799,"jti":""#.len();
    /// The JSON from 2001 to 2286, when times have ten digits.
    const USUAL_LENGTH: usize = Self::JSON_LENGTH - 6;
    /// The most characters.
    pub(crate) const MAX_LENGTH: usize = encoded_length(Self::JSON_LENGTH + Waiting::CAPACITY);

    /// Behind the end of the [`opening`].
    #[expect(clippy::indexing_slicing, reason = "the text is no longer than the room for it")]
    pub(crate) fn new(waiting: &Waiting, order: PayloadOrder, validity: Validity) -> Self {
        let mut json = Text::<{ Self::JSON_LENGTH + Waiting::CAPACITY }>::from(waiting.as_bytes());
        let mut digits = itoa::Buffer::new();
        let issued_at = digits.format(validity.issued_at.as_secs()).as_bytes();
        [b"\"nbf\":", issued_at, b",\"iat\":", issued_at].into_iter().for_each(|part| json.push(part));
        let mut expires_at = Text::from(digits.format(validity.expires_at.as_secs()).as_bytes());
        if order == PayloadOrder::Aligned {
            json.push(b",\"exp\":");
            json.push(expires_at.as_bytes());
            expires_at = Text::from(b"");
        }
        json.push(b",\"jti\":\"");

        let (groups, waiting) = json.as_bytes().as_chunks::<3>();
        let mut text = [0; Self::MAX_LENGTH];
        let length = encode_slice(groups.as_flattened(), &mut text);
        Self { text: Text::from(&text[..length]), waiting: Waiting::from(waiting), expires_at }
    }
}

/// The JSON behind the times, without the ids.
pub(crate) struct Frame {
    pub(crate) order: PayloadOrder,
    layout: &'static Layout,
    middle: String,
    /// Between the middle, or the expiry behind the middle, and the profile.
    before_profile: String,
    end: String,
}

impl Frame {
    /// The most JSON that fits into a [message](End).
    const SHORT: usize = 500;
    /// Blocks of a message with times, the most JSON, and a signature.
    const BLOCKS: usize = {
        let most = BLOCK_LENGTH + Times::MAX_LENGTH + encoded_length(Self::SHORT) + ".".len() + 2 * TAG_LENGTH;
        most.div_ceil(BLOCK_LENGTH)
    };

    pub(crate) fn new(order: PayloadOrder, layout: &'static Layout, members: &Members) -> Self {
        let key = format!(",\"{}\":\"", layout.profile);
        let Members { parties, version, api_key, scope, custom } = members;
        let (before, behind) = if layout.is_profile_first() { ("", &**api_key) } else { (&**api_key, "") };
        let [middle, before_profile, end] = match order {
            PayloadOrder::Aligned => [String::new(), format!("\"{key}"), "\"".to_owned()],
            PayloadOrder::AsIssued => [
                format!("\"{parties},\"exp\":"),
                format!("{version}{before}{key}"),
                format!("\"{behind}{scope}{custom}"),
            ],
        };
        Self { order, layout, middle, before_profile, end }
    }

    /// Whether the JSON with a session's own claims is short enough for a [message](End).
    #[inline]
    pub(crate) fn is_short(&self, claims: &str) -> bool {
        self.max_length(claims) <= Self::SHORT
    }

    /// The most bytes of JSON behind the times. `claims` are those of one session: members, each with a comma before it.
    pub(crate) fn max_length(&self, claims: &str) -> usize {
        let constants = [&*self.middle, &self.before_profile, &self.end, claims, "}"].map(str::len);
        let others = [Waiting::CAPACITY, Hyphenated::LENGTH, Text::<12>::CAPACITY, Hyphenated::LENGTH];
        constants.iter().chain(&others).sum()
    }

    /// Appends the JSON behind the times to a text, in base64url.
    pub(crate) fn encode_into(&self, times: &Times, entry: &Entry, claims: &str, text: &mut String) {
        self.with_parts(times, entry, claims, |parts| {
            if !self.is_short(claims) {
                return encode_parts(parts, text);
            }
            let mut json = Text::<{ Self::SHORT }>::from(b"");
            parts.iter().for_each(|part| json.push(part));
            encode_into(json.as_bytes(), text);
        });
    }

    /// Does something with the JSON behind the times, in parts.
    #[inline(always)]
    fn with_parts(&self, times: &Times, entry: &Entry, claims: &str, act: impl FnOnce(&[&[u8]])) {
        let (mut session, mut uuid, mut global) = ([0; Hyphenated::LENGTH], [0; Hyphenated::LENGTH], [0; _]);
        let profile = match self.layout.form {
            IdForm::Uuid => entry.profile.uuid().hyphenated().encode_lower(&mut uuid),
            IdForm::Global => entry.profile.encode(&mut global),
        };
        act(&[
            times.waiting.as_bytes(),
            entry.session.encode(&mut session).as_bytes(),
            self.middle.as_bytes(),
            times.expires_at.as_bytes(),
            self.before_profile.as_bytes(),
            profile.as_bytes(),
            self.end.as_bytes(),
            claims.as_bytes(),
            b"}",
        ]);
    }
}

/// Writes the JSON behind the times into the message that is hashed.
pub(crate) trait End<const BLOCKS: usize> {
    /// Appends the JSON in base64url.
    fn append_to<S: Simd>(&self, simd: S, times: &Times, entry: &Entry, message: &mut Message<BLOCKS>);
}

/// With claims of one session: members, each with a comma before it.
impl End<{ Frame::BLOCKS }> for (&Frame, &str) {
    fn append_to<S: Simd>(&self, _: S, times: &Times, entry: &Entry, message: &mut Message<{ Frame::BLOCKS }>) {
        let (frame, claims) = *self;
        let mut json = Text::<{ Frame::SHORT }>::from(b"");
        frame.with_parts(times, entry, claims, |parts| parts.iter().for_each(|part| json.push(part)));
        let length = encode_slice(json.as_bytes(), message.room());
        message.grow(length);
    }
}

/// JSON that waits for more to fill a group of three bytes, as base64 encodes them.
pub(crate) type Waiting = Text<2>;

/// At most `N` bytes of text, on the stack. Aligned, because UTF-8 is checked word by word.
#[derive(Clone)]
#[repr(align(8))]
pub(crate) struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    pub(crate) const CAPACITY: usize = N;

    /// Text that the caller knows to fit.
    #[inline]
    pub(crate) fn from(text: &[u8]) -> Self {
        let mut this = Self { bytes: [0; N], length: 0 };
        this.push(text);
        this
    }

    /// Appends text that the caller knows to fit.
    #[inline]
    fn push(&mut self, text: &[u8]) {
        let (_, room) = self.bytes.split_at_mut(self.length);
        let (room, _) = room.split_at_mut(text.len());
        room.copy_from_slice(text);
        self.length = self.length.saturating_add(text.len());
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        let (text, _) = self.bytes.split_at(self.length);
        text
    }
}

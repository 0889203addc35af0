//! Minting sessions: one, many, or one with options of its own. All errors of a signer's settings come from its `build`.

use std::{borrow::Borrow, fmt, iter, slice, time::Duration};

use serde::Serialize;

use super::{
    batch::SessionBatch,
    custom_claims::CustomClaims,
    payload::{ConstantClaims, Entry, MAX_CLOCK_DIFFERENCE_SECS, MAX_TTL_SECS, PayloadOrder, Validity},
    session::{Details, Session, SessionFormat, SessionRef},
    tail::BatchLanes,
    template::Template,
};
use crate::{
    crypto::{
        Crypto, Key,
        derive::{Fingerprint, StableKey},
    },
    error::{ClaimError, ConfigError, MintError},
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId},
    secret::SigningSecret,
    time::UnixTime,
    token::{header, version::TokenVersion},
};

/// Mints sessions from a signing secret, with no network call.
///
/// Build one for each secret and share it: it is `Send + Sync`, and no mint waits for a lock.
///
/// | method | the token is | allocates |
/// |---|---|---|
/// | [`mint`](Self::mint) | returned, in a [`Session`] | once |
/// | [`mint_into`](Self::mint_into) | appended to a `String` | only if that lacks capacity |
/// | [`mint_at`](Self::mint_at) | returned; time and id are arguments | once |
/// | [`mint_batch`](Self::mint_batch), [`mint_batch_at`](Self::mint_batch_at) | in a [`SessionBatch`] | three times in all |
/// | [`stable`](Self::stable) | as above; the same one for a window of time | as above |
/// | [`session`](Self::session) | returned; per-session options | once, and for custom claims |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use quiltt_session::{ProfileId, SessionSigner, SigningSecret};
///
/// let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(secret)
///     .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse()?)
///     .environment("env_1Bx4omNvZgKao2OqGshImD".parse()?)
///     .ttl(Duration::from_secs(3600))
///     .build()?;
///
/// let profile: ProfileId = "52909e05-e1cb-4e45-b273-2b7b5d1f9bff".parse()?;
/// let session = signer.mint(profile)?;
/// assert_eq!(session.user_id().to_string(), "p_12VnSaRRxyP12Sl9rLZg8n1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SessionSigner {
    pub(crate) template: Template,
    pub(super) stable_key: StableKey,
    pub(crate) constant: ConstantClaims,
    pub(super) custom: CustomClaims,
    pub(super) ttl: Duration,
    pub(crate) backdating: Duration,
    pub(super) format: SessionFormat,
}

impl SessionSigner {
    /// Starts to build a signer. The secret may be given, and is wiped then, or borrowed.
    pub fn builder(secret: impl Borrow<SigningSecret>) -> SessionSignerBuilder {
        SessionSignerBuilder {
            key: Key::new(secret.borrow()),
            lanes: BatchLanes::default(),
            constant: ConstantClaims::default(),
            custom: Ok(CustomClaims::default()),
            ttl: DEFAULT_TTL,
            backdating: Duration::ZERO,
            is_typed: false,
            payload: PayloadOrder::default(),
            format: SessionFormat::default(),
        }
    }

    /// Mints a session for `profile`, from now on, with a random id.
    ///
    /// # Errors
    ///
    /// The clock is before 1970, the expiry would be after 9999, or the operating system gives no random bytes.
    pub fn mint(&self, profile: ProfileId) -> Result<Session, MintError> {
        self.mint_at(profile, UnixTime::now()?, SessionId::random()?)
    }

    /// Mints the session for `profile` that starts at `now` and has this id: the same arguments give the same token.
    ///
    /// # Errors
    ///
    /// The expiry would be after 9999.
    pub fn mint_at(&self, profile: ProfileId, now: UnixTime, session_id: SessionId) -> Result<Session, MintError> {
        let entry = Entry::new(self.validity(now)?, profile, session_id);
        Ok(self.sign(true, entry, ""))
    }

    /// Like [`mint`](Self::mint), but appends the token to `token`, and allocates only if that lacks capacity.
    ///
    /// # Errors
    ///
    /// As for [`mint`](Self::mint); `token` is then as it was.
    pub fn mint_into<'t>(&self, profile: ProfileId, token: &'t mut String) -> Result<SessionRef<'t>, MintError> {
        let entry = Entry::new(self.validity(UnixTime::now()?)?, profile, SessionId::random()?);
        Ok(self.sign_into(true, entry, "", token))
    }

    /// Starts a session with options of its own.
    pub fn session(&self, profile: ProfileId) -> SessionRequest<'_> {
        SessionRequest {
            signer: self,
            profile,
            ttl: None,
            id: None,
            issued_at: None,
            claims: Ok(CustomClaims::default()),
        }
    }

    /// Mints a session for each of `profiles`, from now on, with random ids, and the tokens in one buffer.
    ///
    /// The tokens are those of [`mint_at`](Self::mint_at), signed side by side in the lanes of a vector. From three sessions on
    /// that is faster than a loop.
    ///
    /// # Errors
    ///
    /// As for [`mint`](Self::mint); then there is no batch at all.
    pub fn mint_batch(&self, profiles: &[ProfileId]) -> Result<SessionBatch, MintError> {
        let now = UnixTime::now()?;
        let session_ids = SessionId::random_batch(profiles.len())?;
        self.sign_second(profiles.iter().copied().zip(session_ids), now)
    }

    /// Mints the sessions that start at `now` and have these ids: [`mint_at`](Self::mint_at) for many.
    ///
    /// # Errors
    ///
    /// The expiry would be after 9999.
    pub fn mint_batch_at(&self, sessions: &[(ProfileId, SessionId)], now: UnixTime) -> Result<SessionBatch, MintError> {
        self.sign_second(sessions.iter().copied(), now)
    }

    /// Mints sessions for any number of profiles, 1024 to a batch, so that memory does not grow with their number. Each batch
    /// reads the clock when the iterator comes to it.
    ///
    /// # Errors
    ///
    /// Each batch may fail as [`mint_batch`](Self::mint_batch) may; the next batch has the profiles behind its own.
    pub fn mint_batches<I: IntoIterator<Item = ProfileId>>(
        &self,
        profiles: I,
    ) -> impl Iterator<Item = Result<SessionBatch, MintError>> + use<'_, I> {
        let mut profiles = profiles.into_iter().fuse();
        let mut batch = Vec::with_capacity(BATCH_LENGTH);
        iter::from_fn(move || {
            batch.clear();
            batch.extend(profiles.by_ref().take(BATCH_LENGTH));
            (!batch.is_empty()).then(|| self.mint_batch(&batch))
        })
    }

    /// Which secret this signs with: see [`SigningSecret::fingerprint`](crate::SigningSecret::fingerprint).
    #[must_use]
    pub fn fingerprint(&self) -> String {
        Fingerprint::of(&self.template.key).text()
    }

    /// Whose cryptography signs, for a log: see [`Crypto`].
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        Crypto::current()
    }

    pub(super) fn validity(&self, now: UnixTime) -> Result<Validity, MintError> {
        Validity::new(now, self.ttl, self.backdating)
    }

    /// `shares_times`: whether other sessions of this second have the same times. `claims` are those of this session: members, each
    /// with a comma before it.
    pub(super) fn sign(&self, shares_times: bool, entry: Entry, claims: &str) -> Session {
        let mut token = String::new();
        let details = self.sign_into(shares_times, entry, claims, &mut token).details;
        Session { token, details }
    }

    pub(super) fn sign_into<'t>(
        &self,
        shares_times: bool,
        mut entry: Entry,
        claims: &str,
        token: &'t mut String,
    ) -> SessionRef<'t> {
        let start = token.len();
        self.template.sign(shares_times, slice::from_mut(&mut entry), claims, token);
        let (_, token) = token.split_at(start);
        Session { token, details: Details::new(&entry, self.constant.environment, self.format) }
    }

    fn sign_second(
        &self,
        sessions: impl ExactSizeIterator<Item = (ProfileId, SessionId)>,
        now: UnixTime,
    ) -> Result<SessionBatch, MintError> {
        let validity = self.validity(now)?;
        self.sign_batch(true, sessions.map(|(profile, session)| Ok(Entry::new(validity, profile, session))))
    }

    pub(super) fn sign_batch(
        &self,
        shares_times: bool,
        sessions: impl ExactSizeIterator<Item = Result<Entry, MintError>>,
    ) -> Result<SessionBatch, MintError> {
        // Not collected into a Result: that would forget the length.
        let mut entries = Vec::with_capacity(sessions.len());
        for entry in sessions {
            entries.push(entry?);
        }
        let mut tokens = String::with_capacity(self.template.max_length("").saturating_mul(entries.len()));
        self.template.sign(shares_times, &mut entries, "", &mut tokens);
        Ok(SessionBatch { tokens, entries, environment_id: self.constant.environment, format: self.format })
    }
}

impl fmt::Debug for SessionSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSigner")
            .field("ttl", &self.ttl)
            .field("environment", &self.constant.environment)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`SessionSigner`].
///
/// Quiltt does not publish which claims it demands of a self-signed token. The defaults are those of Quiltt's own tokens;
/// confirm them when you get your secret.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(&secret)
///     .version(TokenVersion::V4)
///     .api_key("api_11gKT7OFCTrIx1YA3M0zfS5".parse()?)
///     .environment("env_1Bx4omNvZgKao2OqGshImD".parse()?)
///     .build()?;
/// assert!(signer.mint(ProfileId::random()?)?.environment_id().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct SessionSignerBuilder {
    key: Key,
    lanes: BatchLanes,
    constant: ConstantClaims,
    custom: Result<CustomClaims, ClaimError>,
    ttl: Duration,
    backdating: Duration,
    is_typed: bool,
    payload: PayloadOrder,
    format: SessionFormat,
}

impl SessionSignerBuilder {
    /// The version of the tokens: which claims carry the ids. [`TokenVersion::V6`] unless set.
    pub const fn version(mut self, version: TokenVersion) -> Self {
        self.constant.version = version;
        self
    }

    /// The API key's id, in `cid`, `did` or `aid` as the version has it. Left out unless set.
    /// With the feature `remote`, `QuilttAuth::api_key` tells this id, which is no secret.
    pub const fn api_key(mut self, id: ApiKeyId) -> Self {
        self.constant.api_key = Some(id);
        self
    }

    /// The organization's id, in `oid` (from version 4 on). Left out unless set.
    pub const fn organization(mut self, id: OrganizationId) -> Self {
        self.constant.organization = Some(id);
        self
    }

    /// The environment's id, in `eid` (from version 4 on). Left out unless set. Quiltt's SDKs compare it with theirs.
    pub const fn environment(mut self, id: EnvironmentId) -> Self {
        self.constant.environment = Some(id);
        self
    }

    /// How long a session lives: whole seconds from 1 to 2 146 883. A day unless set, as in Quiltt's tokens.
    ///
    /// The timer of Quiltt's JavaScript SDK counts milliseconds in 31 bits; a session beyond that it forgets at once.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How long before the mint a session begins: `nbf` and `iat` are that much earlier, `exp` is not. Whole seconds from 0 to
    /// 600; none unless set.
    ///
    /// Without, a token of a clock that is a second ahead of a verifier's is refused as not yet valid, unless the verifier grants
    /// leeway. Whether Quiltt does is not public; half a minute covers the clocks of most machines.
    pub const fn backdate(mut self, by: Duration) -> Self {
        self.backdating = by;
        self
    }

    /// The order of a token's claims. [`PayloadOrder::Aligned`] unless set.
    pub const fn payload(mut self, order: PayloadOrder) -> Self {
        self.payload = order;
        self
    }

    /// Writes `"typ":"JWT"` into the header, for readers that demand the `typ`, which RFC 7519 §5.1 calls optional and Quiltt's
    /// own tokens lack. Stable sessions keep their ids.
    pub const fn header_type(mut self) -> Self {
        self.is_typed = true;
        self
    }

    /// The claim `iss`. `auth.quiltt.io` unless set, as in Quiltt's tokens.
    ///
    /// The issuer has 1 to 256 bytes in a token, where a character that has to be escaped takes 2, 6 or 12.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.constant.issuer = issuer.into();
        self
    }

    /// The claim `aud`, with the limits of [`issuer`](Self::issuer). `api.quiltt.io` unless set, as in Quiltt's tokens.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.constant.audience = audience.into();
        self
    }

    /// The JSON form of the sessions; the tokens are the same. [`SessionFormat::Standard`] unless set.
    pub const fn session_format(mut self, format: SessionFormat) -> Self {
        self.format = format;
        self
    }

    /// How many tokens of a batch to sign side by side, at most. As many as the processor can unless set.
    #[doc(hidden)]
    pub const fn batch_lanes(mut self, lanes: BatchLanes) -> Self {
        self.lanes = lanes;
        self
    }

    /// A claim of your own in every token. Text is escaped to ASCII, as Quiltt's JavaScript SDK needs it.
    ///
    /// All claims of your own together may have 4096 bytes of JSON. Refused are integers beyond ±(2^53 − 1), which readers round
    /// (give such numbers as text); U+0000, for which some readers refuse a token; NaN and infinity, which JSON does not have;
    /// a name that another claim has in another case, since some readers do not tell `plan` from `Plan`. A number that a
    /// `serde_json::Value` has rounded, or made `null`, looks like any other.
    ///
    /// The claims stand in the token in the order of their names, so that replicas that take them out of a `HashMap` mint the
    /// same [stable](SessionSigner::stable) sessions. Objects inside a value keep their order.
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.custom = self.custom.and_then(|claims| claims.with(&CustomClaims::default(), name, &value));
        self
    }

    /// Claims of your own in every token, as a type: the members of an object, each a [`claim`](Self::claim).
    pub fn claims<T: Serialize + ?Sized>(mut self, claims: &T) -> Self {
        self.custom = self.custom.and_then(|own| own.with_all(&CustomClaims::default(), claims));
        self
    }

    /// Builds the signer.
    ///
    /// # Errors
    ///
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 146 883;
    /// - sessions backdated by 0.5 s or 601 s;
    /// - an empty issuer or audience, or one above 256 bytes;
    /// - an organization or environment with version 1 or 2, which have no claim for it;
    /// - [`SessionFormat::Api`] without an environment;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others;
    /// - cryptography that gives another answer than a known one, or vector code that signs a known group otherwise than plain
    ///   code does;
    /// - with the feature `fips`, an AWS-LC that is not its FIPS module.
    pub fn build(self) -> Result<SessionSigner, ConfigError> {
        Crypto::check()?;
        ConfigError::unless_within(1..=MAX_TTL_SECS, "time to live", self.ttl)?;
        ConfigError::unless_within(0..=MAX_CLOCK_DIFFERENCE_SECS, "backdating", self.backdating)?;
        let mut members = self.constant.members()?;
        if self.format == SessionFormat::Api && self.constant.environment.is_none() {
            return Err(ConfigError::NoEnvironment);
        }
        let custom = self.custom?.sorted();
        members.custom.push_str(custom.json());
        let claims = format!("{{{}}}", members.joined());
        let stable_key = StableKey::new(&self.key, self.ttl, self.backdating, &claims);
        let layout = self.constant.version.layout();
        let header = if self.is_typed { header::TYPED_SEGMENT } else { header::SEGMENT };
        let template = Template::new(self.key, self.lanes, header, self.payload, layout, &members);
        if !template.passes_self_test() {
            return Err(ConfigError::SelfTest);
        }
        Ok(SessionSigner {
            template,
            stable_key,
            constant: self.constant,
            custom,
            ttl: self.ttl,
            backdating: self.backdating,
            format: self.format,
        })
    }
}

/// A session in the making, of [`SessionSigner::session`]. [`mint`](Self::mint) returns the errors of all options.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # use std::time::Duration;
/// # let signer = SessionSigner::builder(SigningSecret::demo()).build()?;
/// #[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq)]
/// struct Own {
///     plan: String,
///     seats: u32,
/// }
/// let own = Own { plan: "gold".to_owned(), seats: 3 };
/// let session = signer.session(ProfileId::random()?).ttl(Duration::from_secs(600)).claims(&own).mint()?;
/// assert_eq!(signer.verifier().build()?.verify(session.token())?.custom_as::<Own>()?, own);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a session request does nothing until it is minted"]
pub struct SessionRequest<'s> {
    signer: &'s SessionSigner,
    profile: ProfileId,
    ttl: Option<Duration>,
    id: Option<SessionId>,
    issued_at: Option<UnixTime>,
    claims: Result<CustomClaims, ClaimError>,
}

impl SessionRequest<'_> {
    /// How long this session lives: whole seconds from 1 to 2 146 883. The signer's time to live unless set.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The session's id, its `jti`. Random unless set.
    pub const fn id(mut self, id: SessionId) -> Self {
        self.id = Some(id);
        self
    }

    /// When the session starts: its `iat` and `nbf`, which [`backdate`](SessionSignerBuilder::backdate) does not move. Now unless
    /// set.
    pub const fn issued_at(mut self, time: UnixTime) -> Self {
        self.issued_at = Some(time);
        self
    }

    /// A claim of your own in this token, beside those of the signer and with the [same rules](SessionSignerBuilder::claim).
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.claims = self.claims.and_then(|claims| claims.with(&self.signer.custom, name, &value));
        self
    }

    /// Claims of your own in this token, as a type: the members of an object, each a [`claim`](Self::claim).
    pub fn claims<T: Serialize + ?Sized>(mut self, claims: &T) -> Self {
        self.claims = self.claims.and_then(|own| own.with_all(&self.signer.custom, claims));
        self
    }

    /// Mints the session.
    ///
    /// # Errors
    ///
    /// - as for [`SessionSigner::mint`]; but with a start of its own no clock is read, and with an id no random byte;
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 146 883;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others.
    pub fn mint(self) -> Result<Session, MintError> {
        let ttl = self.ttl.unwrap_or(self.signer.ttl);
        ConfigError::unless_within(1..=MAX_TTL_SECS, "time to live", ttl)
            .map_err(|_| MintError::Ttl { found: ttl, max: MAX_TTL_SECS })?;
        let claims = self.claims?;
        let validity = match self.issued_at {
            Some(time) => Validity::new(time, ttl, Duration::ZERO)?,
            None => Validity::new(UnixTime::now()?, ttl, self.signer.backdating)?,
        };
        let entry = Entry::new(validity, self.profile, self.id.map_or_else(SessionId::random, Ok)?);
        let shares_times = self.ttl.is_none() && self.issued_at.is_none();
        Ok(self.signer.sign(shares_times, entry, claims.json()))
    }
}

/// Sessions to a batch of [`SessionSigner::mint_batches`]: half a megabyte of tokens, which stays in a core's cache.
const BATCH_LENGTH: usize = 1024;

const DEFAULT_TTL: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        error::RandomError,
        id::random::tests::with_source,
        time::tests::{impossible_times, with_clock_at},
    };

    fn signer() -> SessionSigner {
        let secret = SigningSecret::demo();
        SessionSigner::builder(secret).build().unwrap()
    }

    #[test]
    fn without_randomness_no_session_is_minted_and_the_buffer_stays_as_it_was() {
        let signer = signer();
        let profile = ProfileId::from_uuid(Uuid::nil());
        let mut buffer = String::from("before");
        let errors = with_source(
            |_| Err(RandomError),
            || {
                let into_buffer = signer.mint_into(profile, &mut buffer).unwrap_err();
                let batches = [1, 100].map(|count| signer.mint_batch(&vec![profile; count]).unwrap_err());
                let singles = [signer.mint(profile).unwrap_err(), signer.session(profile).mint().unwrap_err()];
                [into_buffer].into_iter().chain(batches).chain(singles).collect::<Vec<_>>()
            },
        );
        assert_eq!(errors, vec![MintError::Random(RandomError); 5]);
        assert_eq!(buffer, "before");
    }

    #[test]
    fn with_an_id_of_its_own_a_session_needs_no_randomness() {
        let (signer, id) = (signer(), SessionId::from_uuid(Uuid::max()));
        let request = signer.session(ProfileId::from_uuid(Uuid::nil())).id(id);
        assert_eq!(with_source(|_| Err(RandomError), || request.mint()).unwrap().id(), id);
    }

    #[test]
    fn sessions_with_times_of_their_own_leave_the_plain_ones_what_they_share() {
        use crate::crypto::compressions;

        let (signer, profile) = (signer(), ProfileId::from_uuid(Uuid::nil()));
        let now = UnixTime::now().unwrap();
        let mint = || drop(signer.mint_at(profile, now, SessionId::from_uuid(Uuid::nil())).unwrap());
        let stable = signer.stable(Duration::from_secs(60)).unwrap();
        let apart: [&dyn Fn(); 6] = [
            &|| drop(stable.mint_at(profile, now).unwrap()),
            &|| assert!(stable.mint_into(profile, &mut String::new()).is_ok()),
            &|| drop(stable.mint_batch_at(&[profile], now).unwrap()),
            &|| drop(stable.mint_batch_at(&[profile; 9], now).unwrap()),
            &|| drop(signer.session(profile).issued_at(UnixTime::EPOCH).mint().unwrap()),
            &|| drop(signer.session(profile).ttl(Duration::from_secs(7)).claim("a", 1).mint().unwrap()),
        ];
        mint();
        let usual = compressions(mint);
        for (number, act) in apart.iter().enumerate() {
            act();
            assert_eq!(compressions(mint), usual, "{number}");
        }
    }

    #[test]
    fn with_a_clock_before_this_release_or_past_9999_no_session_is_minted_and_the_buffer_stays_as_it_was() {
        let signer = signer();
        let profile = ProfileId::from_uuid(Uuid::nil());
        for (time, error) in impossible_times() {
            let mut buffer = String::from("before");
            assert_eq!(with_clock_at(time, || signer.mint(profile)).unwrap_err(), MintError::Clock(error));
            assert_eq!(with_clock_at(time, || signer.session(profile).mint()).unwrap_err(), MintError::Clock(error));
            let into_buffer = with_clock_at(time, || signer.mint_into(profile, &mut buffer).unwrap_err());
            assert_eq!(into_buffer, MintError::Clock(error));
            assert_eq!(with_clock_at(time, || signer.mint_batch(&[profile])).unwrap_err(), MintError::Clock(error));
            let stable = signer.stable(Duration::from_secs(60)).unwrap();
            assert_eq!(with_clock_at(time, || stable.mint(profile)).unwrap_err(), MintError::Clock(error));
            assert_eq!(buffer, "before");
        }
    }

    #[test]
    fn with_a_start_of_its_own_a_session_needs_no_clock() {
        let [(before_1970, _), ..] = impossible_times();
        let signer = signer();
        let request = signer.session(ProfileId::from_uuid(Uuid::nil())).issued_at(UnixTime::EPOCH);
        assert_eq!(with_clock_at(before_1970, || request.mint()).unwrap().expires_at().as_secs(), 86_400);
    }
}

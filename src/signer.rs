//! Minting sessions: everything that can be wrong with the settings is said when the signer is built.

use std::{borrow::Borrow, fmt, iter, time::Duration};

use serde::Serialize;
use uuid::Uuid;

use crate::{
    ascii_json,
    batch::{BatchLanes, Entry, LaneKey, SessionBatch, Signing, Width},
    custom::CustomClaims,
    error::{ClaimError, ConfigError, MintError, RandomError},
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId, SessionId},
    mac::Key,
    secret::SigningSecret,
    session::{Details, Session, SessionFormat, SessionRef},
    stable_key::StableKey,
    template::{Template, Validity, Variables},
    time::UnixTime,
    version::{IdForm, TokenVersion},
};

/// Mints sessions from a signing secret, with no network call.
///
/// Build one per secret and share it (`Send + Sync`, no lock is ever waited for); each mint reads the clock, draws a
/// session id and signs.
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
/// let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
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
    template: Template,
    lane_key: LaneKey,
    stable_key: StableKey,
    width: Width,
    ttl: Duration,
    environment: Option<EnvironmentId>,
    format: SessionFormat,
    constant_claims: CustomClaims,
    /// The source of session ids; tests put one that fails here.
    new_id: fn() -> Result<SessionId, RandomError>,
}

impl SessionSigner {
    /// Starts to build a signer. The secret may be given or lent; if given, it is wiped when the signer is built.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// let signer = SessionSigner::builder(&secret).build()?;
    /// let verifier = SessionVerifier::builder(&secret).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(secret: impl Borrow<SigningSecret>) -> SessionSignerBuilder {
        SessionSignerBuilder {
            key: Key::new(secret.borrow()),
            lane_key: LaneKey::new(secret.borrow()),
            stable_key: StableKey::new(secret.borrow()),
            lanes: BatchLanes::default(),
            version: TokenVersion::default(),
            api_key: None,
            organization: None,
            environment: None,
            ttl: DEFAULT_TTL,
            issuer: DEFAULT_ISSUER.to_owned(),
            audience: DEFAULT_AUDIENCE.to_owned(),
            format: SessionFormat::default(),
            claims: Ok(CustomClaims::default()),
        }
    }

    /// Mints a session for `profile`, from now on, with a random id.
    ///
    /// # Errors
    ///
    /// The clock is before 1970, the expiry would be after 9999, or the operating system gives no random bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// let session = signer.mint(ProfileId::random()?)?;
    /// println!("{}", serde_json::to_string(&session)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint(&self, profile: ProfileId) -> Result<Session, MintError> {
        let validity = Validity::new(UnixTime::now()?, self.ttl)?;
        Ok(self.sign(profile, validity, (self.new_id)()?))
    }

    /// Mints the session for `profile` that starts at `now` and has this id: the same arguments give the same token.
    ///
    /// # Errors
    ///
    /// The expiry would be after 9999.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// let profile = ProfileId::random()?;
    /// let now = UnixTime::from_secs(1_700_000_000)?;
    /// let id = "4551ca49-c002-4d9b-92ec-465018e28fdc".parse()?;
    /// assert_eq!(signer.mint_at(profile, now, id)?.token(), signer.mint_at(profile, now, id)?.token());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint_at(&self, profile: ProfileId, now: UnixTime, session_id: SessionId) -> Result<Session, MintError> {
        Ok(self.sign(profile, Validity::new(now, self.ttl)?, session_id))
    }

    /// Like [`mint`](Self::mint), but appends the token to `token`, and allocates only if that lacks capacity.
    ///
    /// # Errors
    ///
    /// As for [`mint`](Self::mint); `token` is then as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// let mut url = String::from("wss://api.quiltt.io/websockets?token=");
    /// let id = signer.mint_into(ProfileId::random()?, &mut url)?.id();
    /// println!("session {id}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint_into<'t>(&self, profile: ProfileId, token: &'t mut String) -> Result<SessionRef<'t>, MintError> {
        let validity = Validity::new(UnixTime::now()?, self.ttl)?;
        Ok(self.sign_into(profile, validity, (self.new_id)()?, true, token))
    }

    /// Mints a session for each of `profiles`, from now on, with random ids.
    ///
    /// All start at the same second, and their tokens stand in one buffer. They are those that [`mint_at`](Self::mint_at)
    /// would mint, signed side by side in the lanes of a vector. From four sessions on that is faster than a loop.
    ///
    /// # Errors
    ///
    /// As for [`mint`](Self::mint); then there is no batch at all.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// let batch = signer.mint_batch(&[ProfileId::random()?, ProfileId::random()?])?;
    /// assert_eq!(batch.len(), 2);
    /// println!("{}", serde_json::to_string(&batch)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint_batch(&self, profiles: &[ProfileId]) -> Result<SessionBatch, MintError> {
        let validity = Validity::new(UnixTime::now()?, self.ttl)?;
        let session = |&profile| Ok((profile, (self.new_id)()?, validity));
        self.sign_batch(profiles.iter().map(session))
    }

    /// Mints the sessions that start at `now` and have these ids: [`mint_at`](Self::mint_at) for many.
    ///
    /// # Errors
    ///
    /// The expiry would be after 9999.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// let now = UnixTime::from_secs(1_700_000_000)?;
    /// let (profile, id) = (ProfileId::random()?, SessionId::random()?);
    /// let batch = signer.mint_batch_at(&[(profile, id)], now)?;
    /// assert_eq!(batch.get(0).unwrap().token(), signer.mint_at(profile, now, id)?.token());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint_batch_at(&self, sessions: &[(ProfileId, SessionId)], now: UnixTime) -> Result<SessionBatch, MintError> {
        let validity = Validity::new(now, self.ttl)?;
        let session = |&(profile, session_id)| Ok((profile, session_id, validity));
        self.sign_batch(sessions.iter().map(session))
    }

    /// Mints sessions for any number of profiles, 1024 to a batch, so that memory does not grow with their number.
    ///
    /// Each batch reads the clock when it is asked for.
    ///
    /// # Errors
    ///
    /// Each batch may fail as [`mint_batch`](Self::mint_batch) may; its profiles are then passed over.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// use uuid::Uuid;
    ///
    /// let profiles = (0..3000).map(|number| ProfileId::from_uuid(Uuid::from_u128(number)));
    /// for batch in signer.mint_batches(profiles) {
    ///     batch?.write_json_lines(std::io::sink())?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// Starts a session with options of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// # let signer = SessionSigner::builder(secret).build()?;
    /// use std::time::Duration;
    ///
    /// let session = signer
    ///     .session(ProfileId::random()?)
    ///     .ttl(Duration::from_secs(600))
    ///     .claim("device", "kiosk")
    ///     .mint()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    pub(crate) fn sign(&self, profile: ProfileId, validity: Validity, session_id: SessionId) -> Session {
        self.sign_with(profile, validity, session_id, "")
    }

    fn sign_with(&self, profile: ProfileId, validity: Validity, session_id: SessionId, custom: &str) -> Session {
        let variables = Variables { profile, session_id, validity, custom, is_usual: true };
        let mut token = String::new();
        self.template.sign_into(&variables, &mut token);
        Session::new(token, self.details(profile, validity, session_id))
    }

    pub(crate) fn sign_into<'t>(
        &self,
        profile: ProfileId,
        validity: Validity,
        session_id: SessionId,
        is_usual: bool,
        token: &'t mut String,
    ) -> SessionRef<'t> {
        let start = token.len();
        self.template.sign_into(&Variables { profile, session_id, validity, custom: "", is_usual }, token);
        let token = token.get(start..).unwrap_or_default();
        SessionRef::new(token, self.details(profile, validity, session_id))
    }

    pub(crate) fn sign_batch(
        &self,
        sessions: impl ExactSizeIterator<Item = Result<(ProfileId, SessionId, Validity), MintError>>,
    ) -> Result<SessionBatch, MintError> {
        // Not collected into a Result: that would forget the length.
        let mut entries = Vec::with_capacity(sessions.len());
        for session in sessions {
            let (profile, session_id, validity) = session?;
            entries.push(Entry::new(profile, session_id, validity));
        }
        let signing = Signing { template: &self.template, key: &self.lane_key, width: self.width };
        Ok(SessionBatch::sign(&signing, entries, self.environment, self.format))
    }

    pub(crate) const fn ttl(&self) -> Duration {
        self.ttl
    }

    pub(crate) const fn stable_key(&self) -> &StableKey {
        &self.stable_key
    }

    const fn details(&self, user_id: ProfileId, validity: Validity, id: SessionId) -> Details {
        Details { id, user_id, expires_at: validity.expires_at, environment_id: self.environment, format: self.format }
    }
}

impl fmt::Debug for SessionSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSigner")
            .field("ttl", &self.ttl)
            .field("environment", &self.environment)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`SessionSigner`].
///
/// Quiltt does not publish which claims it demands of a self-signed token. The defaults are what its own tokens look
/// like; confirm them when you get your secret.
#[must_use]
pub struct SessionSignerBuilder {
    key: Key,
    lane_key: LaneKey,
    stable_key: StableKey,
    lanes: BatchLanes,
    version: TokenVersion,
    api_key: Option<ApiKeyId>,
    organization: Option<OrganizationId>,
    environment: Option<EnvironmentId>,
    ttl: Duration,
    issuer: String,
    audience: String,
    format: SessionFormat,
    claims: Result<CustomClaims, ClaimError>,
}

impl SessionSignerBuilder {
    /// The version of the tokens: which claims carry the ids. [`TokenVersion::V6`] unless set.
    pub const fn version(mut self, version: TokenVersion) -> Self {
        self.version = version;
        self
    }

    /// The API key's id, in `cid`, `did` or `aid`. Left out unless set.
    pub const fn api_key(mut self, id: ApiKeyId) -> Self {
        self.api_key = Some(id);
        self
    }

    /// The organization's id, in `oid` (from version 4 on). Left out unless set.
    pub const fn organization(mut self, id: OrganizationId) -> Self {
        self.organization = Some(id);
        self
    }

    /// The environment's id, in `eid` (from version 4 on). Left out unless set. Quiltt's SDKs compare it with theirs.
    pub const fn environment(mut self, id: EnvironmentId) -> Self {
        self.environment = Some(id);
        self
    }

    /// How long a session lives: whole seconds from 1 to 2 147 483. A day unless set, as in Quiltt's tokens.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// The claim `iss`. `auth.quiltt.io` unless set.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// The claim `aud`. `api.quiltt.io` unless set.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The JSON form of the sessions. [`SessionFormat::Standard`] unless set.
    pub const fn session_format(mut self, format: SessionFormat) -> Self {
        self.format = format;
        self
    }

    /// How many tokens of a batch to sign side by side, at most. As many as the processor can unless set.
    pub const fn batch_lanes(mut self, lanes: BatchLanes) -> Self {
        self.lanes = lanes;
        self
    }

    /// A claim of your own in every token. Text is escaped to ASCII, as Quiltt's JavaScript SDK needs it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::from_bytes("quiltt-session-demo-secret--never-use-in-production-0123456789ab")?;
    /// let signer = SessionSigner::builder(&secret).claim("region", "eu").claim("flags", [1, 2]).build()?;
    ///
    /// let error = SessionSigner::builder(&secret).claim("sub", "someone else").build().unwrap_err();
    /// assert_eq!(error.to_string(), "expected a name that Quiltt does not use, found the reserved \"sub\"");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.claims = self.claims.and_then(|mut claims| {
            claims.add(None, name, &value)?;
            Ok(claims)
        });
        self
    }

    /// Builds the signer.
    ///
    /// # Errors
    ///
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 147 483;
    /// - an empty issuer or audience, or one above 256 bytes;
    /// - an organization or environment with version 1 or 2, which have no claim for it;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others.
    pub fn build(self) -> Result<SessionSigner, ConfigError> {
        check_ttl(self.ttl).map_err(|max| ConfigError::Ttl { found: self.ttl, max })?;
        check_name("iss", &self.issuer)?;
        check_name("aud", &self.audience)?;
        let mut members = self.members()?;
        let constant_claims = self.claims?;
        members.push_str(constant_claims.json());
        Ok(SessionSigner {
            template: Template::new(&self.key, self.version.layout(), &members),
            lane_key: self.lane_key,
            stable_key: self.stable_key,
            width: Width::detect(self.lanes),
            ttl: self.ttl,
            environment: self.environment,
            format: self.format,
            constant_claims,
            new_id: SessionId::random,
        })
    }

    /// The constant claims but the custom ones, as JSON members with a comma before each.
    fn members(&self) -> Result<String, ConfigError> {
        let layout = self.version.layout();
        let no_claim = |id| ConfigError::NoClaimFor { id, version: self.version.number() };
        let mut members = String::new();
        ascii_json::push_member(&mut members, "iss", &ascii_json::string(&self.issuer));
        ascii_json::push_member(&mut members, "aud", &ascii_json::string(&self.audience));
        ascii_json::push_member(&mut members, "ver", &self.version.number().to_string());
        let mut push_id = |name, uuid: Uuid, global: &str| {
            let id = match layout.form {
                IdForm::Uuid => ascii_json::string(&uuid.to_string()),
                IdForm::Global => ascii_json::string(global),
            };
            ascii_json::push_member(&mut members, name, &id);
        };
        if let Some(id) = self.api_key {
            push_id(layout.api_key, id.uuid(), &id.to_string());
        }
        if let Some(id) = self.organization {
            push_id(layout.organization.ok_or_else(|| no_claim("organization"))?, id.uuid(), &id.to_string());
        }
        if let Some(id) = self.environment {
            push_id(layout.environment.ok_or_else(|| no_claim("environment"))?, id.uuid(), &id.to_string());
        }
        Ok(members)
    }
}

impl fmt::Debug for SessionSignerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSignerBuilder")
            .field("version", &self.version)
            .field("api_key", &self.api_key)
            .field("organization", &self.organization)
            .field("environment", &self.environment)
            .field("ttl", &self.ttl)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// A session in the making: see [`SessionSigner::session`].
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
    /// How long this session lives: whole seconds from 1 to 2 147 483. The signer's time to live unless set.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The session's id. Random unless set.
    pub const fn id(mut self, id: SessionId) -> Self {
        self.id = Some(id);
        self
    }

    /// When the session starts. Now, unless set.
    pub const fn issued_at(mut self, time: UnixTime) -> Self {
        self.issued_at = Some(time);
        self
    }

    /// A claim of your own in this token, beside those of the signer.
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.claims = self.claims.and_then(|mut claims| {
            claims.add(Some(&self.signer.constant_claims), name, &value)?;
            Ok(claims)
        });
        self
    }

    /// Mints the session.
    ///
    /// # Errors
    ///
    /// - as for [`SessionSigner::mint`], as far as clock and randomness are asked at all;
    /// - a time to live of 0, 1.5 s or 30 days: not in whole seconds from 1 to 2 147 483;
    /// - a custom claim with a reserved name, given twice, not JSON, or of more than 4096 bytes with the others.
    pub fn mint(self) -> Result<Session, MintError> {
        let ttl = self.ttl.unwrap_or(self.signer.ttl);
        check_ttl(ttl).map_err(|max| MintError::Ttl { found: ttl, max })?;
        let claims = self.claims?;
        let issued_at = self.issued_at.map_or_else(UnixTime::now, Ok)?;
        let validity = Validity::new(issued_at, ttl)?;
        let id = self.id.map_or_else(self.signer.new_id, Ok)?;
        Ok(self.signer.sign_with(self.profile, validity, id, claims.json()))
    }
}

impl fmt::Debug for SessionRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRequest")
            .field("profile", &self.profile)
            .field("ttl", &self.ttl)
            .field("id", &self.id)
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}

const DEFAULT_TTL: Duration = Duration::from_secs(86_400);
/// 2³¹ - 1 ms in seconds: a session that expires later overflows the timer of Quiltt's JavaScript SDK, which then
/// forgets it at once.
const MAX_TTL_SECS: u64 = 2_147_483;
pub(crate) const DEFAULT_ISSUER: &str = "auth.quiltt.io";
pub(crate) const DEFAULT_AUDIENCE: &str = "api.quiltt.io";
/// Sessions to a batch of [`SessionSigner::mint_batches`]: half a megabyte of tokens, which stays in a core's cache.
const BATCH_LENGTH: usize = 1024;
/// Most bytes of an issuer or audience.
const MAX_NAME_LENGTH: usize = 256;

/// On failure, the greatest time to live in seconds.
const fn check_ttl(ttl: Duration) -> Result<(), u64> {
    match (ttl.as_secs(), ttl.subsec_nanos()) {
        (1..=MAX_TTL_SECS, 0) => Ok(()),
        _ => Err(MAX_TTL_SECS),
    }
}

/// An issuer or audience.
pub(crate) const fn check_name(claim: &'static str, name: &str) -> Result<(), ConfigError> {
    match name.len() {
        1..=MAX_NAME_LENGTH => Ok(()),
        found => Err(ConfigError::Name { claim, found, max: MAX_NAME_LENGTH }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::tests::{impossible_times, with_clock_at};

    fn signer() -> SessionSigner {
        let secret = SigningSecret::from_hex("0123456789abcdef".repeat(8)).unwrap();
        SessionSigner::builder(secret).build().unwrap()
    }

    fn failing_signer() -> SessionSigner {
        let mut signer = signer();
        signer.new_id = || Err(RandomError);
        signer
    }

    #[test]
    fn without_randomness_no_session_is_minted_and_the_buffer_stays_as_it_was() {
        let signer = failing_signer();
        let profile = ProfileId::from_uuid(Uuid::nil());
        assert_eq!(signer.mint(profile).unwrap_err(), MintError::Random(RandomError));
        assert_eq!(signer.session(profile).mint().unwrap_err(), MintError::Random(RandomError));
        let mut buffer = String::from("before");
        assert_eq!(signer.mint_into(profile, &mut buffer).unwrap_err(), MintError::Random(RandomError));
        assert_eq!(buffer, "before");
    }

    #[test]
    fn with_an_id_of_its_own_a_session_needs_no_randomness() {
        let id = SessionId::from_uuid(Uuid::max());
        let session = failing_signer().session(ProfileId::from_uuid(Uuid::nil())).id(id).mint().unwrap();
        assert_eq!(session.id(), id);
    }

    #[test]
    fn with_a_clock_before_1970_or_past_9999_no_session_is_minted_and_the_buffer_stays_as_it_was() {
        let signer = signer();
        let profile = ProfileId::from_uuid(Uuid::nil());
        for (time, error) in impossible_times() {
            let mut buffer = String::from("before");
            assert_eq!(with_clock_at(time, || signer.mint(profile)).unwrap_err(), MintError::Clock(error));
            assert_eq!(with_clock_at(time, || signer.session(profile).mint()).unwrap_err(), MintError::Clock(error));
            let into_buffer = with_clock_at(time, || signer.mint_into(profile, &mut buffer).unwrap_err());
            assert_eq!(into_buffer, MintError::Clock(error));
            assert_eq!(buffer, "before");
        }
    }

    #[test]
    fn with_a_start_of_its_own_a_session_needs_no_clock() {
        let [(before_1970, _), _] = impossible_times();
        let signer = signer();
        let request = signer.session(ProfileId::from_uuid(Uuid::nil())).issued_at(UnixTime::EPOCH);
        assert_eq!(with_clock_at(before_1970, || request.mint()).unwrap().expires_at().as_secs(), 86_400);
    }
}

//! Verifying sessions, in the order that gives a forger the least to work with.

use std::{borrow::Borrow, fmt, ops::Deref, time::Duration};

use serde::{Serialize, Serializer};

use crate::{
    crypto::{Crypto, Key, verify::Prefix},
    error::{ConfigError, VerifyError},
    id::{ApiKeyId, EnvironmentId, OrganizationId, ProfileId},
    mint::{
        payload::{ConstantClaims, MAX_CLOCK_DIFFERENCE_SECS},
        sign_out::SignOut,
        signer::SessionSigner,
    },
    secret::SigningSecret,
    sharded::Sharded,
    time::UnixTime,
    token::{
        claims::{Claims, NotBefore},
        header,
        untrusted::UntrustedToken,
        version::TokenVersion,
    },
};

/// Verifies session tokens against one or several secrets.
///
/// A token is checked in this order, and the first failure is the answer: size and structure; signature, in constant
/// time; header; UTF-8 and JSON without repeated names; claims, the user's among them; times; issuer, audience and version;
/// and, each if the verifier was told to expect one, environment, API key, organization and lifetime. So whoever does not have
/// the secret reaches no JSON parser. The algorithm is HS512 whatever the header says.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(&secret).build()?;
/// let verifier = SessionVerifier::builder(&secret).build()?;
///
/// let session = signer.mint(ProfileId::random()?)?;
/// let verified = verifier.verify(session.token())?;
/// assert_eq!(verified.user_id(), session.user_id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SessionVerifier {
    settings: SessionVerifierBuilder,
    /// The start of the last good token on this core.
    kept: Sharded<Prefix>,
}

impl SessionVerifier {
    /// Starts to build a verifier. The secret may be given or borrowed.
    pub fn builder(secret: impl Borrow<SigningSecret>) -> SessionVerifierBuilder {
        SessionVerifierBuilder::new(Key::new(secret.borrow()))
    }

    /// Verifies a token at the system clock's time.
    ///
    /// # Errors
    ///
    /// Anything but a valid session of this issuer and audience, signed with one of the secrets; or a clock before 1970.
    /// The error names the first check that failed.
    pub fn verify(&self, token: &str) -> Result<VerifiedSession, VerifyError> {
        self.verify_at(token, UnixTime::now()?)
    }

    /// Verifies a token as if it were `now`.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), but for the clock.
    pub fn verify_at(&self, token: &str, now: UnixTime) -> Result<VerifiedSession, VerifyError> {
        self.verify_untrusted_at(&UntrustedToken::parse(token)?, now)
    }

    /// Verifies a token that was decoded before, at the system clock's time.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), but for what [`UntrustedToken::parse`] has found right.
    pub fn verify_untrusted(&self, token: &UntrustedToken<'_>) -> Result<VerifiedSession, VerifyError> {
        self.verify_untrusted_at(token, UnixTime::now()?)
    }

    /// Verifies a token that was decoded before, as if it were `now`.
    ///
    /// # Errors
    ///
    /// As for [`verify_untrusted`](Self::verify_untrusted), but for the clock.
    pub fn verify_untrusted_at(
        &self,
        token: &UntrustedToken<'_>,
        now: UnixTime,
    ) -> Result<VerifiedSession, VerifyError> {
        let (mut kept, mut apart) = (self.kept.try_lock(), None);
        let prefix = kept.as_deref_mut().unwrap_or_else(|| apart.insert(Prefix::default()));
        let message = token.signing_input().as_bytes();
        let tag = token.signature().try_into().map_err(|_| VerifyError::BadSignature)?;
        let signed = prefix.verify(&self.settings.keys, message, tag).ok_or(VerifyError::BadSignature)?;
        header::check(token.untrusted_header_json())?;
        let claims = token.claims(self.settings.not_before)?;
        let user_id = claims.user_id().ok_or(VerifyError::NoUser)?;
        let lifetime = self.check_times(&claims, now)?;
        self.check_expected(&claims, lifetime)?;
        let secret_index = signed.key_index;
        prefix.keep(signed, message);
        Ok(VerifiedSession { claims, user_id, secret_index })
    }

    /// Returns how long the token was made to live, if it is valid now.
    fn check_times(&self, claims: &Claims, now: UnixTime) -> Result<Duration, VerifyError> {
        // A time past the end of the calendar counts as its end: no token is valid for longer.
        let with_leeway = |time: UnixTime| time.checked_add(self.settings.leeway).unwrap_or(UnixTime::MAX);
        if with_leeway(claims.expires_at()) <= now {
            return Err(VerifyError::Expired { expired_at: claims.expires_at() });
        }
        let valid_from = claims.not_before().max(claims.issued_at());
        if valid_from > with_leeway(now) {
            return Err(VerifyError::NotYetValid { valid_from });
        }
        // Leeway is for two clocks that differ; all of these are the signer's.
        let lifetime = claims.expires_at().duration_since(claims.issued_at());
        lifetime.filter(|_| claims.not_before() < claims.expires_at()).ok_or(VerifyError::NeverValid)
    }

    fn check_expected(&self, claims: &Claims, lifetime: Duration) -> Result<(), VerifyError> {
        let SessionVerifierBuilder { expected, any_version, max_lifetime, .. } = &self.settings;
        let wrong = [
            (claims.issuer() != expected.issuer, VerifyError::WrongIssuer),
            (claims.audience() != expected.audience, VerifyError::WrongAudience),
            (!any_version && claims.version() != expected.version, VerifyError::WrongVersion),
            (is_another(claims.environment_id(), expected.environment), VerifyError::WrongEnvironment),
            (is_another(claims.api_key_id(), expected.api_key), VerifyError::WrongApiKey),
            (is_another(claims.organization_id(), expected.organization), VerifyError::WrongOrganization),
        ];
        if let Some((_, error)) = wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
            return Err(error);
        }
        match max_lifetime.filter(|max| lifetime > *max) {
            Some(max) => Err(VerifyError::LifetimeTooLong { found: lifetime, max }),
            None => Ok(()),
        }
    }
}

/// Whether an id is expected, and the token has another or none.
fn is_another<I: PartialEq>(found: Option<I>, expected: Option<I>) -> bool {
    expected.is_some() && found != expected
}

impl fmt::Debug for SessionVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionVerifier").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Settings of a [`SessionVerifier`]. With the defaults of both, it accepts what a [`SessionSigner`] mints.
#[derive(Clone, Debug)]
#[must_use]
pub struct SessionVerifierBuilder {
    keys: Vec<Key>,
    /// The claims that each token has to have. The version does not count with `any_version`, nor does an id that is `None`.
    expected: ConstantClaims,
    any_version: bool,
    leeway: Duration,
    not_before: NotBefore,
    max_lifetime: Option<Duration>,
    /// How much longer than its signer says a token lives: what a verifier of that signer adds to `max_lifetime`.
    backdating: Duration,
}

impl SessionVerifierBuilder {
    fn new(key: Key) -> Self {
        Self {
            keys: vec![key],
            expected: ConstantClaims::default(),
            any_version: true,
            leeway: Duration::ZERO,
            not_before: NotBefore::Demanded,
            max_lifetime: None,
            backdating: Duration::ZERO,
        }
    }

    /// Accepts tokens that were signed with this secret as well: the one before, or the one after, a rotation.
    /// [`VerifiedSession::secret_index`] says which it was.
    pub fn also_accept(mut self, secret: impl Borrow<SigningSecret>) -> Self {
        self.keys.push(Key::new(secret.borrow()));
        self
    }

    /// The only `iss` that is accepted, with the limits of [the signer's](crate::SessionSignerBuilder::issuer). `auth.quiltt.io` unless set.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.expected.issuer = issuer.into();
        self
    }

    /// The only `aud` that is accepted, with the limits of [the signer's](crate::SessionSignerBuilder::audience). `api.quiltt.io` unless set.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.expected.audience = audience.into();
        self
    }

    /// The only token version that is accepted; all known ones unless set.
    pub fn version(mut self, version: TokenVersion) -> Self {
        (self.expected.version, self.any_version) = (version, false);
        self
    }

    /// How far this clock and the signer's may be apart: whole seconds up to 600. None unless set.
    ///
    /// It is granted at both ends: before `nbf` and `iat`, and after `exp`.
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens without `nbf` as well, as jsonwebtoken and others sign them unless told otherwise: such a token begins at
    /// its `iat`. RFC 7519 §4.1.5 calls `nbf` OPTIONAL; Quiltt's own tokens always have one.
    pub const fn allow_missing_not_before(mut self) -> Self {
        self.not_before = NotBefore::OrIssuedAt;
        self
    }

    /// The only environment whose tokens are accepted: their `eid`. Not checked unless set.
    ///
    /// Set, a token that names none is refused, as all of versions 1 and 2. Production and sandbox are environments of
    /// their own at Quiltt; where one secret signs for both, this setting alone keeps them apart.
    ///
    /// # Examples
    ///
    /// ```
    /// # use quiltt_session::*;
    /// # let secret = SigningSecret::demo();
    /// let (production, sandbox) = ("env_1Bx4omNvZgKao2OqGshImD".parse()?, "env_10".parse()?);
    /// let verifier = SessionVerifier::builder(&secret).environment(production).build()?;
    ///
    /// let session = SessionSigner::builder(&secret).environment(sandbox).build()?.mint(ProfileId::random()?)?;
    /// assert_eq!(verifier.verify(session.token()), Err(VerifyError::WrongEnvironment));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn environment(mut self, id: EnvironmentId) -> Self {
        self.expected.environment = Some(id);
        self
    }

    /// The only API key whose tokens are accepted: their `cid`, `did` or `aid`, by version. Not checked unless set; set, a token
    /// that names none is refused.
    pub const fn api_key(mut self, id: ApiKeyId) -> Self {
        self.expected.api_key = Some(id);
        self
    }

    /// The only organization whose tokens are accepted: their `oid`. Not checked unless set; set, a token that names none is
    /// refused, as all of versions 1 and 2.
    pub const fn organization(mut self, id: OrganizationId) -> Self {
        self.expected.organization = Some(id);
        self
    }

    /// The maximum lifetime of a token, from its `iat` to its `exp`: whole seconds from 1 to 253402300799. Not checked unless set.
    ///
    /// The signer chooses `exp` (RFC 7519 §4.1.4), and without this a token that expires in 9999 is accepted. Quiltt's own
    /// live for a day, and its SDKs forget what lives for more than 2 147 483 s. Leeway does not count: both times are the
    /// signer's. What a signer [backdates](crate::SessionSignerBuilder::backdate) counts as lifetime; only the signer's
    /// [own verifier](SessionSigner::verifier) adds it to this limit.
    pub const fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = Some(lifetime);
        self
    }

    /// Builds the verifier.
    ///
    /// # Errors
    ///
    /// - an empty issuer or audience, or one above 256 bytes;
    /// - a leeway of 0.5 s or 601 s;
    /// - a maximum lifetime of 0 or 1.5 s;
    /// - an organization or environment with version 1 or 2 alone, which have no claim for it;
    /// - cryptography that gives another answer than a known one;
    /// - with the feature `fips`, an AWS-LC that is not its FIPS module.
    pub fn build(mut self) -> Result<SessionVerifier, ConfigError> {
        Crypto::check()?;
        self.expected.members()?;
        ConfigError::unless_within(0..=MAX_CLOCK_DIFFERENCE_SECS, "leeway", self.leeway)?;
        if let Some(lifetime) = &mut self.max_lifetime {
            ConfigError::unless_within(1..=UnixTime::MAX.as_secs(), "maximum lifetime", *lifetime)?;
            *lifetime = lifetime.saturating_add(self.backdating);
        }
        Ok(SessionVerifier { settings: self, kept: Sharded::default() })
    }
}

impl SessionSigner {
    /// Starts to build a verifier of this signer's tokens: of its secret, issuer, audience and version, and of those ids
    /// that it was given. Neither leeway nor a maximum lifetime is set; what the signer backdates is added to the latter.
    pub fn verifier(&self) -> SessionVerifierBuilder {
        SessionVerifierBuilder {
            expected: self.constant.clone(),
            any_version: false,
            backdating: self.backdating,
            ..SessionVerifierBuilder::new(self.template.key.clone())
        }
    }
}

/// A session whose token was verified: what its [`Claims`] say can be trusted. It dereferences to them.
///
/// Only a [`SessionVerifier`] makes one, so a function that takes it needs no check of its own. API key, organization and
/// environment are any or none, unless the verifier was told which. Two sessions are equal if their tokens say the same,
/// whichever secret each was signed with.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// # let signer = SessionSigner::builder(&secret).build()?;
/// # let verifier = SessionVerifier::builder(&secret).build()?;
/// fn greet(user: &VerifiedSession) -> String {
///     format!("hello, {}, until {}", user.user_id(), user.expires_at())
/// }
/// let session = signer.mint("p_12VnSaRRxyP12Sl9rLZg8n1".parse()?)?;
/// assert!(greet(&verifier.verify(session.token())?).starts_with("hello, p_12VnSaRRxyP12Sl9rLZg8n1, until 2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifiedSession {
    claims: Claims,
    user_id: ProfileId,
    secret_index: usize,
}

impl VerifiedSession {
    /// The user's profile: `sub`, or `uid` in versions 1 and 2. No verifier takes a token without.
    #[must_use]
    pub const fn user_id(&self) -> ProfileId {
        self.user_id
    }

    /// Whether the session was minted before this sign-out of the user.
    #[must_use]
    pub fn is_ended_by(&self, sign_out: SignOut) -> bool {
        sign_out.ends(self.id(), self.issued_at())
    }

    /// The claims as a whole, to be serialised or compared.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Which of the verifier's secrets the token was signed with: 0 for the builder's, 1 and up for those that it
    /// [also accepts](SessionVerifierBuilder::also_accept), in their order. A rotation is over once no valid token is signed
    /// with the old secret.
    #[must_use]
    pub const fn secret_index(&self) -> usize {
        self.secret_index
    }
}

impl Deref for VerifiedSession {
    type Target = Claims;

    fn deref(&self) -> &Claims {
        &self.claims
    }
}

/// Writes the token's claims, in Quiltt's order.
impl Serialize for VerifiedSession {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.claims.serialize(serializer)
    }
}

/// Compares the claims alone: another verifier, with the same secrets in another order, gives an equal session.
impl PartialEq for VerifiedSession {
    fn eq(&self, other: &Self) -> bool {
        self.claims == other.claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::tests::{impossible_times, with_clock_at};

    #[test]
    fn with_a_clock_before_this_release_or_past_9999_no_token_is_valid() {
        let secret = SigningSecret::demo();
        let verifier = SessionVerifier::builder(secret).build().unwrap();
        for (time, error) in impossible_times() {
            assert_eq!(with_clock_at(time, || verifier.verify("a.b.c")), Err(VerifyError::Clock(error)));
        }
    }
}

#[cfg(test)]
mod what_is_kept {
    use super::*;
    use crate::{
        crypto::{compressions, counted},
        id::SessionId,
        token::claims::DEFAULT_ISSUER,
    };

    const NOW: u64 = 1_700_000_000;
    const ANOTHER: &str = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK";

    fn at(secs: u64) -> UnixTime {
        UnixTime::from_secs(secs).unwrap()
    }

    /// A token of three whole blocks and a rest, as with all ids.
    fn token(issuer: &str, now: u64) -> String {
        let signer = SessionSigner::builder(SigningSecret::demo()).issuer(issuer).claim("region", "x".repeat(90));
        let (profile, id) = (ProfileId::random().unwrap(), SessionId::random().unwrap());
        signer.build().unwrap().mint_at(profile, at(now), id).unwrap().into_token()
    }

    #[test]
    fn of_a_signers_tokens_only_what_differs_is_hashed() {
        let verifier = SessionVerifier::builder(SigningSecret::demo()).build().unwrap();
        let verify = |token: String| compressions(|| drop(verifier.verify_at(&token, at(NOW + 60)).unwrap()));
        // Three whole blocks, the last one and HMAC's second hash.
        assert_eq!(verify(token(DEFAULT_ISSUER, NOW)), counted(5));
        assert_eq!(verify(token(DEFAULT_ISSUER, NOW)), counted(2), "the same second");
        assert_eq!(verify(token(DEFAULT_ISSUER, NOW + 1)), counted(3), "the signer's blocks");
        assert_eq!(verify(token(DEFAULT_ISSUER, NOW)), counted(3), "the last one alone is kept");
    }

    #[test]
    fn of_a_token_that_is_refused_nothing_is_kept() {
        let verifier = SessionVerifier::builder(SigningSecret::demo()).build().unwrap();
        verifier.verify_at(&token(DEFAULT_ISSUER, NOW), at(NOW)).unwrap();
        let forged = SessionSigner::builder(SigningSecret::from_bytes(ANOTHER).unwrap());
        let forged =
            forged.build().unwrap().mint_at(ProfileId::random().unwrap(), at(NOW), SessionId::random().unwrap());
        let expired = token(DEFAULT_ISSUER, NOW - 86_400);
        for refused in
            [expired, token("somebody else", NOW), token(DEFAULT_ISSUER, NOW + 1), forged.unwrap().into_token()]
        {
            verifier.verify_at(&refused, at(NOW)).unwrap_err();
            let next = token(DEFAULT_ISSUER, NOW);
            assert_eq!(compressions(|| drop(verifier.verify_at(&next, at(NOW)).unwrap())), counted(2));
        }
    }

    #[test]
    fn the_kept_states_are_those_of_the_secret_that_matched() {
        let other = || SigningSecret::from_bytes(ANOTHER).unwrap();
        let verifier = SessionVerifier::builder(other()).also_accept(SigningSecret::demo()).build().unwrap();
        let verify = |token: String| compressions(|| drop(verifier.verify_at(&token, at(NOW)).unwrap()));
        assert_eq!(verify(token(DEFAULT_ISSUER, NOW)), counted(10));
        assert_eq!(
            verify(token(DEFAULT_ISSUER, NOW)),
            counted(7),
            "all of it under the first secret, the rest under the second"
        );
    }
}

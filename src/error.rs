//! What can go wrong, one enum per act.
//!
//! No variant holds a secret, a token, a tag or the value of a claim, so any of them can be logged.

use std::{io, ops::RangeInclusive, time::Duration};

use thiserror::Error;

use crate::time::{TimeError, UnixTime};

/// A [`SigningSecret`](crate::SigningSecret) could not be read or is not fit to sign with.
///
/// # Examples
///
/// ```
/// use quiltt_session::{SecretError, SigningSecret};
///
/// let error = SigningSecret::from_bytes("hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK\n").unwrap_err();
/// assert_eq!(error, SecretError::SurroundingWhiteSpace);
/// assert!(error.to_string().ends_with("(printf '%s' instead of echo, -NoNewline in PowerShell)"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Fewer bits than HMAC-SHA512 asks for: RFC 7518 §3.2 wants a key at least as long as the hash.
    #[error(
        "expected a secret of at least {need_bits} bits, found {have_bits}: \
         HS512 needs a key as long as its hash (RFC 7518 §3.2), without NULs at its end"
    )]
    TooShort {
        /// The length of the refused secret, in bits, without [NULs at its end](crate::SigningSecret#errors).
        have_bits: usize,
        /// The least length that this constructor takes, in bits.
        need_bits: usize,
    },
    /// Longer than [`SigningSecret::MAX_LENGTH`](crate::SigningSecret::MAX_LENGTH); a file that never ends, perhaps.
    #[error("expected a secret of at most {max} bytes, found more: is this the right file?")]
    TooLong {
        /// The maximum length, in bytes.
        max: usize,
    },
    /// All bytes are equal. HMAC pads short keys with zeros, so an all-zero secret equals an empty one.
    #[error("expected a random secret, found one whose bytes are all the same")]
    AllOneByte,
    /// The text starts or ends with white space, often the newline that `echo` adds.
    #[error(
        "expected a secret without white space around it, found some: it is never trimmed, \
         so store it without (printf '%s' instead of echo, -NoNewline in PowerShell)"
    )]
    SurroundingWhiteSpace,
    /// The text starts or ends with a byte order mark, or with a character of no width that a web page has put there.
    #[error("expected a secret without invisible characters around it, found {found}: store it without")]
    SurroundingInvisible {
        /// The character's name.
        found: &'static str,
    },
    /// The text stands between quotes, often because a `.env` file was not parsed.
    #[error("expected a secret without quotes around it, found a pair: store it without them")]
    SurroundingQuotes,
    /// The text is something else than a random secret, as it is or in an encoding: a reference that nobody resolved, a path, a
    /// PEM, a line of a `.env` file, a placeholder, a word over and over. [`allow_lookalike`](crate::SecretOptions::allow_lookalike) takes it.
    #[error("expected a signing secret, found what looks like a {0}")]
    LooksLike(Lookalike),
    /// The published secret of [`SigningSecret::demo`](crate::SigningSecret::demo), in any encoding.
    #[error(
        "expected a secret of your own, found the published demo secret: everyone knows it, \
         so take SigningSecret::demo if you mean it"
    )]
    Demo,
    /// Not the secret that [was expected](crate::SecretOptions::expect_fingerprint): another one, or a changed one.
    #[error(
        "expected the secret with the fingerprint {expected}, found {found}: \
         it is another secret, or was changed on its way here"
    )]
    Fingerprint {
        /// The fingerprints that were expected; text that is none is described instead.
        expected: String,
        /// The fingerprint of the secret that was refused.
        found: String,
    },
    /// The text is not in the encoding that the constructor names.
    #[error("expected {encoding}, found a character or length that it does not allow")]
    NotInEncoding {
        /// The encoding that was asked for.
        encoding: &'static str,
    },
    /// The environment variable does not exist.
    #[error("expected a secret in the environment variable {name}, found it unset")]
    EnvironmentUnset {
        /// The name of the variable; text that does not look like a name may be the secret, and is described instead.
        name: String,
    },
    /// The environment variable is there but empty.
    #[error("expected a secret in the environment variable {name}, found it empty")]
    EnvironmentEmpty {
        /// The name of the variable.
        name: String,
    },
    /// The environment variable is not Unicode; its value is not shown.
    #[error("expected Unicode text in the environment variable {name}, found other bytes")]
    EnvironmentNotUnicode {
        /// The name of the variable.
        name: String,
    },
    /// The file is there but empty.
    #[error("expected a secret in the file {path:?}, found it empty")]
    FileEmpty {
        /// The path, as in [`File`](Self::File).
        path: String,
    },
    /// The file cannot be read: missing, a directory, not permitted.
    #[error("cannot read the secret file {path:?}: {kind}")]
    File {
        /// The path. A part that neither exists nor looks like the name of a file or folder may be a secret that stands in
        /// the path's place by mistake, and is described instead.
        path: String,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// A pipe or a device, where [`Reloading`](crate::Reloading) has to read more than once.
    #[cfg(feature = "reload")]
    #[error("expected a secret file that can be read again at {path:?}, found a pipe or device")]
    NotAFile {
        /// The path, as in [`File`](Self::File).
        path: String,
    },
}

/// The kind of a text that stands for a secret and is none. `Display` writes the kind and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Lookalike {
    /// Text in UTF-16.
    #[error("text in UTF-16: save it as UTF-8, without a byte order mark")]
    Utf16,
    /// A PEM, JWK, SSH, PKCS or PuTTY key, a certificate.
    #[error("key of another kind, such as PEM or JWK: ask Quiltt for the secret of your self-signed sessions")]
    Key,
    /// A token in the form of a JWT, or a JWE.
    #[error("JWT: ask Quiltt for the secret of your self-signed sessions")]
    Jwt,
    /// An access token or key of another service: GitHub, Vault, Slack, Azure, a wallet.
    #[error("credential of another service: ask Quiltt for the secret of your self-signed sessions")]
    Credential,
    /// A hash, checksum, fingerprint or image digest, also of no data.
    #[error("hash or fingerprint, perhaps of nothing: see what was hashed, and ask Quiltt for the secret")]
    Hash,
    /// What documentation shows as a key, the hash of a common password, or the [demo secret](crate::SigningSecret::demo)
    /// with a change.
    #[error("key from documentation or hash of a common password: everyone knows it, so ask Quiltt for a secret")]
    Published,
    /// What a tool encrypted.
    #[error("ciphertext: decrypt it, and store what comes out")]
    Ciphertext,
    /// A compressed, binary or office file, HTML or XML.
    #[error("file of another kind, such as an archive or a page of HTML: see what the secret store holds")]
    File,
    /// Base64 behind the word `base64:`, as Laravel writes keys.
    #[error("base64 behind `base64:`: name the encoding, base64, and store the text without `base64:`")]
    MarkedBase64,
    /// Base64 or hexadecimal digits in several lines.
    #[error("text with a line break inside: wrapped base64 or hex, whose lines `| tr -d '\\n'` joins")]
    Wrapped,
    /// A JSON object or array.
    #[error("JSON: store one secret in it alone")]
    Json,
    /// The name of a place in a secret store.
    #[error("reference that nobody resolved: have the secret store put the secret in its place")]
    Reference,
    /// The path of a file.
    #[error("path: read the file that it names, with `from_file`")]
    Path,
    /// A template or command.
    #[error("template that nobody filled or command that nobody ran: store what comes out of it")]
    Template,
    /// A line of a `.env` or YAML file, or a header of HTTP.
    #[error("line NAME=value or NAME: value, or a header of HTTP: store the value alone")]
    Line,
    /// A row of values.
    #[error("row of values, or one with a quote or comma at one side: store one secret alone")]
    Row,
    /// Bytes as source code writes them.
    #[error("literal of a programming language: store the bytes that it stands for, not its source code")]
    Literal,
    /// Text with characters that no random text has.
    #[error("message: white space, control characters or letters beyond ASCII are inside, as in no random text")]
    Message,
    /// A text that was to be replaced.
    #[error("placeholder: put the secret from Quiltt in its place")]
    Placeholder,
    /// Words, a few characters or a mask over and over, a run of the alphabet or of the keyboard.
    #[error("guessable text, such as words, a mask or a run of keys: a secret has to be random, so ask Quiltt for it")]
    Guessable,
    /// White space, invisible characters or quotes around the text, where [that was
    /// allowed](crate::SecretOptions::allow_lookalike).
    #[error("text with more around it than a secret has")]
    Surrounded,
}

/// A text is not an id of the expected kind: the reason and the position.
///
/// # Examples
///
/// ```
/// use quiltt_session::{ParseIdReason, ProfileId};
///
/// let error = "api_11gKT7OFCTrIx1YA3M0zfS5".parse::<ProfileId>().unwrap_err();
/// assert_eq!((error.reason(), error.position()), (ParseIdReason::WrongKind, 0));
/// assert_eq!(error.to_string(), "expected a profile id (p_1… or a UUID), found another prefix at position 0");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected {expected}, found {reason} at position {position}")]
pub struct ParseIdError {
    pub(crate) expected: &'static str,
    pub(crate) reason: ParseIdReason,
    pub(crate) position: usize,
}

impl ParseIdError {
    /// What is wrong with the text.
    #[must_use]
    pub const fn reason(&self) -> ParseIdReason {
        self.reason
    }

    /// Where, as an offset in bytes from the start of the text.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

/// Why a text is not an id; see [`ParseIdError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseIdReason {
    /// Nothing where the id, or the part after its prefix, should be.
    #[error("nothing")]
    Empty,
    /// The prefix of another kind of record, such as `api_` where `p_` should be.
    #[error("another prefix")]
    WrongKind,
    /// A version digit other than `1`, the only one seen.
    #[error("an unknown version digit")]
    UnknownVersion,
    /// A character outside `0-9A-Za-z`.
    #[error("a character outside 0-9A-Za-z")]
    InvalidCharacter,
    /// A leading zero, which makes a second text for the same id.
    #[error("a leading zero")]
    LeadingZero,
    /// More than 128 bits.
    #[error("a number above 128 bits")]
    Overflow,
    /// Neither a global id nor a hyphenated UUID (8-4-4-4-12 hexadecimal digits).
    #[error("no hyphenated UUID")]
    InvalidUuid,
}

/// The operating system, or a JavaScript host, gave no random bytes: there is no weaker source, so nothing is minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected random bytes of the system, found none: in a Worker, mint inside a request")]
pub struct RandomError;

/// A custom claim cannot go into a token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// A claim without a name.
    #[error("expected a name for the custom claim, found an empty one")]
    EmptyName,
    /// A name that some version of Quiltt's tokens gives a meaning, or `rol`, an administrator's role in Quiltt's SDKs; in any
    /// case, for there are readers, such as those of Go and .NET, to which `Sub` is `sub`.
    #[error("expected a name that Quiltt does not use, found the reserved {name:?}")]
    Reserved {
        /// The refused name.
        name: String,
    },
    /// A name that serde_json keeps for itself, and that no verifier takes: `$serde_json::private::…`; or one that every
    /// object of JavaScript has, where readers may put the claim into its place: `__proto__`, `constructor`.
    #[error("expected a name that neither serde_json nor JavaScript keeps for itself, found {name:?}")]
    PrivateName {
        /// The refused name.
        name: String,
    },
    /// The same name twice in one token, be it in another case.
    #[error("expected each claim once, found {name:?} twice")]
    Duplicate {
        /// The refused name.
        name: String,
    },
    /// The custom claims of one token together exceed 4096 bytes of JSON.
    #[error("expected custom claims of at most {max} bytes of JSON together, found more with {name:?}")]
    TooLarge {
        /// The claim that went over the limit.
        name: String,
        /// The limit, in bytes.
        max: usize,
    },
    /// A value that a verifier would refuse, or another reader mistake.
    #[error("{fault} for {name:?}")]
    Json {
        /// The claim whose value, or name, was refused.
        name: String,
        /// The fault of the JSON.
        fault: JsonFault,
    },
    /// Claims that are not the members of one object: a number, a list, nothing.
    #[error("expected claims as one JSON object, found something else")]
    NotObject,
}

/// A fault for which JSON of a token is refused, though some readers take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// No JSON in UTF-8, or an object with a name twice or with a name that serde_json keeps for itself. Of a signer's claims,
    /// also a value whose `Serialize` fails.
    #[error("expected JSON without repeated names, found something else")]
    NotJson,
    /// A header or payload that is another value than an object.
    #[error("expected a JSON object, found another value")]
    NotObject,
    /// Arrays and objects in each other, too deep to be read with a small stack.
    #[error("expected at most {max} levels of arrays and objects, found more")]
    Depth {
        /// The most levels.
        max: usize,
    },
    /// A number that no double holds, such as `1e400`; of a signer's claims, one that JSON cannot say: infinity, or none.
    #[error("expected finite numbers up to 1.7976931348623157e308, found another")]
    Number,
    /// Half of a surrogate pair, such as `"\ud800"`: no character.
    #[error("expected whole characters, found half a surrogate pair")]
    Surrogate,
    /// U+FEFF before the JSON, as editors on Windows write it.
    #[error("expected JSON without a byte order mark, found one")]
    ByteOrderMark,
    /// Of a signer's claims: an integer beyond ±(2^53 − 1), which readers with doubles, such as JavaScript's, round to
    /// another (RFC 8259 §6).
    #[error("expected integers up to 2^53 - 1 either way, found a greater one: give it as text")]
    Integer,
    /// Of a signer's claims: U+0000, for which some readers refuse the whole token.
    #[error("expected names and texts without U+0000, found one")]
    Nul,
}

/// A text from configuration names no [`TokenVersion`](crate::TokenVersion) or
/// [`SecretEncoding`](crate::SecretEncoding). It is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected {expected}, found something else")]
pub struct ParseSettingError {
    pub(crate) expected: &'static str,
}

/// A signer or verifier cannot be built from these settings.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// use std::time::Duration;
///
/// let error = SessionVerifier::builder(&secret).leeway(Duration::from_secs(3600)).build().unwrap_err();
/// assert_eq!(error.to_string(), "expected a leeway in whole seconds from 0 to 600, found 3600s");
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A time of no whole seconds, or outside of its bounds.
    #[error("expected a {setting} in whole seconds from {min} to {max}, found {found:?}{}", bound(setting))]
    Time {
        /// `time to live`, `backdating`, `window`, `leeway` or `maximum lifetime`.
        setting: &'static str,
        /// What was asked for.
        found: Duration,
        /// The least, in seconds.
        min: u64,
        /// The most, in seconds.
        max: u64,
    },
    /// An empty or overlong issuer or audience.
    #[error("expected {claim} of 1 to {max} bytes, found {found}")]
    Name {
        /// `iss` or `aud`.
        claim: &'static str,
        /// Its length in a token, in bytes.
        found: usize,
        /// The maximum length, in bytes.
        max: usize,
    },
    /// An id that the chosen token version has no claim for.
    #[error("expected a token version with a claim for the {id} id, found version {version}")]
    NoClaimFor {
        /// The kind of id.
        id: &'static str,
        /// The number of the token version.
        version: u64,
    },
    /// A [`SessionFormat::Api`](crate::SessionFormat::Api) without the environment that it states.
    #[error("expected an environment, which SessionFormat::Api states, found none")]
    NoEnvironment,
    /// A custom claim that cannot go into a token.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The cryptography gives another answer than the known one, or vector code signs otherwise than plain code: a fault of
    /// compiler or processor.
    #[error(
        "expected the known answers of cryptography and of vector code, found others: sign nothing on this machine"
    )]
    SelfTest,
    /// The feature `fips` is on, and AWS-LC does not report its FIPS module, whose self-tests have to pass.
    #[error(
        "expected AWS-LC's FIPS module, as the feature `fips` demands, found another build of it: sign nothing with this one"
    )]
    Fips,
}

impl ConfigError {
    /// Refuses a time that is not of whole seconds within these.
    pub(crate) fn unless_within(
        seconds: RangeInclusive<u64>,
        setting: &'static str,
        found: Duration,
    ) -> Result<(), Self> {
        let (min, max) = seconds.into_inner();
        let is_within = (min..=max).contains(&found.as_secs()) && found.subsec_nanos() == 0;
        if is_within { Ok(()) } else { Err(Self::Time { setting, found, min, max }) }
    }
}

/// Why a time may not be longer.
fn bound(setting: &str) -> &'static str {
    match setting {
        "time to live" => ": the timer of Quiltt's JavaScript SDK ends at 2147483 s, less 600 s for a client's clock",
        "window" => ": half the time to live, since each token has to outlive the next window",
        _ => "",
    }
}

/// A session could not be minted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MintError {
    /// The system clock was never set, or reads a time that no token can state.
    #[error(transparent)]
    Clock(#[from] TimeError),
    /// No random bytes for the session id.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The session would expire after the year 9999.
    #[error("expected an expiry before the year 10000, found a later one")]
    ExpiryTooLate,
    /// A time to live of no whole seconds, or outside 1 s to 2 146 883 s.
    #[error("expected a time to live in whole seconds from 1 to {max}, found {found:?}")]
    Ttl {
        /// What was asked for.
        found: Duration,
        /// The maximum TTL, in seconds.
        max: u64,
    },
    /// A custom claim that cannot go into the token.
    #[error(transparent)]
    Claim(#[from] ClaimError),
}

/// One of the three segments of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Segment {
    /// The first: the JOSE header.
    #[error("header")]
    Header,
    /// The second: the claims.
    #[error("payload")]
    Payload,
    /// The third: the tag.
    #[error("signature")]
    Signature,
}

/// A text is not a token, or its header or claims are not those of a Quiltt session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseTokenError {
    /// An `Authorization` header with nothing, or with nothing but `Bearer`.
    #[error("expected a token behind \"Bearer\" in the header, found none")]
    NoCredentials,
    /// An `Authorization` header that is not `Bearer`, in any case, spaces and a token (RFC 6750 §2.1, RFC 9110 §11.4).
    #[error("expected \"Bearer\", a space and a token in the header, found something else")]
    NotBearer,
    /// Longer than [`UntrustedToken::MAX_LENGTH`](crate::UntrustedToken::MAX_LENGTH).
    #[error("expected a token of at most {max} characters, found {found}")]
    TooLong {
        /// The length of the text, in bytes.
        found: usize,
        /// The maximum length, in bytes.
        max: usize,
    },
    /// Not three segments with a dot between.
    #[error("expected three segments with dots between, found {found}")]
    SegmentCount {
        /// How many segments there are.
        found: usize,
    },
    /// A segment without a character.
    #[error("expected a {0}, found an empty segment")]
    EmptySegment(Segment),
    /// A segment that is not canonical unpadded base64url (RFC 7515 §2, RFC 4648 §3.5).
    #[error("expected canonical base64url without padding in the {0}, found something else")]
    NotBase64Url(Segment),
    /// A header or payload that is not the JSON of a token.
    #[error("{fault}, in the {segment}")]
    Json {
        /// Which one.
        segment: Segment,
        /// The fault of the JSON.
        fault: JsonFault,
    },
    /// An algorithm other than the exact text `HS512`.
    #[error("expected the algorithm HS512, found another one or none")]
    WrongAlgorithm,
    /// A header parameter that this crate refuses: `crit`, `b64`, a `typ` other than that of JWTs, a `cty` that is
    /// `JWT` or no text, or a `kid` that is no text.
    #[error("expected no header parameter {0:?} with this value")]
    HeaderParameter(&'static str),
    /// A claim that is required and not there.
    #[error("expected the claim {0:?}, found none{fix}", fix = if *.0 == "nbf" { NO_NOT_BEFORE } else { "" })]
    MissingClaim(&'static str),
    /// A claim of the wrong type or form; never read as absent.
    #[error("expected the claim {name:?} to be {expected}, found something else")]
    InvalidClaim {
        /// The name of the claim.
        name: &'static str,
        /// The form that the claim has to have.
        expected: &'static str,
    },
    /// A claim of Quiltt's that the token's own version does not have; `rol`, an administrator's role, in any.
    #[error("expected no claim {0:?} in a token of this version")]
    UnexpectedClaim(&'static str),
}

const NO_NOT_BEFORE: &str = ": have it signed, or the verifier allow_missing_not_before";

/// The claims of one's own in a token do not fit the type that [`custom_as`](crate::Claims::custom_as) should read.
/// The text names the first claim that is missing or does not fit, and shows no value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected claims that fit the type, found {found}")]
pub struct CustomClaimsError {
    pub(crate) found: String,
}

/// A token is not a valid session.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// # let other_secret = SigningSecret::from_bytes("hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK")?;
/// let session = SessionSigner::builder(&other_secret).build()?.mint(ProfileId::random()?)?;
/// let error = SessionVerifier::builder(&secret).build()?.verify(session.token()).unwrap_err();
/// assert_eq!(error, VerifyError::BadSignature);
/// assert_eq!(error.to_string(), "bad signature");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Not a token at all, or not one of a Quiltt session.
    #[error(transparent)]
    Token(#[from] ParseTokenError),
    /// Not signed with any of the verifier's secrets.
    #[error("bad signature")]
    BadSignature,
    /// A token without a user: `sub` or `uid` is missing.
    #[error("expected a token that names its user, found one without")]
    NoUser,
    /// The verifier's own clock reads a time that no token can state.
    #[error(transparent)]
    Clock(#[from] TimeError),
    /// Expired: RFC 7519 §4.1.4 refuses a token on and after `exp`.
    #[error("expected a token that is still valid, found one that expired at {expired_at}")]
    Expired {
        /// The token's `exp`.
        expired_at: UnixTime,
    },
    /// Not valid yet: its `nbf` or `iat` lies ahead (RFC 7519 §4.1.5).
    #[error("expected a token that is valid already, found one that is valid from {valid_from}")]
    NotYetValid {
        /// The later of the token's `nbf` and `iat`.
        valid_from: UnixTime,
    },
    /// At no time valid: `exp` is no later than `nbf`, or earlier than `iat`. Only a leeway could have let the token through.
    #[error("expected a token that starts before it expires, found one that is never valid")]
    NeverValid,
    /// Issued by someone else.
    #[error("expected another issuer in the claim \"iss\"")]
    WrongIssuer,
    /// Meant for someone else.
    #[error("expected another audience in the claim \"aud\"")]
    WrongAudience,
    /// A token version that the verifier was told not to take.
    #[error("expected another token version in the claim \"ver\"")]
    WrongVersion,
    /// For another environment than the verifier's (a sandbox, say), or for none: the claim `eid`.
    #[error("expected another environment in the claim \"eid\"")]
    WrongEnvironment,
    /// Of another API key than the verifier's, or of none: the claim `cid`, `did` or `aid`, as the version has it.
    #[error("expected another API key in the token")]
    WrongApiKey,
    /// Of another organization than the verifier's, or of none: the claim `oid`.
    #[error("expected another organization in the claim \"oid\"")]
    WrongOrganization,
    /// Made to live for longer than the verifier allows: `exp` less `iat`.
    #[error("expected a token that lives for at most {max:?}, found one that lives for {found:?}")]
    LifetimeTooLong {
        /// From the token's `iat` to its `exp`, in whole seconds.
        found: Duration,
        /// What the verifier allows.
        max: Duration,
    },
}

impl VerifyError {
    /// The reason in a word that stays the same in all versions, for a counter's label or a log that is searched.
    ///
    /// | code | the token |
    /// |---|---|
    /// | `no_credentials` | is not there: a header without one, or of another scheme than `Bearer` |
    /// | `malformed` | is none: too long, not three segments of base64url |
    /// | `bad_signature` | is not signed with any of the secrets |
    /// | `bad_header`, `bad_claims` | is signed, and its header or claims are not those of a Quiltt session |
    /// | `no_user` | names no user |
    /// | `expired`, `not_yet_valid`, `never_valid` | is not valid now |
    /// | `wrong_issuer`, `wrong_audience`, `wrong_version`, `wrong_environment`, `wrong_api_key`, `wrong_organization` | is of or for another |
    /// | `lifetime_too_long` | was made to live for longer than is allowed |
    /// | `clock` | was not judged, for this machine's clock fails |
    #[must_use]
    pub const fn code(&self) -> &'static str {
        use ParseTokenError as Token;

        match self {
            Self::Token(Token::NoCredentials | Token::NotBearer) => "no_credentials",
            Self::Token(
                Token::TooLong { .. } | Token::SegmentCount { .. } | Token::EmptySegment(_) | Token::NotBase64Url(_),
            ) => "malformed",
            Self::Token(
                Token::WrongAlgorithm | Token::HeaderParameter(_) | Token::Json { segment: Segment::Header, .. },
            ) => "bad_header",
            Self::Token(_) => "bad_claims",
            Self::BadSignature => "bad_signature",
            Self::NoUser => "no_user",
            Self::Clock(_) => "clock",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::NeverValid => "never_valid",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::WrongVersion => "wrong_version",
            Self::WrongEnvironment => "wrong_environment",
            Self::WrongApiKey => "wrong_api_key",
            Self::WrongOrganization => "wrong_organization",
            Self::LifetimeTooLong { .. } => "lifetime_too_long",
        }
    }
}

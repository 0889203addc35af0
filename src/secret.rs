//! The signing secret: where it may come from, and what is refused.

pub(crate) mod lookalike;

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::Path,
    str::FromStr,
};

use base64::{
    Engine,
    alphabet::{self, Alphabet},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

use crate::error::{Lookalike, ParseSettingError, SecretError};

/// The secret with which Quiltt lets a backend sign sessions itself.
///
/// Its format is not public, so no encoding is guessed, and nothing is trimmed: [`options`](Self::options) name an encoding.
///
/// # Security
///
/// The bytes are wiped on drop, and there is no way to get them out again. A signer or verifier that was built from the secret
/// keeps HMAC's states behind the padded keys, which are as good as the key, and wipes them on drop.
///
/// # Errors
///
/// All constructors refuse, with a [`SecretError`]:
/// - less than 64 bytes, the length of HS512's hash (RFC 7518 §3.2), or more than 4096; of a
///   secret of up to 128 bytes, four or more NULs at its end do not count, since HMAC pads with NULs itself;
/// - bytes that are all the same, such as zeros;
/// - text with white space, invisible characters or a pair of quotes around it: `"…\n"`, a byte order mark, U+200B;
/// - text that stands for a secret and is none ([`SecretError::LooksLike`]): a reference, path or template that nobody
///   resolved, a ciphertext, another service's credential or another kind of key, a line or row of some other format, a message,
///   a placeholder, words. Bytes of which three quarters are printable ASCII are text. Random text over letters, digits and
///   punctuation is never refused, also behind a vendor's prefix such as `whsec_`; of random text over all of printable ASCII
///   fewer than one in a thousand are, which [`allow_lookalike`](SecretOptions::allow_lookalike) accepts;
/// - what is not random: few characters, a word or mask over and over, a run of the alphabet or of the keyboard, a key that
///   documentation shows, a hash of a common password;
/// - the published secret of [`demo`](Self::demo);
/// - any of these in base64, base32, hexadecimal digits or `%41`, in up to three layers, whatever encoding was named. Where
///   another text comes out, [a warning](SecretWarning::Encoded) says so.
///
/// # Examples
///
/// ```
/// use quiltt_session::SigningSecret;
///
/// let secret = SigningSecret::from_bytes("hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK")?;
/// assert_eq!(format!("{secret:?}"), "SigningSecret(512 bits)");
/// # Ok::<(), quiltt_session::SecretError>(())
/// ```
pub struct SigningSecret {
    bytes: Zeroizing<Vec<u8>>,
    warnings: Vec<SecretWarning>,
}

impl SigningSecret {
    /// The maximum length, in bytes, before and after decoding.
    pub const MAX_LENGTH: usize = 4096;

    /// The secret is these bytes, as they are.
    ///
    /// # Errors
    ///
    /// See [the type](Self#errors).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, SecretError> {
        Self::options().from_bytes(bytes)
    }

    /// The secret is the value of the environment variable `name`, as it is. If there is a variable `{name}_FINGERPRINT`, the
    /// secret must have [that fingerprint](SecretOptions::expect_fingerprint) too.
    ///
    /// # Errors
    ///
    /// A variable that is not set, empty or not Unicode, another fingerprint, or what [the type](Self#errors) lists. The value
    /// is in no error.
    pub fn from_env(name: &str) -> Result<Self, SecretError> {
        Self::options().from_env(name)
    }

    /// The secret is the content of the file at `path`, as it is: a line break at its end is refused, not trimmed.
    ///
    /// # Errors
    ///
    /// A file that is missing, a directory, not readable, empty or longer than 4096 bytes, or what
    /// [the type](Self#errors) lists.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SecretError> {
        Self::options().from_file(path)
    }

    /// The published demo secret, for examples and tests that need none of their own: whoever reads this page can sign
    /// with it. No other constructor takes it.
    #[must_use]
    pub fn demo() -> Self {
        Self { bytes: Zeroizing::new(DEMO.to_vec()), warnings: vec![] }
    }

    /// Source, encoding and length rule in any combination.
    pub const fn options() -> SecretOptions {
        SecretOptions { encoding: SecretEncoding::Raw, need: STRONG, lookalike: false, fingerprints: vec![] }
    }

    /// The length of the secret, decoded, in bits; NULs at its end that [do not count](Self#errors) are left out.
    #[must_use]
    pub fn bits(&self) -> usize {
        bits(without_padding(&self.bytes).len())
    }

    /// What is allowed but should be fixed, for the caller to log.
    #[must_use]
    pub fn warnings(&self) -> &[SecretWarning] {
        &self.warnings
    }

    fn if_one_of(self, fingerprints: &[String]) -> Result<Self, SecretError> {
        if fingerprints.is_empty() || fingerprints.contains(&self.fingerprint()) {
            return Ok(self);
        }
        Err(SecretError::Fingerprint { expected: fingerprints.join(" or "), found: self.fingerprint() })
    }

    /// The bytes. Every use of the raw secret in this crate has this name.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecret({} bits)", self.bits())
    }
}

/// How a [`SigningSecret`] is written down.
///
/// Most texts are good in several encodings, and another secret in each: the text does not say which one is meant.
///
/// # Examples
///
/// ```
/// use quiltt_session::{SecretEncoding, SigningSecret};
///
/// let text = "7b1e94c05da2f8368e4f019ac7d35b62e80d7f41b396ca250f6ed8137c9452ab\
///             d24f0b9e7631a85cc9127de3508f46ba1a9f63d4e5078b2c4ed591f0782a3c6b";
/// let bits = |encoding| SigningSecret::options().encoding(encoding).from_bytes(text).map(|secret| secret.bits());
/// assert_eq!(bits(SecretEncoding::Raw), Ok(1024));
/// assert_eq!(bits(SecretEncoding::Base64), Ok(768));
/// assert_eq!(bits("hex".parse()?), Ok(512));
/// # Ok::<(), quiltt_session::ParseSettingError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretEncoding {
    /// Not encoded: the text's bytes are the secret.
    #[default]
    Raw,
    /// RFC 4648 §4, padding optional.
    Base64,
    /// RFC 4648 §5, padding optional.
    Base64Url,
    /// RFC 4648 §8, either case.
    Hex,
}

impl SecretEncoding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Base64, Self::Base64Url, Self::Hex];
}

/// Writes `raw`, `base64`, `base64url` or `hex`, the names that configuration knows.
impl fmt::Display for SecretEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Raw => "raw",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
            Self::Hex => "hex",
        })
    }
}

/// Reads what `Display` writes, and nothing else. The error does not show the text, in case it is the secret.
impl FromStr for SecretEncoding {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        const UNKNOWN: ParseSettingError = ParseSettingError { expected: "one of raw, base64, base64url and hex" };

        Self::ALL.into_iter().find(|encoding| encoding.to_string() == text).ok_or(UNKNOWN)
    }
}

impl<'de> Deserialize<'de> for SecretEncoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What is allowed of a [`SigningSecret`] but should be fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretWarning {
    /// Shorter than HS512's hash (RFC 7518 §3.2).
    #[error("it has {bits} bits, fewer than the 512 of RFC 7518 §3.2")]
    Short {
        /// Its length, in bits.
        bits: usize,
    },
    /// The secret looks like something else, and was accepted because [that was allowed](SecretOptions::allow_lookalike).
    #[error("it was taken although it looks like a {0}")]
    LooksLike(Lookalike),
    /// What was taken is encoded text, such as the value of a Kubernetes Secret that was encoded by hand as well.
    #[error(
        "layers of encoding around its text: {layers}; a host that decodes more or fewer of them signs differently"
    )]
    Encoded {
        /// How many layers of base64, base32, hexadecimal digits or percent signs stand around the text, with that of the
        /// [encoding](SecretOptions::encoding) that was named.
        layers: usize,
    },
    /// Every user of the machine may read the file, or others than its owner may write to it, and so choose the secret.
    #[error("its file is open to others than its owner (mode {mode:03o}): chmod it to 600 or 440")]
    OpenToOthers {
        /// The file's permission bits.
        mode: u32,
    },
}

/// How to read a [`SigningSecret`]: see [`SigningSecret::options`].
///
/// # Examples
///
/// ```
/// use quiltt_session::{SecretEncoding, SecretError, SigningSecret};
///
/// let options = SigningSecret::options().encoding(SecretEncoding::Hex).allow_short();
/// assert!(options.from_bytes("7b1e94c05da2f8368e4f019ac7d35b62e80d7f41b396ca250f6ed8137c9452ab").is_ok());
/// let error = options.from_env("NO_SUCH_VARIABLE").unwrap_err();
/// assert_eq!(error, SecretError::EnvironmentUnset { name: "NO_SUCH_VARIABLE".into() });
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SecretOptions {
    encoding: SecretEncoding,
    /// Least length, in bytes.
    need: usize,
    /// Whether one that looks like something else is taken.
    lookalike: bool,
    /// One of these is the secret's, if there are any.
    fingerprints: Vec<String>,
}

impl SecretOptions {
    /// How the secret is written down; as it is, unless set.
    pub const fn encoding(mut self, encoding: SecretEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Accepts 32 to 63 bytes as well, fewer than RFC 7518 §3.2 demands of HS512.
    pub const fn allow_short(mut self) -> Self {
        self.need = SHORT;
        self
    }

    /// Takes what [looks like](SecretError::LooksLike) something else, or has white space, quotes or invisible characters
    /// around it, for whoever really has such a secret; [a warning](SecretWarning::LooksLike) says that it was taken. Length,
    /// encoding and the demo secret are still refused.
    pub const fn allow_lookalike(mut self) -> Self {
        self.lookalike = true;
        self
    }

    /// Refuses each secret but the one with this [fingerprint](SigningSecret::fingerprint). Shells, env files and configuration
    /// libraries change secrets and say nothing (`docs/carriers.md`); only a fingerprint tells a changed secret from the right
    /// one. Called again, it allows one secret more, for a rotation or for several files of `Reloading`.
    pub fn expect_fingerprint(mut self, fingerprint: &str) -> Self {
        self.fingerprints.push(expected(fingerprint));
        self
    }

    /// Reads the secret from memory, such as the answer of a secret manager.
    ///
    /// # Errors
    ///
    /// See [`SigningSecret`](SigningSecret#errors).
    pub fn from_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<SigningSecret, SecretError> {
        let written = bytes.as_ref();
        refuse_overlong(written.len())?;
        let text = self.doubt(lookalike::refuse(written).map(|()| 0))?;
        let bytes = decode(written, self.encoding)?;
        refuse_weak(&bytes, self.need)?;
        let named = usize::from(self.encoding != SecretEncoding::Raw);
        let layers = lookalike::refuse_inside(written, LAYERS.saturating_add(named)).and_then(|layers| match named {
            0 => Ok(layers),
            _ => lookalike::refuse(&bytes).map(|()| if layers > named { layers } else { 0 }),
        });
        let inside = self.doubt(layers)?;
        let mut secret = SigningSecret { bytes, warnings: vec![] };
        let bits = secret.bits();
        let short = (bits < self::bits(STRONG)).then_some(SecretWarning::Short { bits });
        secret.warnings.extend([short, text.or(inside)].into_iter().flatten());
        secret.if_one_of(&self.fingerprints)
    }

    /// Returns the warning for a secret that is taken. `layers`: how many layers of encoding were found, or why the secret is
    /// doubtful, which is an error unless [lookalikes are allowed](Self::allow_lookalike).
    fn doubt(&self, layers: Result<usize, SecretError>) -> Result<Option<SecretWarning>, SecretError> {
        match layers {
            Ok(layers) => Ok((layers > 0).then_some(SecretWarning::Encoded { layers })),
            Err(SecretError::Demo) => Err(SecretError::Demo),
            Err(error) if !self.lookalike => Err(error),
            Err(SecretError::LooksLike(what)) => Ok(Some(SecretWarning::LooksLike(what))),
            Err(_) => Ok(Some(SecretWarning::LooksLike(Lookalike::Surrounded))),
        }
    }

    /// Reads the secret from an environment variable.
    ///
    /// # Errors
    ///
    /// See [`SigningSecret::from_env`].
    pub fn from_env(&self, name: &str) -> Result<SigningSecret, SecretError> {
        let secret = self.from_bytes(read_env(name)?.as_bytes())?;
        let beside = std::env::var_os(format!("{name}_FINGERPRINT")).map(|text| expected(&text.to_string_lossy()));
        secret.if_one_of(beside.as_slice())
    }

    /// Reads the secret from a file. On Unix, one that is [open to others](SecretWarning::OpenToOthers) earns a warning.
    ///
    /// # Errors
    ///
    /// See [`SigningSecret::from_file`].
    pub fn from_file(&self, path: impl AsRef<Path>) -> Result<SigningSecret, SecretError> {
        self.secret_of(read_file(path.as_ref())?)
    }

    pub(crate) fn secret_of(&self, (content, warning): Content) -> Result<SigningSecret, SecretError> {
        let mut secret = self.from_bytes(content.as_slice())?;
        secret.warnings.extend(warning);
        Ok(secret)
    }
}

/// Returns a fingerprint as an error may show it. Other text may be the secret itself, put there by mistake, so a description
/// takes its place, which no secret's fingerprint equals.
fn expected(fingerprint: &str) -> String {
    let is_one = fingerprint.len() == 16 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_one { fingerprint.to_ascii_lowercase() } else { "of sixteen hexadecimal digits, not other text".to_owned() }
}

/// The value of an environment variable, in a buffer that is wiped.
pub(crate) fn read_env(name: &str) -> Result<Zeroizing<String>, SecretError> {
    let value = std::env::var_os(name);
    let name = || shown_name(name);
    let value = value.ok_or_else(|| SecretError::EnvironmentUnset { name: name() })?;
    let value = value.into_string().map_err(|value| {
        drop(Zeroizing::new(value.into_encoded_bytes()));
        SecretError::EnvironmentNotUnicode { name: name() }
    })?;
    let value = Zeroizing::new(value);
    if value.is_empty() {
        return Err(SecretError::EnvironmentEmpty { name: name() });
    }
    Ok(value)
}

/// The content of a file, in a buffer that is wiped, and the warning about the file.
pub(crate) type Content = (Zeroizing<Vec<u8>>, Option<SecretWarning>);

pub(crate) fn read_file(path: &Path) -> Result<Content, SecretError> {
    read_open_file(path, File::open(path).map_err(|error| unreadable(path, &error))?)
}

pub(crate) fn read_open_file(path: &Path, file: File) -> Result<Content, SecretError> {
    let failed = |error: io::Error| unreadable(path, &error);
    let warning = permission_warning(&file).map_err(failed)?;
    let content = read_capped(file).map_err(failed)?;
    if content.is_empty() {
        return Err(SecretError::FileEmpty { path: shown(path) });
    }
    Ok((content, warning))
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> SecretError {
    SecretError::File { path: shown(path), kind: error.kind() }
}

/// The path, for an error. A secret may stand in the path's place by mistake, so the part that does not exist is described
/// instead, unless all of that part [looks like names](is_like_a_name).
pub(crate) fn shown(path: &Path) -> String {
    let existing = path.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok()).unwrap_or(Path::new(""));
    let rest = path.strip_prefix(existing).unwrap_or(path).as_os_str();
    match rest.to_str().is_some_and(is_like_a_name) {
        true => path.display().to_string(),
        false => existing.join(described(rest.len())).display().to_string(),
    }
}

/// The name of an environment variable, for an error; the same rule as for a path.
fn shown_name(name: &str) -> String {
    let is_name = is_like_a_name(name) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { name.to_owned() } else { described(name.len()) }
}

fn described(length: usize) -> String {
    format!("(not shown: {length} bytes that look like no name)")
}

/// Whether the text consists of words such as `QUILTT`, `Secret` or `oauth2`: letters of one case, the first of which may be
/// a capital, then digits. Random text of any usual alphabet mixes cases and digits.
fn is_like_a_name(text: &str) -> bool {
    text.len() < STRONG && text.split(|character: char| !character.is_ascii_alphanumeric()).all(is_word)
}

fn is_word(word: &str) -> bool {
    const MAX_LETTERS: usize = 14; // as many as AUTHENTICATION has
    const MAX_DIGITS: usize = 8; // as many as a date has

    let letters = word.trim_end_matches(|character: char| character.is_ascii_digit());
    let starts_with_a_digit = letters.starts_with(|character: char| character.is_ascii_digit());
    let digits = word.len().saturating_sub(letters.len());
    let is_short = letters.len() <= MAX_LETTERS && digits <= MAX_DIGITS;
    is_short && !starts_with_a_digit && lookalike::is_word(letters.as_bytes())
}

const DEMO: &[u8; STRONG] = b"quiltt-session-demo-secret--never-use-in-production-0123456789ab";
/// RFC 7518 §3.2: a key of the hash's length or more.
const STRONG: usize = 64;
/// The least that `allow_short` allows: 256 bits.
const SHORT: usize = 32;
/// HMAC-SHA512 pads a secret up to here with NULs, and hashes a longer one.
const BLOCK: usize = 128;
/// So many layers of encoding are looked through.
const LAYERS: usize = 3;
/// Fewer NULs may stand at the end of a random secret by chance.
const PADDING: usize = 4;

const fn bits(bytes: usize) -> usize {
    bytes.saturating_mul(8)
}

pub(crate) const fn refuse_overlong(length: usize) -> Result<(), SecretError> {
    if length > SigningSecret::MAX_LENGTH {
        return Err(SecretError::TooLong { max: SigningSecret::MAX_LENGTH });
    }
    Ok(())
}

fn refuse_weak(bytes: &[u8], need: usize) -> Result<(), SecretError> {
    let (counted, signs_as) = (without_padding(bytes), without_nuls(bytes));
    if bytes.len() >= need && signs_as.iter().all(|byte| Some(byte) == signs_as.first()) {
        return Err(SecretError::AllOneByte);
    }
    if counted.len() < need {
        return Err(SecretError::TooShort { have_bits: bits(counted.len()), need_bits: bits(need) });
    }
    if signs_as == DEMO {
        return Err(SecretError::Demo);
    }
    Ok(())
}

/// The bytes that count: without NULs at the end that are too many to be there by chance.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let rest = without_nuls(bytes);
    if bytes.len().saturating_sub(rest.len()) < PADDING { bytes } else { rest }
}

/// The shortest secret that signs as this one does.
fn without_nuls(mut bytes: &[u8]) -> &[u8] {
    if bytes.len() <= BLOCK {
        while let [rest @ .., 0] = bytes {
            bytes = rest;
        }
    }
    bytes
}

fn decode(written: &[u8], encoding: SecretEncoding) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    match encoding {
        SecretEncoding::Raw => Ok(Zeroizing::new(written.to_vec())),
        SecretEncoding::Base64 => decode_base64(written, &alphabet::STANDARD, "base64"),
        SecretEncoding::Base64Url => decode_base64(written, &alphabet::URL_SAFE, "base64url"),
        SecretEncoding::Hex => decode_hex(written),
    }
}

fn decode_base64(
    written: &[u8],
    alphabet: &Alphabet,
    encoding: &'static str,
) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    // All of the padding or none of it.
    let padding =
        if written.ends_with(b"=") { DecodePaddingMode::RequireCanonical } else { DecodePaddingMode::RequireNone };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    // Long enough from the start, so that no part of the secret is left behind in a buffer that was outgrown.
    let mut bytes = Zeroizing::new(vec![0; written.len()]);
    let length = GeneralPurpose::new(alphabet, config)
        .decode_slice(written, &mut bytes)
        .map_err(|_| SecretError::NotInEncoding { encoding })?;
    bytes.truncate(length);
    Ok(bytes)
}

fn decode_hex(written: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let is_hex = written.len().is_multiple_of(2) && written.iter().all(u8::is_ascii_hexdigit);
    let bytes = if is_hex { lookalike::of_hex(written) } else { None };
    bytes.ok_or(SecretError::NotInEncoding { encoding: "hexadecimal digits" })
}

/// Reads at most one byte more than a secret may have, so that a file without end does no harm.
fn read_capped(file: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    const LIMIT: usize = SigningSecret::MAX_LENGTH + 1;

    // Long enough from the start, so that the buffer never grows and leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT));
    file.take(LIMIT as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn permission_warning(file: &File) -> io::Result<Option<SecretWarning>> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = file.metadata()?;
    let mode = metadata.permissions().mode() & 0o777;
    let is_open = metadata.is_file() && mode & 0o026 != 0;
    Ok(is_open.then_some(SecretWarning::OpenToOthers { mode }))
}

#[cfg(not(unix))]
fn permission_warning(_: &File) -> io::Result<Option<SecretWarning>> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file whose first read a signal interrupts, and whose others give a byte each.
    struct Interrupted<'f>(bool, &'f [u8]);

    impl Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, false) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let [room, ..] = buffer else { return Ok(0) };
            self.1.read(std::slice::from_mut(room))
        }
    }

    #[test]
    fn a_read_that_a_signal_interrupts_goes_on_and_one_that_fails_is_an_error() {
        assert_eq!(read_capped(Interrupted(true, b"secret")).unwrap().as_slice(), b"secret");
        let fails = File::open("/").and_then(read_capped);
        assert!(fails.is_err_and(|error| error.kind() != io::ErrorKind::Interrupted));
    }
}

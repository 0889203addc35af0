//! The signing secret: its place, and advice about a secret that is refused.

use std::{
    env, fmt,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use quiltt_session::{Lookalike, SecretEncoding, SecretError, SecretOptions, SigningSecret};
use zeroize::Zeroizing;

use crate::{carriers, failure::Failure, output, written::Written};

/// The place and the encoding of the signing secret.
#[derive(Args, Debug)]
#[command(next_help_heading = "Signing secret")]
pub(crate) struct SecretSettings {
    /// File with the secret and nothing else, not even a newline [default: the value of QUILTT_SIGNING_SECRET]
    #[arg(long, value_name = "PATH")]
    secret_file: Option<PathBuf>,

    /// How the secret is written down
    #[arg(long, value_name = "ENCODING", value_enum, default_value_t)]
    pub(crate) secret_encoding: Encoding,

    /// Take a secret of 32 to 63 bytes, fewer than HS512 asks for (RFC 7518 §3.2)
    #[arg(long)]
    allow_short_secret: bool,

    /// Take a secret that looks like something else, such as a path, a placeholder or words, if it really is the secret
    #[arg(long)]
    allow_lookalike_secret: bool,

    /// Refuse every secret but the one with this fingerprint, which `doctor` shows; may be repeated while secrets are rotated.
    /// The secret in QUILTT_SIGNING_SECRET must also have the one in QUILTT_SIGNING_SECRET_FINGERPRINT, if that is set
    #[arg(long, value_name = "FINGERPRINT")]
    expect_fingerprint: Vec<String>,

    /// Use the published demo secret, to try things out: everyone knows it, and Quiltt refuses what it signs
    #[arg(long, conflicts_with_all = ["secret_file", "secret_encoding", "allow_short_secret", "allow_lookalike_secret", "expect_fingerprint"])]
    demo: bool,
}

/// The secrets that are accepted beside the one that signs, while secrets are rotated.
#[derive(Args, Debug)]
#[command(next_help_heading = "Signing secret")]
pub(crate) struct OtherSecrets {
    /// File with one more secret whose tokens pass, in the same encoding, while secrets are rotated; may be repeated
    #[arg(long, value_name = "PATH", conflicts_with = "demo")]
    pub(crate) also_secret_file: Vec<PathBuf>,
}

impl OtherSecrets {
    /// Reads the secrets, and writes their warnings.
    pub(crate) fn accept(&self, settings: &SecretSettings) -> Result<Vec<SigningSecret>, Failure> {
        self.also_secret_file.iter().map(|path| settings.find_in(path).accept()).collect()
    }
}

/// The environment variable that holds the secret.
const SECRET_VARIABLE: &str = "QUILTT_SIGNING_SECRET";

impl SecretSettings {
    /// Reads the secret, and writes its warnings.
    pub(crate) fn read(&self) -> Result<SigningSecret, Failure> {
        if let Some((secret, note)) = self.demo() {
            output::complain(format_args!("note: {note}"));
            return Ok(secret);
        }
        self.find()?.accept()
    }

    /// Returns the demo secret with its note, if `--demo` asks for that secret; nothing else does.
    pub(crate) fn demo(&self) -> Option<(SigningSecret, String)> {
        let instead =
            if env::var_os(SECRET_VARIABLE).is_some() { ", not the one in QUILTT_SIGNING_SECRET" } else { "" };
        let note = format!("this is the demo secret{instead}; everyone knows it, and Quiltt will refuse its sessions");
        self.demo.then(|| (SigningSecret::demo(), note))
    }

    /// Whether the demo secret was asked for.
    pub(crate) const fn is_demo(&self) -> bool {
        self.demo
    }

    /// The text of the secret; fails at once if there is none to read.
    pub(crate) fn find(&self) -> Result<FoundSecret<'_>, Failure> {
        match &self.secret_file {
            Some(path) => Ok(self.find_in(path)),
            None if env::var_os(SECRET_VARIABLE).is_some() => {
                Ok(FoundSecret { settings: self, text: Written::Variable(SECRET_VARIABLE) })
            }
            None => Err(Failure::Usage(format!(
                "expected a signing secret, found none: pass --secret-file PATH or set {SECRET_VARIABLE}, \
                 or try it with --demo"
            ))),
        }
    }

    /// The text of one more secret, written down in the same way.
    pub(crate) fn find_in<'s>(&'s self, path: &'s Path) -> FoundSecret<'s> {
        FoundSecret { settings: self, text: Written::in_file(path) }
    }

    fn options(&self, encoding: Encoding) -> SecretOptions {
        let options = SigningSecret::options().encoding(encoding.into());
        let options = if self.allow_short_secret { options.allow_short() } else { options };
        let options = if self.allow_lookalike_secret { options.allow_lookalike() } else { options };
        self.expect_fingerprint.iter().fold(options, |options, one| options.expect_fingerprint(one))
    }

    /// Returns the setting with which a host refuses every secret but the one with this fingerprint; `None` if one is set.
    pub(crate) fn expecting(&self, fingerprint: &str) -> Option<String> {
        const VARIABLE: &str = "QUILTT_SIGNING_SECRET_FINGERPRINT";

        let is_file = self.secret_file.is_some();
        let is_asked_for = !self.expect_fingerprint.is_empty() || !is_file && env::var_os(VARIABLE).is_some();
        let option = if is_file { "--expect-fingerprint " } else { "QUILTT_SIGNING_SECRET_FINGERPRINT=" };
        (!is_asked_for).then(|| format!("{option}{fingerprint}"))
    }

    /// Where the secret is, in words.
    pub(crate) fn source(&self) -> String {
        match &self.secret_file {
            Some(path) => path.display().to_string(),
            None => SECRET_VARIABLE.to_owned(),
        }
    }
}

/// The text of a secret, and the settings that say how to read the text.
#[derive(Debug)]
pub(crate) struct FoundSecret<'s> {
    settings: &'s SecretSettings,
    text: Written<'s>,
}

impl FoundSecret<'_> {
    /// Reads the secret in the encoding of the settings and writes its warnings; or returns a failure that names its place.
    pub(crate) fn accept(&self) -> Result<SigningSecret, Failure> {
        let secret = self.read().map_err(|error| Failure::Failed(self.explain(&error)))?;
        for warning in secret.warnings() {
            output::complain(format_args!("warning: signing secret in {}: {warning}", self.text));
        }
        Ok(secret)
    }

    /// Reads the secret in the encoding of the settings.
    pub(crate) fn read(&self) -> Result<SigningSecret, SecretError> {
        self.text.read(self.settings.options(self.settings.secret_encoding))
    }

    /// The other encodings in which the text is a secret, the strictest first.
    pub(crate) fn other_encodings(&self) -> impl Iterator<Item = (Encoding, SigningSecret)> {
        let others = Encoding::STRICTEST_FIRST.into_iter().filter(|&other| other != self.settings.secret_encoding);
        others.filter_map(|other| Some((other, self.text.read(self.settings.options(other)).ok()?)))
    }

    /// Returns how the text may have lost line breaks or lines on another host, if `is_meant` takes the rest as a secret, in any
    /// encoding.
    pub(crate) fn garbled(&self, is_meant: impl Fn(&SigningSecret) -> bool) -> Option<&'static str> {
        let text = self.text.bytes()?;
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        // The buffer has room for the whole text: if it grew, it would leave a copy of a part behind.
        let mut joined = Zeroizing::new(Vec::with_capacity(text.len()));
        joined.extend(text.iter().copied().filter(|byte| !is_break(byte)));
        let start = |length| text.get(..length).unwrap_or(&text);
        let read = |bytes: &[u8], encoding: Encoding| {
            SigningSecret::options().allow_short().allow_lookalike().encoding(encoding.into()).from_bytes(bytes)
        };
        let is_secret = |bytes: &[u8]| {
            Encoding::STRICTEST_FIRST
                .into_iter()
                .any(|encoding| read(bytes, encoding).is_ok_and(|secret| is_meant(&secret)))
        };
        let garbled = [
            ("with its line breaks taken out (`| tr -d '\\n'`)", joined.as_slice()),
            ("as its first line alone", text.split(is_break).next().unwrap_or(&text)),
            ("as its first 64 characters, a line of `openssl rand -base64`", start(LINE)),
            ("as its first 76 characters, a line of `base64`", start(76)),
        ];
        garbled.into_iter().find(|(_, bytes)| is_secret(bytes)).map(|(how, _)| how)
    }

    /// Returns notes on the characters that carriers change.
    pub(crate) fn carrier_notes(&self) -> Vec<String> {
        let bytes = self.text.bytes();
        let text = bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.map_or_else(Vec::new, carriers::notes)
    }

    /// Whether the text is one whole line of wrapped base64, whose other lines may be lost.
    pub(crate) fn may_be_a_first_line(&self) -> bool {
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
        self.text.bytes().is_some_and(|text| text.len() == LINE && text.iter().all(is_base64))
    }

    /// Whether the text has a `+` or `/`, as base64 has and few other texts have.
    pub(crate) fn is_marked_as_base64(&self) -> bool {
        self.text.bytes().is_some_and(|text| text.iter().any(|byte| b"+/".contains(byte)))
    }

    /// Returns a line that names the place of the secret, the error and, if the error does not say, what to do.
    pub(crate) fn explain(&self, error: &SecretError) -> String {
        let place = if names_its_source(error) { String::new() } else { format!(" in {}", self.text) };
        format!("signing secret{place}: {error}{}", self.advice(error))
    }

    fn advice(&self, error: &SecretError) -> String {
        const WHOLE: &str = "check that the whole secret was copied";

        let other = self.other_encodings().next().map(|(encoding, _)| format!("with --secret-encoding {encoding}"));
        match *error {
            SecretError::TooShort { .. }
                if self.settings.secret_encoding != Encoding::Hex && self.may_be_a_first_line() =>
            {
                format!("; {FIRST_LINE}")
            }
            SecretError::TooShort { have_bits, .. } => {
                let advice = other.map_or_else(|| WHOLE.to_owned(), |other| format!("it passes {other}"));
                let remedy = match have_bits >= 256 && !self.settings.allow_short_secret {
                    true => "or pass --allow-short-secret if it is all that Quiltt gave you",
                    false => "or ask Quiltt for a longer one",
                };
                format!("; {advice}, {remedy}")
            }
            SecretError::Fingerprint { .. } => {
                other.map_or_else(String::new, |other| format!("; the one that is expected is this text {other}"))
            }
            SecretError::NotInEncoding { .. } => {
                format!("; {WHOLE}{}", other.map_or_else(String::new, |other| format!("; it passes {other}")))
            }
            _ => fixed_advice(error).to_owned(),
        }
    }
}

/// How long the lines are into which `openssl rand -base64` breaks what it writes.
const LINE: usize = 64;

/// What to say of a secret that may have lost all lines but the first.
pub(crate) const FIRST_LINE: &str = "it may be the first line of more, cut at a line break after 64 \
    characters: wrapped base64, whose lines `| tr -d '\\n'` joins";

/// Whether the error itself names its file or variable. The library shows no secret in a path.
const fn names_its_source(error: &SecretError) -> bool {
    matches!(
        error,
        SecretError::File { .. }
            | SecretError::FileEmpty { .. }
            | SecretError::EnvironmentEmpty { .. }
            | SecretError::EnvironmentNotUnicode { .. }
    )
}

const IN_POWERSHELL: &str = "; in PowerShell, Set-Content -NoNewline -Encoding ascii does";

fn fixed_advice(error: &SecretError) -> &'static str {
    match error {
        SecretError::AllOneByte => "; ask Quiltt for a real one",
        SecretError::LooksLike(Lookalike::Path) => "; here that is --secret-file PATH",
        SecretError::LooksLike(Lookalike::MarkedBase64) => "; here that is --secret-encoding base64",
        SecretError::LooksLike(Lookalike::Utf16) => IN_POWERSHELL,
        SecretError::SurroundingInvisible { found } if found.starts_with("a byte order mark") => IN_POWERSHELL,
        SecretError::Demo => "; here that is --demo",
        SecretError::File { .. } => "; check the path and its permissions",
        _ => "",
    }
}

/// How the secret is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encoding {
    /// As it is, without any encoding
    #[default]
    Raw,
    /// RFC 4648 §4, padding optional
    Base64,
    /// RFC 4648 §5, padding optional
    Base64url,
    /// Hexadecimal digits of either case
    Hex,
}

impl Encoding {
    /// What is good in one of these is good in most of those behind it.
    const STRICTEST_FIRST: [Self; 4] = [Self::Hex, Self::Base64, Self::Base64url, Self::Raw];

    /// Whether a text in this encoding is seldom meant to be in the other one, which takes more texts.
    pub(crate) fn is_stricter_than(self, other: Self) -> bool {
        let place = |encoding| Self::STRICTEST_FIRST.iter().position(|&one| one == encoding);
        let is_base64 = |encoding| matches!(encoding, Self::Base64 | Self::Base64url);
        place(self) < place(other) && !(is_base64(self) && is_base64(other))
    }
}

/// The name that the command line knows it by, which is the library's.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SecretEncoding::from(*self).fmt(f)
    }
}

impl From<Encoding> for SecretEncoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Raw => Self::Raw,
            Encoding::Base64 => Self::Base64,
            Encoding::Base64url => Self::Base64Url,
            Encoding::Hex => Self::Hex,
        }
    }
}

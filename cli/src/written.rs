//! The text of a secret, which can be read in one encoding after the other.

use std::{env, fmt, fs::File, io::Read, path::Path};

use quiltt_session::{SecretError, SecretOptions, SigningSecret};
use zeroize::Zeroizing;

/// The place of a secret's text. The library itself reads variables and files, since its errors and warnings name both.
pub(crate) enum Written<'s> {
    /// In an environment variable.
    Variable(&'static str),
    /// In a file.
    File(&'s Path),
    /// In a pipe or device, which can be read only once; the result of that read.
    Once(&'s Path, Result<Zeroizing<Vec<u8>>, SecretError>),
}

impl<'s> Written<'s> {
    /// Reads a pipe or device at once, and a file later.
    pub(crate) fn in_file(path: &'s Path) -> Self {
        match path.metadata() {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Self::Once(path, read_once(path)),
            _ => Self::File(path),
        }
    }

    pub(crate) fn read(&self, options: SecretOptions) -> Result<SigningSecret, SecretError> {
        match self {
            Self::Variable(name) => options.from_env(name),
            Self::File(path) => options.from_file(path),
            Self::Once(_, Ok(bytes)) => options.from_bytes(bytes),
            Self::Once(_, Err(error)) => Err(error.clone()),
        }
    }

    /// Returns the bytes of the text, if the place can be read: they show why a secret was refused.
    pub(crate) fn bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Variable(name) => env::var_os(name).map(|value| Zeroizing::new(value.into_encoded_bytes())),
            Self::File(path) => read_once(path).ok(),
            Self::Once(_, bytes) => bytes.clone().ok(),
        }
    }
}

fn read_once(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    // A byte more than the longest secret. The buffer has room from the start: if it grew, it would leave a copy behind.
    const LIMIT: usize = SigningSecret::MAX_LENGTH + 1;

    let path_text = || path.display().to_string();
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LIMIT));
    File::open(path)
        .and_then(|file| file.take(LIMIT as u64).read_to_end(&mut bytes))
        .map_err(|error| SecretError::File { path: path_text(), kind: error.kind() })?;
    if bytes.is_empty() {
        return Err(SecretError::FileEmpty { path: path_text() });
    }
    Ok(bytes)
}

/// Writes the name of the variable, or the path.
impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::File(path) | Self::Once(path, _) => path.display().fmt(f),
        }
    }
}

/// Shows where the secret is, and nothing of the secret.
impl fmt::Debug for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Written({self})")
    }
}

//! Whose cryptography a build has.

use std::fmt;

/// Whose cryptography signs and verifies in this build, and draws random ids: what the features name, the strictest if
/// there are several. `Display` is for a log.
///
/// | feature | [`provider`](Self::provider) | [`version`](Self::version) |
/// |---|---|---|
/// | `fips` | `AWS-LC` | the release of its FIPS module, such as `4.2.0`; none with `aws-lc-rs` before 1.18 |
/// | `aws-lc-rs` | `AWS-LC` | its release, such as `5.12.0` |
/// | `ring` | `ring` | the series, such as `0.17`: it does not say the release |
/// | `rustcrypto`, the default | `RustCrypto` | the crate and its series, such as `sha2 0.11` |
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// let signer = SessionSigner::builder(SigningSecret::demo()).build()?;
/// let crypto = signer.crypto();
/// println!("sessions are signed by {crypto}"); // AWS-LC 4.2.0, its FIPS module, whose self-tests passed
/// assert!(cfg!(not(feature = "fips")) || crypto.is_fips());
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crypto {
    pub(super) provider: &'static str,
    pub(super) version: &'static str,
    pub(super) is_fips: bool,
}

impl Crypto {
    /// The library's name.
    #[must_use]
    pub const fn provider(&self) -> &'static str {
        self.provider
    }

    /// As much as the library says of its version.
    #[must_use]
    pub const fn version(&self) -> &'static str {
        self.version
    }

    /// Whether it is AWS-LC's FIPS module, and the self-tests passed with which it starts. Which certificate a release has,
    /// or waits for, NIST says and not the module.
    #[must_use]
    pub const fn is_fips(&self) -> bool {
        self.is_fips
    }
}

impl fmt::Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, version, is_fips } = self;
        let fips = if *is_fips { ", its FIPS module, whose self-tests passed" } else { "" };
        write!(f, "{provider} {version}{fips}")
    }
}

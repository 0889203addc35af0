//! Several signing secrets at once, while one replaces another.

use crate::{
    mint::{builder::SessionSignerBuilder, signer::SessionSigner},
    secret::SigningSecret,
    verify::{SessionVerifier, SessionVerifierBuilder},
};

/// The secret that signs, and those that are still, or already, verified.
///
/// To replace a secret without refusing a valid session, go through these steps, and finish each on all machines before
/// the next:
///
/// 1. verifiers take the new secret as well: `active` old, `previous` new;
/// 2. signers sign with the new one: `active` new, `previous` old;
/// 3. one time to live later, the old one is dropped: `active` new. It is safe once no session that verifies has another
///    [`secret_index`](crate::VerifiedSession::secret_index) than 0.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// let old = SigningSecret::demo();
/// # let session = SessionSigner::builder(&old).build()?.mint(ProfileId::random()?)?;
/// let new = SigningSecret::from_hex("0123456789abcdef".repeat(8))?;
/// let secrets = SigningSecrets { active: new, previous: vec![old] };
///
/// let signer = secrets.signer().build()?;
/// let verifier = secrets.verifier().build()?;
/// assert_eq!(verifier.verify(session.token())?.secret_index(), 1, "signed with the old secret");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SigningSecrets {
    /// Signs, and is verified.
    pub active: SigningSecret,
    /// Are verified only: the secret before the active one, or the one that is about to follow it.
    pub previous: Vec<SigningSecret>,
}

impl SigningSecrets {
    /// Starts to build a signer with the active secret.
    pub fn signer(&self) -> SessionSignerBuilder {
        SessionSigner::builder(&self.active)
    }

    /// Starts to build a verifier that takes what any of the secrets signed, the active one first: its
    /// [`secret_index`](crate::VerifiedSession::secret_index) is 0, and those of the previous ones follow from 1 on.
    pub fn verifier(&self) -> SessionVerifierBuilder {
        self.previous.iter().fold(SessionVerifier::builder(&self.active), SessionVerifierBuilder::also_accept)
    }
}

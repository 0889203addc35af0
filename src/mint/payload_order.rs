//! Which order the claims of a payload have.

/// Which order the claims of a payload have, and whether spaces stand before them.
///
/// To whoever reads JSON both are the same (RFC 8259 §2, §4), so every JWT library takes both. Quiltt publishes no rule for
/// self-signed tokens; where one is refused and you hunt for the reason, or where yours should look like Quiltt's, take
/// `AsIssued`.
///
/// # Examples
///
/// ```
/// # use quiltt_session::*;
/// # let secret = SigningSecret::demo();
/// let signer = SessionSigner::builder(&secret).payload(PayloadOrder::AsIssued).build()?;
/// let session = signer.mint(ProfileId::random()?)?;
/// let token = UntrustedToken::parse(session.token())?;
/// let claims = token.untrusted_claims()?;
/// assert_eq!(token.untrusted_payload_json(), serde_json::to_vec(&claims)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadOrder {
    /// What changes least comes first, behind as many spaces as let a mint cost two compressions of SHA-512. A token with
    /// all ids is 70 characters longer than `AsIssued`, which takes five (the bench `as_issued/into`).
    #[default]
    Aligned,
    /// As [`Claims`](crate::Claims) serialises: the order observed in Quiltt's tokens, without spaces. Claims of your own come
    /// last, as their JSON was given.
    AsIssued,
}

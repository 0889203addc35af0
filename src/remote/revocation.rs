//! What became of a revocation.

use super::refusal::Refusal;

/// What is known after [`QuilttAuth::revoke`](crate::QuilttAuth::revoke); either way Quiltt does not take the token.
///
/// # Examples
///
/// ```no_run
/// # use quiltt_session::*;
/// # async fn sign_out(auth: &QuilttAuth, token: &str) -> Result<(), RemoteError> {
/// match auth.revoke(token).await? {
///     Revocation::Revoked => println!("signed out"),
///     Revocation::NotActive(refusal) => println!("not signed in: {}", refusal.message().unwrap_or("no reason given")),
///     _ => {}
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the token may not have been active, so that nothing was revoked"]
#[non_exhaustive]
pub enum Revocation {
    /// Quiltt says that it revoked the session.
    Revoked,
    /// Quiltt refused the token (401) the first time that it was asked: it is wrong, expired or revoked already, so this
    /// call has revoked nothing.
    NotActive(
        /// What Quiltt said.
        Refusal,
    ),
}

//! LiveKit's server SDK, which does for LiveKit what quiltt-session does for Quiltt: a user's token, signed offline.
//!
//! The token is another one. It is signed with HS256, which hashes half the bits and has instructions of its own in many
//! processors; it has no session id, `iat`, audience, API key, organization or environment, but a grant to join a room;
//! it lives for six hours. The SDK takes the secret as text for each token.

use livekit_api::access_token::{AccessToken, TokenVerifier, VideoGrants};

use crate::{API_KEY, Peer, SECRET};

pub struct LivekitApi {
    verifier: TokenVerifier,
}

impl Peer for LivekitApi {
    const NAME: &str = "livekit-api";

    fn new() -> Self {
        Self { verifier: TokenVerifier::with_api_key(API_KEY, SECRET) }
    }

    fn mint(&self, profile: &str) -> String {
        let grants = VideoGrants { room_join: true, room: "room".to_owned(), ..VideoGrants::default() };
        AccessToken::with_api_key(API_KEY, SECRET).with_identity(profile).with_grants(grants).to_jwt().unwrap()
    }

    fn verify(&self, token: &str) -> Option<String> {
        Some(self.verifier.verify(token).ok()?.sub)
    }
}

//! Threads, panicking callers and late clocks do a signer no harm.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use quiltt_session::SessionId;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::forge::{self, NOW, at, profile};

/// A value with a mistake in its `Serialize`.
struct Panics;

impl Serialize for Panics {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("a mistake in a caller's Serialize")
    }
}

fn id(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

#[test]
fn of_64_threads_with_1000_mints_each_all_sessions_verify_and_no_id_comes_twice() {
    const THREADS: usize = 64;
    const MINTS: usize = 1000;
    let (signer, verifier, profile) = (forge::signer(), forge::verifier(), profile());
    let mint = || {
        let mut token = String::new();
        let ids: Vec<_> = (0..MINTS)
            .map(|_| {
                token.clear();
                let minted = signer.mint_into(profile, &mut token).unwrap().id();
                assert_eq!((verifier.verify(&token).unwrap().id(), minted.uuid().get_version_num()), (minted, 4));
                minted
            })
            .collect();
        ids
    };
    let ids: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(mint)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), THREADS * MINTS);
}

#[test]
fn a_panic_in_a_callers_serialize_leaves_the_signer_usable() {
    let signer = forge::signer();
    let before = signer.mint_at(profile(), at(NOW), id(1)).unwrap();
    let request = || signer.session(profile()).claim("a", 1).claim("b", Panics).mint();
    assert!(catch_unwind(AssertUnwindSafe(request)).is_err());
    let after = signer.mint_at(profile(), at(NOW), id(1)).unwrap();
    assert_eq!(before.token(), after.token());
    let session = signer.session(profile()).claim("b", 1).issued_at(at(NOW)).mint().unwrap();
    assert_eq!(forge::verify(session.token()).unwrap().claims().custom_claims().count(), 1);
}

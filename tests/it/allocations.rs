//! A mint allocates no more than the documentation says.

use allocation_counter::measure;
use quiltt_session::{BatchLanes, PayloadOrder, ProfileId, SessionVerifier, UntrustedToken};
use uuid::Uuid;

use crate::forge::{builder, profile, secret, verifier};

const ORDERS: [PayloadOrder; 2] = [PayloadOrder::Aligned, PayloadOrder::AsIssued];

#[test]
fn mint_into_a_buffer_with_room_allocates_nothing_not_even_the_first_time_or_for_a_stable_session() {
    for order in ORDERS {
        let signer = builder().payload(order).build().unwrap();
        let stable = signer.stable(std::time::Duration::from_secs(60)).unwrap();
        let mut token = String::with_capacity(2048);
        for _ in 0..1000 {
            token.clear();
            let allocated = measure(|| {
                signer.mint_into(profile(), &mut token).unwrap();
                stable.mint_into(profile(), &mut token).unwrap();
            });
            assert_eq!(allocated.count_total, 0, "{order:?}");
        }
    }
}

#[test]
fn mint_allocates_once_the_token() {
    for order in ORDERS {
        let signer = builder().payload(order).claim("plan", "x".repeat(2000)).build().unwrap();
        let allocated = measure(|| drop(signer.mint(profile())));
        assert_eq!(allocated.count_total, 1, "{order:?}");
    }
}

#[test]
fn a_batch_allocates_three_times_whatever_its_size() {
    let lanes = [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One];
    for (order, lanes) in ORDERS.into_iter().flat_map(|order| lanes.map(|lanes| (order, lanes))) {
        let signer = builder().payload(order).batch_lanes(lanes).build().unwrap();
        for count in [1, 7, 1000] {
            let profiles: Vec<ProfileId> = (0..count).map(|number| Uuid::from_u128(number).into()).collect();
            let allocated = measure(|| drop(signer.mint_batch(&profiles)));
            assert!(allocated.count_total <= 3, "{order:?}, {lanes:?}, {count}: {}", allocated.count_total);
        }
    }
}

#[test]
fn verifying_allocates_for_what_it_reads_and_not_for_what_it_expects_or_has_decoded() {
    let session = builder().environment(Uuid::nil().into()).build().unwrap().mint(profile()).unwrap();
    let plain = verifier();
    let expecting = SessionVerifier::builder(secret()).environment(Uuid::nil().into());
    let expecting = expecting.max_lifetime(std::time::Duration::from_secs(86_400)).build().unwrap();
    let token = UntrustedToken::parse(session.token()).unwrap();
    let count = |verify: &dyn Fn() -> bool| {
        assert!(verify());
        measure(|| assert!(verify())).count_total
    };
    let allocated = count(&|| plain.verify(session.token()).is_ok());
    // The decoded token.
    assert_eq!(allocated, 1);
    assert_eq!(count(&|| expecting.verify(session.token()).is_ok()), allocated);
    assert_eq!(count(&|| plain.verify_untrusted(&token).is_ok()), allocated - 1);
}

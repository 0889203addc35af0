//! A batch draws new ids and serialises as its sessions do; `template_equals_twin` compares each token.

use fearless_simd::Level;
use quiltt_session::{BatchLanes, MintError, ProfileId, SessionFormat, UnixTime};
use serde_json::Value;
use uuid::Uuid;

use crate::forge::{self, builder};

const WIDTHS: [BatchLanes; 3] = [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One];

/// Prints the vectors that the library finds here; CI wants AVX2 in the output where the processor has AVX2.
#[test]
fn vector_widths_that_the_tests_run_with_are_printed() {
    let level = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let vectors = [("AVX-512, ", level.as_avx512().is_some()), ("AVX2, ", level.as_avx2().is_some())];
    #[cfg(target_arch = "aarch64")]
    let vectors = [
        ("NEON, ", level.as_neon().is_some()),
        ("SHA-512 instructions, ", std::arch::is_aarch64_feature_detected!("sha3")),
    ];
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
    let vectors: [(&str, bool); 0] = [];
    let there: String = vectors.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect();
    println!("vector widths run with {there}plain code ({level:?})");
}

#[test]
fn a_batch_has_new_ids_and_tokens_that_verify() {
    let verifier = forge::verifier();
    for width in WIDTHS {
        let signer = builder().batch_lanes(width).build().unwrap();
        let profiles: Vec<_> = (0..1001).map(|number| ProfileId::from_uuid(Uuid::from_u128(number))).collect();
        let batch = signer.mint_batch(&profiles).unwrap();
        let mut ids: Vec<_> = batch.iter().map(|session| session.id()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), profiles.len());
        assert!(ids.iter().all(|id| id.uuid().get_version_num() == 4));
        assert_eq!(batch.iter().len(), profiles.len());
        for (session, profile) in batch.iter().zip(profiles) {
            let verified = verifier.verify(session.token()).unwrap();
            assert_eq!((verified.user_id(), verified.id()), (profile, session.id()));
        }
    }
}

#[test]
fn a_batch_serialises_as_an_array_and_as_lines_of_its_sessions() {
    for format in [SessionFormat::Standard, SessionFormat::Api] {
        let environment = "env_1Bx4omNvZgKao2OqGshImD".parse().unwrap();
        let signer = builder().environment(environment).session_format(format).build().unwrap();
        let now = UnixTime::from_secs(1_700_000_000).unwrap();
        let ids: Vec<_> = (0..11_u128).map(|number| (Uuid::from_u128(number).into(), Uuid::max().into())).collect();
        let batch = signer.mint_batch_at(&ids, now).unwrap();
        let single: Vec<String> = ids
            .iter()
            .map(|&(profile, id)| serde_json::to_string(&signer.mint_at(profile, now, id).unwrap()).unwrap())
            .collect();
        assert_eq!(serde_json::to_string(&batch).unwrap(), format!("[{}]", single.join(",")));
        let mut lines = vec![];
        batch.write_json_lines(&mut lines).unwrap();
        assert_eq!(String::from_utf8(lines).unwrap(), single.join("\n") + "\n");
    }
}

#[test]
fn an_empty_batch_is_empty_everywhere_and_its_time_counts_all_the_same() {
    let signer = builder().build().unwrap();
    let batch = signer.mint_batch(&[]).unwrap();
    assert!(batch.is_empty());
    assert_eq!(batch.iter().count(), 0);
    assert_eq!(serde_json::to_value(&batch).unwrap(), Value::Array(vec![]));
    assert_eq!(signer.mint_batch_at(&[], UnixTime::MAX).unwrap_err(), MintError::ExpiryTooLate);
}

#[test]
fn batches_of_an_iterator_are_those_of_its_parts_in_order() {
    let signer = builder().build().unwrap();
    let profile = |number: u128| ProfileId::from_uuid(Uuid::from_u128(number));
    for count in [0, 1, 1023, 1024, 1025, 2049] {
        let batches: Result<Vec<_>, MintError> = signer.mint_batches((0..count).map(profile)).collect();
        let batches = batches.unwrap();
        assert!(batches.iter().all(|batch| !batch.is_empty() && batch.len() <= 1024));
        let minted: Vec<_> = batches.iter().flatten().map(|session| session.user_id()).collect();
        assert_eq!(minted, (0..count).map(profile).collect::<Vec<_>>());
    }
}

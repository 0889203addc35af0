//! A batch serialises as its sessions do; `template_equals_twin` compares each token.

use fearless_simd::Level;
use quiltt_session::{MintError, ProfileId, SessionFormat};
use uuid::Uuid;

use crate::forge::{ENVIRONMENT, NOW, at, builder};

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
fn a_batch_serialises_as_an_array_and_as_lines_of_its_sessions() {
    for (format, count) in [(SessionFormat::Standard, 11), (SessionFormat::Api, 11), (SessionFormat::Standard, 0)] {
        let signer = builder().environment(ENVIRONMENT.parse().unwrap()).session_format(format).build().unwrap();
        let ids: Vec<_> = (0..count).map(|number| (Uuid::from_u128(number).into(), Uuid::max().into())).collect();
        let batch = signer.mint_batch_at(&ids, at(NOW)).unwrap();
        assert_eq!((batch.is_empty(), batch.iter().len()), (count == 0, ids.len()));
        let single = ids.iter().map(|&(profile, id)| signer.mint_at(profile, at(NOW), id).unwrap());
        let single: Vec<String> = single.map(|session| serde_json::to_string(&session).unwrap()).collect();
        assert_eq!(serde_json::to_string(&batch).unwrap(), format!("[{}]", single.join(",")));
        let mut lines = vec![];
        batch.write_json_lines(&mut lines).unwrap();
        assert_eq!(String::from_utf8(lines).unwrap(), single.into_iter().map(|line| line + "\n").collect::<String>());
    }
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

//! Whom a verifier believes, and when.

use std::time::Duration;

use proptest::{prelude::*, sample::select};
use quiltt_session::{
    ConfigError, ParseTokenError, SessionSigner, SessionSignerBuilder, SessionVerifier, SessionVerifierBuilder,
    SigningSecret, TimeError, TokenVersion, UnixTime, UntrustedToken, VerifiedSession, VerifyError,
};
use uuid::Uuid;

use crate::forge::{self, NOW, OTHER_SECRET, PAYLOAD, SECRET, at};

fn builder() -> SessionVerifierBuilder {
    SessionVerifier::builder(forge::secret())
}

fn secret(text: &str) -> SigningSecret {
    SigningSecret::from_bytes(text).unwrap()
}

#[test]
fn during_a_rotation_tokens_of_each_secret_are_valid_and_a_session_says_which_it_was() {
    let secrets = [SECRET.to_owned(), OTHER_SECRET.to_owned(), format!("{SECRET}{OTHER_SECRET}")];
    let input = format!("{}.{}", forge::base64(forge::HEADER), forge::base64(PAYLOAD));
    let tokens = secrets.each_ref().map(|secret| forge::signed(&input, secret));
    for accepted in [&[0][..], &[1], &[2], &[0, 1], &[1, 0], &[2, 0, 1], &[0, 1, 2]] {
        let builder = SessionVerifier::builder(secret(&secrets[accepted[0]]));
        let others = accepted[1..].iter().map(|&place| secret(&secrets[place]));
        let verifier = others.fold(builder, SessionVerifierBuilder::also_accept).build().unwrap();
        // Each token after each, so that the states that the verifier keeps are another secret's.
        for signed_with in [0, 1, 2, 0, 2, 1, 0, 0] {
            let verdict = verifier.verify_at(&tokens[signed_with], at(NOW));
            let index = accepted.iter().position(|place| *place == signed_with).ok_or(VerifyError::BadSignature);
            assert_eq!(verdict.as_ref().map(VerifiedSession::secret_index), index.as_ref().copied());
            assert!(
                verdict.is_err() || verdict == forge::verify(&tokens[0]),
                "whichever it was, the session is the same"
            );
        }
    }
    assert_ne!(forge::verify_payload(forge::with_claim("x", "1")), forge::verify(&tokens[0]));
}

/// The verdict of a verifier with these settings on a token of [`PAYLOAD`] with these claims.
fn verdict(builder: SessionVerifierBuilder, claims: &[(&str, Option<&str>)]) -> String {
    let token = forge::token(forge::HEADER, forge::payload_with(claims.iter().copied()));
    forge::verdict(&builder.build().unwrap().verify_at(&token, at(NOW)))
}

#[test]
fn an_id_that_is_expected_must_be_there_and_be_that_one() {
    type Expect = fn(SessionVerifierBuilder) -> SessionVerifierBuilder;
    let expected: [(&str, &str, &str, Expect, &str); 3] = [
        ("eid", "env_1A", "env_1B", |builder| builder.environment("env_1A".parse().unwrap()), "wrong_environment"),
        ("cid", "api_1A", "api_1B", |builder| builder.api_key("api_1A".parse().unwrap()), "wrong_api_key"),
        ("oid", "org_1A", "org_1B", |builder| builder.organization("org_1A".parse().unwrap()), "wrong_organization"),
    ];
    for (name, right, wrong, expect, refusal) in expected {
        let [right, wrong] = [right, wrong].map(|id| format!("\"{id}\""));
        for (claim, expected) in [(Some(&right), "valid"), (Some(&wrong), refusal), (None, refusal)] {
            let claims = [(name, claim.map(String::as_str))];
            assert_eq!(verdict(expect(builder()), &claims), expected, "{name} is {claim:?}");
            assert_eq!(verdict(builder(), &claims), "valid", "nothing is expected");
        }
        let version_2 = [("ver", Some("2")), ("sub", None), ("uid", Some("\"p_10\""))];
        assert_eq!(verdict(expect(builder()), &version_2), refusal);
    }
}

#[test]
fn the_api_key_is_that_of_the_tokens_version() {
    let api_key = Uuid::from_u128(7).into();
    for version in TokenVersion::ALL {
        let signer = SessionSigner::builder(forge::secret()).version(version).api_key(api_key).build().unwrap();
        let token = signer.mint(forge::profile()).unwrap().into_token();
        let verdict = |id| forge::verdict(&builder().api_key(id).build().unwrap().verify(&token));
        assert_eq!(verdict(api_key), "valid", "{version:?}");
        assert_eq!(verdict(Uuid::from_u128(8).into()), "wrong_api_key", "{version:?}");
    }
}

#[test]
fn no_verifier_expects_what_no_token_of_its_version_can_say() {
    for version in TokenVersion::ALL {
        let errors = [
            builder().version(version).environment(Uuid::nil().into()).build().err(),
            builder().version(version).organization(Uuid::nil().into()).build().err(),
            builder().version(version).api_key(Uuid::nil().into()).build().err(),
        ];
        let no_claim =
            |id| (version < TokenVersion::V4).then_some(ConfigError::NoClaimFor { id, version: version.number() });
        assert_eq!(errors, [no_claim("environment"), no_claim("organization"), None], "{version:?}");
    }
    assert!(builder().environment(Uuid::nil().into()).organization(Uuid::nil().into()).build().is_ok());
}

#[test]
fn a_token_that_was_made_to_live_too_long_is_refused() {
    let day = Duration::from_secs(86_400);
    assert_eq!(verdict(builder().max_lifetime(day), &[]), "valid");
    assert_eq!(verdict(builder().max_lifetime(day), &[("exp", Some("1700086401"))]), "lifetime_too_long");
    assert_eq!(verdict(builder().max_lifetime(day), &[("iat", Some("1699999999"))]), "lifetime_too_long");
    assert_eq!(verdict(builder().max_lifetime(day), &[("nbf", Some("1699999999"))]), "valid");
    let leeway = Duration::from_secs(600);
    assert_eq!(
        verdict(builder().max_lifetime(day).leeway(leeway), &[("exp", Some("1700086401"))]),
        "lifetime_too_long"
    );
    let of_9999 = [("exp", Some("253402300799"))];
    assert_eq!(verdict(builder(), &of_9999), "valid", "unless a lifetime is set");
    assert_eq!(verdict(builder().max_lifetime(day), &of_9999), "lifetime_too_long");
    let token = forge::token(forge::HEADER, forge::with_claim("exp", "1700086401"));
    let error = builder().max_lifetime(day).build().unwrap().verify_at(&token, at(NOW)).unwrap_err();
    assert_eq!(error, VerifyError::LifetimeTooLong { found: Duration::from_secs(86_401), max: day });
    assert_eq!(error.to_string(), "expected a token that lives for at most 86400s, found one that lives for 86401s");
}

#[test]
fn a_signers_own_verifier_takes_its_tokens_and_none_that_differ_in_what_all_of_its_tokens_say() {
    let ids = |builder: SessionSignerBuilder| {
        builder.api_key(Uuid::max().into()).organization(Uuid::max().into()).environment(Uuid::max().into())
    };
    let builder = || ids(forge::builder()).issuer("somebody").audience("somebody else").version(TokenVersion::V4);
    let verifier = builder().build().unwrap().verifier().build().unwrap();
    let verdict = |builder: SessionSignerBuilder| {
        let session = builder.build().unwrap().mint_at(forge::profile(), at(NOW), forge::id()).unwrap();
        verifier.verify_at(session.token(), at(NOW)).map(|session| session.user_id())
    };
    assert_eq!(verdict(builder()), Ok(forge::profile()));
    for (other, error) in [
        (builder().issuer("nobody"), VerifyError::WrongIssuer),
        (builder().audience("nobody"), VerifyError::WrongAudience),
        (builder().version(TokenVersion::V6), VerifyError::WrongVersion),
        (builder().api_key(Uuid::nil().into()), VerifyError::WrongApiKey),
        (builder().organization(Uuid::nil().into()), VerifyError::WrongOrganization),
        (builder().environment(Uuid::nil().into()), VerifyError::WrongEnvironment),
        (ids(SessionSigner::builder(secret(OTHER_SECRET))), VerifyError::BadSignature),
    ] {
        assert_eq!(verdict(other), Err(error));
    }
    let longer = builder().ttl(Duration::from_secs(2_146_883)).backdate(Duration::from_secs(600));
    assert_eq!(verdict(longer), Ok(forge::profile()), "how long a session lives is said of each");

    let day = Duration::from_secs(86_400);
    let backdated = builder().ttl(day).backdate(Duration::from_secs(30)).build().unwrap();
    let verify = |ttl: u64, verifier: SessionVerifierBuilder| {
        let session = backdated.session(forge::profile()).ttl(Duration::from_secs(ttl)).mint().unwrap();
        verifier.max_lifetime(day).build().unwrap().verify(session.token()).map(drop)
    };
    assert_eq!(verify(86_400, backdated.verifier()), Ok(()), "a signer's own verifier knows what it backdates");
    let too_long =
        VerifyError::LifetimeTooLong { found: Duration::from_secs(86_431), max: Duration::from_secs(86_430) };
    assert_eq!(verify(86_401, backdated.verifier()), Err(too_long));
}

#[test]
fn what_else_is_expected_is_compared_last_and_in_the_documented_order() {
    let mut claims = vec![
        ("ver", Some("6")),
        ("iss", Some("\"x\"")),
        ("aud", Some("\"x\"")),
        ("eid", Some("\"env_1B\"")),
        ("cid", Some("\"api_1B\"")),
        ("oid", Some("\"org_1B\"")),
        ("exp", Some("1")),
    ];
    let builder = || {
        builder()
            .version(TokenVersion::V4)
            .environment("env_1A".parse().unwrap())
            .api_key("api_1A".parse().unwrap())
            .organization("org_1A".parse().unwrap())
            .max_lifetime(Duration::from_secs(3600))
    };
    let steps = [
        ("expired", "exp", Some("1700003601")),
        ("wrong_issuer", "iss", Some("\"auth.quiltt.io\"")),
        ("wrong_audience", "aud", Some("\"api.quiltt.io\"")),
        ("wrong_version", "ver", Some("4")),
        ("wrong_environment", "eid", Some("\"env_1A\"")),
        ("wrong_api_key", "did", Some("\"api_1A\"")),
        ("wrong_organization", "oid", Some("\"org_1A\"")),
        ("lifetime_too_long", "exp", Some("1700003600")),
    ];
    for (refusal, name, right) in steps {
        assert_eq!(verdict(builder(), &claims), refusal);
        if name == "ver" {
            claims.retain(|(name, _)| *name != "cid");
        }
        claims.retain(|(other, _)| *other != name);
        claims.push((name, right));
    }
    assert_eq!(verdict(builder(), &claims), "valid");
}

#[test]
fn the_system_clock_decides_unless_a_time_is_given() {
    let verifier = builder().build().unwrap();
    let signer = forge::signer();
    let profile = forge::profile();
    let now = UnixTime::now().unwrap().as_secs();
    let token = |issued_at| signer.session(profile).issued_at(at(issued_at)).mint().unwrap().into_token();
    for issued_at in [now, now - 86_401] {
        let token = token(issued_at);
        let verdict = verifier.verify(&token);
        assert_eq!(verdict.is_ok(), issued_at == now);
        assert_eq!(verifier.verify_untrusted(&UntrustedToken::parse(&token).unwrap()), verdict);
    }
    assert!(matches!(verifier.verify(&token(now - 86_401)), Err(VerifyError::Expired { .. })));
    assert!(matches!(verifier.verify(&token(now + 3_600)), Err(VerifyError::NotYetValid { .. })));
}

#[test]
fn the_longest_token_that_a_signer_mints_is_short_enough_for_a_verifier() {
    let longest = "x".repeat(256);
    let signer = SessionSigner::builder(forge::secret())
        .issuer(&longest)
        .audience(&longest)
        .api_key(Uuid::max().into())
        .organization(Uuid::max().into())
        .environment(Uuid::max().into());
    // The name, its quotes, a colon and the value's quotes.
    let claim = "x".repeat(4096 - ",\"c\":\"\"".len());
    let signer = signer.build().unwrap();
    let request = signer.session(Uuid::max().into()).claim("c", &claim).issued_at(at(NOW));
    let session = request.mint().unwrap();
    assert!(session.token().len() > 6000, "{}", session.token().len());
    let verifier = SessionVerifier::builder(forge::secret()).issuer(&longest).audience(&longest).build().unwrap();
    assert!(verifier.verify_at(session.token(), at(NOW)).is_ok());
    assert!(signer.session(Uuid::max().into()).claim("c", claim + "x").mint().is_err());
}

/// Times near each other as a rule, and near the ends of the calendar.
fn times() -> impl Strategy<Value = [u64; 4]> {
    let near = |middle: u64| middle - 700..=middle + 700;
    let middle = || select(vec![NOW, 700, 253_402_300_099]);
    prop_oneof![
        4 => middle().prop_flat_map(move |middle| std::array::from_fn::<_, 4, _>(|_| near(middle))),
        1 => std::array::from_fn::<_, 4, _>(|_| middle().prop_flat_map(near)),
    ]
}

proptest! {
    /// In numbers too large to overflow: valid from `nbf` and `iat` on, and before `exp`, each with leeway.
    #[test]
    fn a_token_is_valid_exactly_between_its_times(
        [nbf, iat, exp, now] in times(), leeway in prop_oneof![Just(0_u64), 0_u64..=600],
    ) {
        let [nbf_text, iat_text, exp_text] = [nbf, iat, exp].map(|time| time.to_string());
        let payload = forge::payload_with([
            ("nbf", Some(nbf_text.as_str())), ("iat", Some(iat_text.as_str())), ("exp", Some(exp_text.as_str())),
        ]);
        let verifier = builder().leeway(Duration::from_secs(leeway)).build().unwrap();
        let verdict = verifier.verify_at(&forge::token(forge::HEADER, payload), at(now));
        let [nbf, iat, exp, now, leeway] = [nbf, iat, exp, now, leeway].map(i128::from);
        let expected = if exp + leeway <= now || now == 253_402_300_799 {
            "expired"
        } else if nbf > now + leeway || iat > now + leeway {
            "not_yet_valid"
        } else if nbf >= exp || iat > exp {
            "never_valid"
        } else {
            "valid"
        };
        prop_assert_eq!(forge::verdict(&verdict), expected);
    }
}

/// Dashboards are built on the codes; `hostile.jsonl` and the tests above have the others.
#[test]
fn a_missing_credential_and_a_failing_clock_have_codes_that_stay() {
    for (error, code) in [
        (ParseTokenError::NoCredentials.into(), "no_credentials"),
        (ParseTokenError::NotBearer.into(), "no_credentials"),
        (VerifyError::Clock(TimeError::BeforeEpoch), "clock"),
    ] {
        assert_eq!(error.code(), code, "{error:?}");
    }
}

//! Texts that people store in a secret's place are refused, and no random text is.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use quiltt_session::{Lookalike, SecretEncoding, SecretError, SecretWarning, SigningSecret};
use ring::rand::{SecureRandom, SystemRandom};

use crate::{
    forge::{DEMO, SECRET, hex},
    secrecy::{assert_no_trace, texts},
    secret_rules,
};

/// A line each, of kinds that public bug reports show in production.
const NO_SECRETS: &str = include_str!("../vectors/no-secrets.txt");

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

/// 64 characters of the alphabet, each as likely as the others.
fn random_of(alphabet: &[u8]) -> Vec<u8> {
    let fair = 256 - 256 % alphabet.len();
    let bytes = std::iter::repeat_with(random::<64>).flatten().map(usize::from).filter(|&byte| byte < fair);
    bytes.take(64).map(|byte| alphabet[byte % alphabet.len()]).collect()
}

const ALPHANUMERICS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[test]
fn no_text_that_stands_for_a_secret_is_taken_for_one_unless_its_owner_says_so_and_is_warned() {
    for text in NO_SECRETS.lines() {
        assert!(text.chars().count() >= 64, "{text}");
        assert!(is_refused(text.as_bytes()), "{text}");
        match SigningSecret::options().allow_lookalike().from_bytes(text) {
            Err(error) => assert!(matches!(error, SecretError::AllOneByte | SecretError::Demo), "{text}: {error}"),
            Ok(secret) => assert!(matches!(secret.warnings(), [SecretWarning::LooksLike(_)]), "{text}"),
        }
    }
}

/// So that no secret is refused by bad luck.
#[test]
fn random_secrets_of_any_usual_alphabet_are_taken() {
    FORMS.into_iter().for_each(|form| refuse_none_of(50, form));
}

/// Base32 of 64 characters, where a digit or two begin each half: four words of sixteen letters are none.
#[test]
fn base32_with_a_mark_inside_is_no_row_of_words() {
    assert!(!is_refused(b"46DAXORQDUWSJFJEAJKXDIPOKMODYTWCBWSSQZDWCEGE\"56KNKPMAAVIPOBXDGYVQ"));
}

/// `cargo test --release --test it lookalikes -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes in release mode"]
fn two_hundred_thousand_random_secrets_of_any_usual_alphabet_and_form_are_taken() {
    std::thread::scope(|scope| {
        FORMS.into_iter().for_each(|form| drop(scope.spawn(move || refuse_none_of(200_000, form))));
    });
}

/// What generators and vendors write inside random text (`true`) or before it. Of several marks each has its turn.
type Form = (bool, &'static [&'static str]);

const BARE: Form = (false, &[""]);
#[rustfmt::skip]
const FORMS: [Form; 4] = [
    BARE,
    (true, &[":", ",", ";", "'", "\"", "|"]),
    (false, &["$", "%", "@"]),
    (false, &[
        "whsec_", "sk_live_", "quiltt_signing_secret_", "qltt_secret_", "QUILTT-SECRET-KEY-1", "prod-", "v1.", "key:",
        "acme.quiltt_production:",
    ]),
];

/// The text with the mark whose turn it is.
fn marked((is_inside, marks): Form, number: usize, mut text: Vec<u8>) -> Vec<u8> {
    let place = if is_inside { 1 + usize::from(random::<1>()[0]) % (text.len() - 1) } else { 0 };
    text.splice(place..place, marks[number % marks.len()].bytes());
    text
}

/// So many of each alphabet.
#[track_caller]
fn refuse_none_of(count: usize, form: Form) {
    let text = |alphabet: &str| random_of(alphabet.as_bytes());
    let alphanumeric = |others: &str| text(&[ALPHANUMERICS, others].concat());
    let printable: String = ('!'..='~').collect();
    type Draw<'r> = &'r dyn Fn() -> Vec<u8>;
    let kinds: [(&str, Draw<'_>); 20] = [
        ("raw bytes", &|| random::<64>().into()),
        ("two UUIDs", &|| ["{", &uuid(), "}{", &uuid(), "}"].concat().into()),
        ("hex", &|| hex(&random::<32>()).into()),
        ("HEX", &|| hex(&random::<32>()).to_uppercase().into()),
        ("hex of 64 bytes", &|| hex(&random::<64>()).into()),
        ("base32", &|| text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
        ("base64, cut", &|| STANDARD.encode(random::<48>()).into()),
        ("base64", &|| STANDARD.encode(random::<64>()).into()),
        ("base64, padded", &|| STANDARD.encode(random::<46>()).into()),
        ("base64url", &|| URL_SAFE_NO_PAD.encode(random::<64>()).into()),
        ("base64url of 64 characters", &|| URL_SAFE_NO_PAD.encode(random::<48>()).into()),
        ("base64url, padded", &|| URL_SAFE.encode(random::<64>()).into()),
        ("alphanumerics", &|| alphanumeric("")),
        ("alphanumerics with =", &|| alphanumeric("=")),
        ("alphanumerics with _=", &|| alphanumeric("_=")),
        ("alphanumerics with -_=+", &|| alphanumeric("-_=+")),
        ("alphanumerics with -_.=", &|| alphanumeric("-_.=")),
        ("alphanumerics with -_.~", &|| alphanumeric("-_.~")),
        ("alphanumerics with +/=", &|| alphanumeric("+/=")),
        (PRINTABLE, &|| text(&printable)),
    ];
    // Nobody writes more around the first two.
    let kinds = if form == BARE { &kinds[..] } else { &kinds[2..] };
    let unfair: Vec<_> =
        kinds.iter().filter(|(kind, draw)| !is_fair(count, kind, form, draw)).map(|row| row.0).collect();
    assert!(unfair.is_empty(), "{form:?}: {unfair:?}");
}

const PRINTABLE: &str = "printable ASCII";

fn is_fair(count: usize, kind: &str, form: Form, draw: &dyn Fn() -> Vec<u8>) -> bool {
    let texts = (0..count).map(|number| marked(form, number, draw()));
    let refused: Vec<_> = texts.filter_map(|text| Some((SigningSecret::from_bytes(&text).err()?, text))).collect();
    // Quotes around it, rows, and what begins a template: of 200 000 some 150, with a mark in front some 190; and of 50 by chance
    // more than one, but not five.
    let most = match form {
        _ if kind != PRINTABLE => 0,
        BARE => 4 + count / 1000,
        _ => 4 + count / 500,
    };
    println!("{form:?}, {kind}: {} of {count} refused", refused.len());
    for (error, text) in refused.iter().take(5) {
        println!("    {}\n        {error}", String::from_utf8_lossy(text));
    }
    refused.len() <= most
}

fn uuid() -> String {
    uuid::Uuid::from_bytes(random::<16>()).to_string()
}

/// One text in each form in which a text may stand in another.
fn encodings(text: &[u8]) -> [Vec<u8>; 7] {
    let base32 = {
        let bits: Vec<u8> = text.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)).collect();
        let digit = |bits: &[u8]| bits.iter().fold(0, |digit, bit| digit << 1 | bit) << (5 - bits.len());
        bits.chunks(5).map(|bits| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(digit(bits))]).collect()
    };
    [
        STANDARD.encode(text).into(),
        URL_SAFE_NO_PAD.encode(text).into(),
        hex(text).into(),
        hex(text).to_uppercase().into(),
        ["0x", &hex(text)].concat().into(),
        base32,
        text.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect(),
    ]
}

fn is_refused(text: &[u8]) -> bool {
    use SecretError::{AllOneByte, Demo, LooksLike, SurroundingQuotes};

    let error = SigningSecret::from_bytes(text).err();
    let is_for_what_it_is = matches!(error, Some(AllOneByte | Demo | LooksLike(_) | SurroundingQuotes));
    assert!(is_for_what_it_is || error.is_none(), "{error:?}");
    error.is_some()
}

#[test]
fn no_encoding_makes_a_secret_of_what_is_none() {
    for text in NO_SECRETS.lines().chain([DEMO]) {
        for once in encodings(text.as_bytes()) {
            assert!(is_refused(&once), "{}", String::from_utf8_lossy(&once));
            // Some are encoded themselves, and three layers are looked through.
            if text.contains([':', ' ']) || text == DEMO {
                let twice = STANDARD.encode(once);
                assert!(is_refused(twice.as_bytes()), "{text} as {twice}");
                let thrice = hex(twice.as_bytes());
                assert!(thrice.len() > 4096 || is_refused(thrice.as_bytes()), "{text} as {thrice}");
            }
        }
    }
}

#[test]
fn bytes_beyond_utf8_turn_no_rule_off() {
    for text in NO_SECRETS.lines().map(str::as_bytes).filter(|text| text.is_ascii()) {
        for byte in [0xe4, 0xff, 0x80] {
            assert!(is_refused(&[text, &[byte]].concat()), "{} and {byte:#x}", String::from_utf8_lossy(text));
            assert!(is_refused(&[&[byte], text].concat()), "{byte:#x} and {}", String::from_utf8_lossy(text));
        }
    }
    let latin1 = "Das Geheimnis für die Unterschrift fehlt: bitte beim Händler nachfragen, möglichst früh";
    let latin1: Vec<u8> = latin1.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect();
    assert!(is_refused(&latin1));
    // A quarter may be anything else.
    let mut text = random_of(ALPHANUMERICS.as_bytes());
    text[..16].fill(0x9c);
    assert!(is_refused(&text));
}

/// As the first bytes of `file_starts.tsv` tell, with random ones behind, and in base64.
#[test]
fn files_of_other_kinds_are_refused() {
    for line in include_str!("../vectors/file_starts.tsv").lines() {
        let [kind, start, _] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let file = [secret_rules::hex(start.as_bytes()).unwrap(), random::<64>().into()].concat();
        let base64 = SigningSecret::options().encoding(SecretEncoding::Base64);
        for secret in [
            SigningSecret::from_bytes(&file),
            SigningSecret::from_bytes(STANDARD.encode(&file)),
            base64.from_bytes(STANDARD.encode(&file)),
        ] {
            assert_eq!(format!("{:?}", secret.unwrap_err()), format!("LooksLike({kind})"), "{line}");
        }
    }
}

/// A script makes the library's table of hashes; this test computes the hashes itself, and in every encoding they are refused.
#[test]
fn what_everyone_can_look_up_is_refused() {
    let shown = include_str!("../vectors/published.tsv").lines().filter(|line| !line.starts_with('#'));
    let shown: Vec<_> = shown.map(|line| line.split_once('\t').unwrap().1).collect();
    assert!(shown.len() > 40);
    for key in shown {
        assert!(key.len() < 64 || is_refused(key.as_bytes()), "{key}");
        assert!(is_refused(STANDARD.encode(STANDARD.encode(key)).as_bytes()), "{key} in base64");
        assert!(is_refused(hex(key.as_bytes()).to_uppercase().as_bytes()), "{key} in HEX");
    }
    for password in ["password", "123456", "qwerty", "letmein", "changeme", "abc", "", "hello world"] {
        for message in [password.to_owned(), format!("{password}\n")] {
            for algorithm in [&ring::digest::SHA256, &ring::digest::SHA512] {
                let hash = ring::digest::digest(algorithm, message.as_bytes());
                let hash = hash.as_ref();
                let forms = [hex(hash), hex(hash).to_uppercase(), STANDARD.encode(hash), STANDARD.encode(hex(hash))];
                for form in forms.iter().filter(|form| form.len() >= 64) {
                    assert!(is_refused(form.as_bytes()), "{form} of {password}");
                }
            }
        }
    }
    // Its neighbours are nobody's.
    assert!(!is_refused(
        b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
            .map(|it| it ^ u8::from(it == b'7'))
            .as_slice()
    ));
}

#[test]
fn encoded_text_is_taken_with_a_warning_that_counts_the_layers() {
    let secret = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK";
    let warnings = |encoding, text: &[u8]| {
        let secret = SigningSecret::options().encoding(encoding).from_bytes(text).unwrap();
        secret.warnings().to_vec()
    };
    let (raw, base64) = (SecretEncoding::Raw, SecretEncoding::Base64);
    for once in encodings(secret.as_bytes()) {
        assert_eq!(warnings(raw, &once), [SecretWarning::Encoded { layers: 1 }]);
        assert_eq!(warnings(base64, STANDARD.encode(&once).as_bytes()), [SecretWarning::Encoded { layers: 2 }]);
        assert_eq!(warnings(raw, STANDARD.encode(&once).as_bytes()), [SecretWarning::Encoded { layers: 2 }]);
    }
    // `echo` adds a line break, which is none of the secret's.
    let newline = STANDARD.encode(format!("{secret}\n"));
    assert_eq!(warnings(raw, newline.as_bytes()), [SecretWarning::Encoded { layers: 1 }]);
    // One layer that was named, and random bytes below one layer, give no warning.
    assert_eq!(warnings(base64, STANDARD.encode(secret).as_bytes()), []);
    assert_eq!(warnings(raw, STANDARD.encode(random::<64>()).as_bytes()), []);
    assert_eq!(
        SecretWarning::Encoded { layers: 2 }.to_string(),
        "layers of encoding around its text: 2; a host that decodes more or fewer of them signs differently"
    );
}

/// `lookalikes.jsonl`: the kind that the error names, and the text. The test puts random text in place of words in braces, so that
/// no file of this repository has a credential's mark before random text. A value is judged before the line around the value, for
/// which the error would say 'store the value alone'.
#[test]
fn what_is_taken_for_a_secret_by_mistake_is_refused_as_what_it_is() {
    const RANDOM: &str = "Zq8vW3kTnB5xLpYc7RdHsJ2mQfGu9EaVoC4iXeKzNbTw6PyMhDrSgUjAlF1tOkIv";
    const DIGEST: &str =
        "registry.example.com/quiltt@sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";

    for line in include_str!("../vectors/lookalikes.jsonl").lines() {
        let (kind, text): (String, String) = serde_json::from_str(line).unwrap();
        let text = text.replace("{SECRET}", SECRET).replace("{RANDOM}", RANDOM).replace("{DIGEST}", DIGEST);
        let text = text.replace("{43 OF RANDOM}", &RANDOM[..43]).replace("{14 OF RANDOM}", &RANDOM[..14]);
        let text = text.replace("{BASE64}", &STANDARD.encode(RANDOM)).replace("{HEX}", &hex(RANDOM.as_bytes()));
        let error = SigningSecret::from_bytes(&text).unwrap_err();
        assert_eq!(format!("{error:?}"), format!("LooksLike({kind})"), "{text}");
        if ["Key", "Jwt"].contains(&&*kind) {
            let base64 = SigningSecret::options().encoding(SecretEncoding::Base64);
            assert_eq!(base64.from_bytes(&text).err().as_ref(), Some(&error), "{text}");
        }
        [SECRET, RANDOM].iter().for_each(|secret| assert_no_trace(secret, &texts(&error)));
    }
    let encoded = format!("QUILTT_SIGNING_SECRET={}", STANDARD.encode(DIGEST));
    assert_eq!(SigningSecret::from_bytes(encoded).err(), Some(SecretError::LooksLike(Lookalike::Hash)));
    let fingerprint: Vec<_> = RANDOM.bytes().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(SigningSecret::from_bytes(fingerprint.join(":")).err(), Some(SecretError::LooksLike(Lookalike::Hash)));
    for bytes in [[0xfe, 0xdc, 0xba, 0x98].repeat(16), (0x80..0x8a).cycle().take(64).collect()] {
        assert_eq!(SigningSecret::from_bytes(bytes).err(), Some(SecretError::LooksLike(Lookalike::Guessable)));
    }
    let azure = SigningSecret::options().allow_short().from_bytes("Qk78Q~Zq8vW3kTnB5xLpYc7RdHsJ2mQfGu9EaVoC");
    assert_eq!(azure.err(), Some(SecretError::LooksLike(Lookalike::Credential)));
}

#[test]
fn text_in_utf16_is_refused_whatever_its_byte_order_and_what_is_around_it() {
    for text in [SECRET.to_owned(), format!("\u{feff}{SECRET}\r\n"), format!("\u{feff}{SECRET}\u{2019}")] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let utf16: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            assert_eq!(SigningSecret::from_bytes(utf16).err(), Some(SecretError::LooksLike(Lookalike::Utf16)));
        }
    }
}

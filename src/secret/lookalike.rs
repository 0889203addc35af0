//! What is taken for a secret by mistake: rules for kinds of text, as data.

use serde::de::IgnoredAny;

use super::{DEMO, without_nuls};
use crate::error::SecretError;

/// Refuses text that was meant to be something else. Bytes that are not UTF-8 are no text, so nothing is wrong with a
/// random byte at their end that happens to be a line break.
pub(super) fn refuse(written: &[u8]) -> Result<(), SecretError> {
    if is_utf16(written) {
        return Err(SecretError::LooksLike("text in UTF-16: save it as UTF-8, without a byte order mark"));
    }
    let Ok(text) = str::from_utf8(without_nuls(written)) else { return Ok(()) };
    if text.as_bytes() == DEMO {
        return Ok(()); // which has an error of its own
    }
    // A file of another format ends with a line break as a rule, which is not what is wrong with it.
    let content = text.trim();
    if let Some((what, _)) = FORMATS.iter().find(|(_, shows)| shows.fit(content)) {
        return Err(SecretError::LooksLike(what));
    }
    refuse_wrapping(text)?;
    if text.contains(|inside: char| !inside.is_ascii_graphic()) {
        return Err(SecretError::LooksLike(MESSAGE));
    }
    Ok(())
}

/// Refuses what is long enough and not random. HMAC does not see NULs at the end, so this does not either.
pub(super) fn refuse_guessable(bytes: &[u8]) -> Result<(), SecretError> {
    let found = GUESSABLE.iter().find(|(_, is_it)| is_it(without_nuls(bytes)));
    found.map_or(Ok(()), |(what, _)| Err(SecretError::LooksLike(what)))
}

/// Refuses white space, invisible characters or quotes around a secret.
pub(crate) fn refuse_wrapping(text: &str) -> Result<(), SecretError> {
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(SecretError::SurroundingWhiteSpace);
    }
    let is_around = |&&(character, _): &&(char, _)| text.starts_with(character) || text.ends_with(character);
    if let Some(&(_, found)) = INVISIBLE.iter().find(is_around) {
        return Err(SecretError::SurroundingInvisible { found });
    }
    let quotes = [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}'), ('\u{2018}', '\u{2019}')];
    if quotes.iter().any(|&(open, close)| text.len() > 1 && text.starts_with(open) && text.ends_with(close)) {
        return Err(SecretError::SurroundingQuotes);
    }
    Ok(())
}

/// What editors and web pages put around a text unseen.
const INVISIBLE: [(char, &str); 6] = [
    ('\u{feff}', "a byte order mark (U+FEFF)"),
    ('\u{200b}', "a zero width space (U+200B)"),
    ('\u{200c}', "a zero width non-joiner (U+200C)"),
    ('\u{200d}', "a zero width joiner (U+200D)"),
    ('\u{2060}', "a word joiner (U+2060)"),
    ('\u{ad}', "a soft hyphen (U+00AD)"),
];

/// How a text shows what it is.
enum Shows {
    /// It is like one of these, which have spaces between. `…` stands for any text, and any text may follow.
    Like(&'static str),
    If(fn(&str) -> bool),
}

impl Shows {
    fn fit(&self, text: &str) -> bool {
        match self {
            Self::Like(patterns) => patterns.split(' ').any(|pattern| is_like(text, pattern)),
            Self::If(is_it) => is_it(text),
        }
    }
}

/// What it is, what to do instead, and how it shows. The first that fits is the reason, so the narrower comes first.
/// Text that is random over letters, digits and some of `+/-_=.~` fits none, so a short mark has to stand with another.
#[rustfmt::skip]
const FORMATS: [(&str, Shows); 26] = [
    ("PEM", Shows::Like("-----BEGIN")),
    ("JWK", Shows::If(|text| is_like(text, "{…\"kty\"") && text.ends_with('}'))),
    ("JWT", Shows::Like("eyJhbGciOi eyJ0eXAiOi eyJraWQiOi eyJlbmMiOi eyJjdHkiOi eyJ4NXQiOi eyJqa3UiOi")),
    ("text with a line break after 64 characters: wrapped base64, whose lines `| tr -d '\\n'` joins",
        Shows::If(|text| is_wrapped(text) && text.find(['\r', '\n']) == Some(64))),
    ("text with a line break inside: wrapped base64 or hex, whose lines `| tr -d '\\n'` joins", Shows::If(is_wrapped)),
    ("JSON object: store the secret in it alone", Shows::If(|text| text.starts_with('{') && is_json(text, "{\"…\":"))),
    ("JSON array: store one secret alone", Shows::If(|text| text.starts_with('[') && is_json(text, "[\"…\","))),
    ("ciphertext: decrypt it, and store what comes out", Shows::Like("ENC[ ENC( {cipher} $ANSIBLE_VAULT; vault:v1: \
        vault:v2: age-encryption.org/ YWdlLWVuY3J5cHRpb24ub3Jn gAAAAAB gAAAAAC AQICAHg AQICAHh AQIDAHg AQIDAHh U2FsdGVkX1")),
    ("key of another kind: ask Quiltt for the secret of your self-signed sessions", Shows::Like("ssh-rsa ssh-ed25519 ecdsa-sha2- \
        AAAAB3NzaC1 AAAAC3NzaC1 AAAAE2VjZHNh b3BlbnNzaC1r age-secret-key- PuTTY- MII…ANBgkqhkiG9w0BAQ MII…IBAAKCA \
        MII…BgkqhkiG9w0BBQ MII…gAwIBAgI MIG…BgcqhkjOPQIB MIG…MBMGByqGSM49 MHcCAQEE MHQCAQEE MC4CAQAwBQYDK2Vw MFkwEwYHKoZIzj0C MCowBQYDK2Vw")),
    (REFERENCE, Shows::Like("arn: vault: projects/…/secrets/ @Microsoft.KeyVault( {{resolve:")),
    (REFERENCE, Shows::If(is_reference)),
    (PATH, Shows::Like("/run/secrets/ /var/run/ /secrets/ /vault/ /home/")),
    (PATH, Shows::If(is_path)),
    (TEMPLATE, Shows::Like("{{…}} <%…%> {%…%} $env: process.env os.environ !secret !vault !ref !sub !env !var !include \
        !getatt !join !importvalue !!binary")),
    (TEMPLATE, Shows::If(is_in_marked_brackets)),
    (TEMPLATE, Shows::If(|text| text.starts_with(['$', '%', '@']) && is_name(text.trim_matches(['$', '%', '@'])))),
    ("header of HTTP: store the secret alone", Shows::If(is_header)),
    ("line NAME=value of a .env file: store the value alone", Shows::If(|text| is_line(text, '='))),
    ("line NAME: value of a YAML file: store the value alone", Shows::If(|text| is_line(text, ':'))),
    ("row of values, or one with a quote or comma at one side: store one secret alone", Shows::If(is_row)),
    ("page of HTML or XML: see what the server says", Shows::Like("<!doctype <html <?xml <…</…>")),
    ("hash of nothing: see why nothing was there to hash", Shows::Like("…d41d8cd98f00b204 …da39a3ee5e6b4b0d \
        …e3b0c44298fc1c14 …38b060a751ac9638 …cf83e1357eefb8bd …68b329da9893e340 …adc83b19e793491b …01ba4719c80b6fe9 \
        …be688838ca8686e5 1B2M2Y8AsgTpgAmY 2jmj7l5rSw0yVb/v 47DEQpj8HBSa+/TI 47DEQpj8HBSa-_TI z4PhNX7vuL3xVChQ")),
    ("demo secret with a change: ask Quiltt for your own",
        Shows::Like("…quiltt-session-demo …-demo-secret--never …-use-in-production-0")),
    ("placeholder: put the secret from Quiltt in its place", Shows::If(is_in_brackets)),
    ("placeholder: put the secret from Quiltt in its place", Shows::If(|text| speaking(text) >= 8)),
    ("row of words: a secret has to be random, so ask Quiltt for it", Shows::If(is_words)),
];

const REFERENCE: &str = "reference that nobody resolved: have the secret store put the secret in its place";
const PATH: &str = "path: read the file that it names, with `from_file`";
const TEMPLATE: &str = "template that nobody filled or command that nobody ran: store what comes out of it";
const MESSAGE: &str =
    "message: white space, control characters or letters beyond ASCII are inside, as in no random text";

type Guessable = (&'static str, fn(&[u8]) -> bool);

/// Bytes that somebody made up, or a program put out instead of random ones.
#[rustfmt::skip]
const GUESSABLE: [Guessable; 3] = [
    ("few characters over and over: a secret has to be random, so ask Quiltt for it", has_few_values),
    ("mask or word over and over: a secret has to be random, so ask Quiltt for it", is_periodic),
    ("run of the alphabet or the keyboard: a secret has to be random, so ask Quiltt for it", is_run),
];

/// Random text has no two of these, and none of eight letters or more.
const WORDS: &str = "secret signing quiltt token apikey api_key password passwd passphrase example placeholder replace \
    redacted masked hidden removed changeme change-me change_me default insert paste dashboard production environment \
    undefined unknown missing invalid please dummy_ dummy- sample private credential fixme todo_";

/// What lies side by side on a keyboard.
const NEIGHBOURS: &[u8] = b"01234567890 qwertyuiop asdfghjkl zxcvbnm qazwsxedcrfvtgbyhnujmikolp !@#$%^&*()";

fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = text.as_bytes();
    pattern.split('…').enumerate().all(|(number, part)| {
        let place = place_of(part, rest).filter(|&place| number > 0 || place == 0);
        let behind = place.and_then(|place| rest.get(place.saturating_add(part.len())..));
        behind.inspect(|behind| rest = behind).is_some()
    })
}

/// Where the text has this part, in either case.
fn place_of(part: &str, text: &[u8]) -> Option<usize> {
    let is_here = |here: &[u8]| here.eq_ignore_ascii_case(part.as_bytes());
    if part.is_empty() { Some(0) } else { text.windows(part.len()).position(is_here) }
}

/// Whether there is text, and none but letters, digits and these.
fn is_of(text: &str, others: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || others.contains(it))
}

/// Whether it is base64, base64url or hexadecimal digits.
fn is_encoded(text: &str) -> bool {
    is_of(text, "+/-_=")
}

fn is_name(text: &str) -> bool {
    is_of(text, "_-.") && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether it is as words are written: in one case but for the first letter, or a number.
fn is_word(text: &str) -> bool {
    let is_all = |text: &str, is_it: fn(&u8) -> bool| text.as_bytes().iter().all(is_it);
    is_all(text.get(1..).unwrap_or(text), u8::is_ascii_lowercase)
        || is_all(text, u8::is_ascii_uppercase)
        || is_all(text, u8::is_ascii_digit)
}

/// Four words and more, which are no shorter than words are.
fn is_words(text: &str) -> bool {
    let words = || text.split(|it: char| !it.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let (count, letters) = (words().count(), words().map(str::len).sum::<usize>());
    count >= 4 && letters >= count.saturating_mul(3) && words().all(is_word)
}

/// How many letters the text has in words that speak of a secret, or of none.
fn speaking(text: &str) -> usize {
    WORDS.split(' ').filter(|word| place_of(word, text.as_bytes()).is_some()).map(str::len).sum()
}

fn is_wrapped(text: &str) -> bool {
    text.lines().count() > 1 && text.lines().all(is_encoded)
}

/// Whole, or cut off behind what it starts like.
fn is_json(text: &str, start: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok() || is_like(text, start)
}

/// A name and a value that is in quotes or set off by a space. Random text may well have a `=` behind some letters, so there
/// the name has to be long, or to speak of a secret; `:` is in no usual alphabet.
fn is_line(text: &str, sign: char) -> bool {
    let line = text.strip_prefix("export ").unwrap_or(text);
    let Some((name, rest)) = line.split_once(sign) else { return false };
    let (name, value) = (name.trim_end(), rest.trim_start());
    let is_quoted = value.len() > 1 && value.starts_with(['"', '\'']) && value.ends_with(['"', '\'']);
    let is_apart = value.len() < rest.len() && !value.contains(char::is_whitespace);
    let ends_with =
        |word: &str| name.bytes().rev().map(|it| it.to_ascii_lowercase()).take(word.len()).eq(word.bytes().rev());
    let speaks = || "secret password passphrase apikey api_key signing_key jwt_key hmac_key".split(' ').any(ends_with);
    let is_telling = if sign == ':' { is_encoded(value) } else { name.len() >= 20 && is_words(name) || speaks() };
    is_name(name) && !value.trim_matches('=').is_empty() && (is_quoted || is_apart || is_telling)
}

fn is_header(text: &str) -> bool {
    let is_start = |start: &str| text.split_once(' ').is_some_and(|(first, _)| first.eq_ignore_ascii_case(start));
    ["Authorization:", "Bearer", "Basic"].into_iter().any(is_start)
}

/// `${NAME}` and its like, with any text behind.
fn is_in_marked_brackets(text: &str) -> bool {
    ["${}", "$()", "$[]", "#{}", "%{}", "@{}", "%()", "<()"].iter().any(|brackets| {
        let (open, close) = brackets.split_at(2);
        let inside = text.strip_prefix(open).and_then(|rest| rest.split_once(close));
        inside.is_some_and(|(inside, _)| inside.len() > 3 && is_of(inside, " _-.,:;/?!=|&@#$*'\"[]("))
    })
}

/// `kind:place`, as tools write that know many kinds of places.
fn is_reference(text: &str) -> bool {
    let is_place = |place: &str| place.starts_with("//") || is_path(place) || is_words(place) && !place.contains(' ');
    text.split_once(':').is_some_and(|(kind, place)| is_name(kind) && is_place(place))
}

/// Base64 has no character of a path but `/`, base64url none but `-` and `_`.
fn is_path(text: &str) -> bool {
    let path = text.strip_prefix('@').unwrap_or(text);
    let is_windows = path.get(1..3).is_some_and(|drive| [":\\", ":/"].contains(&drive)) || path.starts_with("\\\\");
    let is_all = is_of(path, if is_windows { "/\\_.-~@:+=,#%$() " } else { "/\\_.-~@:+=,#%$" });
    is_all && path.contains(['/', '\\']) && (path.contains(['_', '.', '-', '~', '\\']) || is_words(path))
}

fn is_row(text: &str) -> bool {
    let signs = [',', ';', '|', '"', '\'', '`'];
    let mut values = text.split(signs).map(str::trim).filter(|value| !value.is_empty());
    text.contains(signs) && values.all(|value| is_of(value, "+/-_=.:")) && refuse_wrapping(text).is_ok()
}

fn is_in_brackets(text: &str) -> bool {
    let ends = [text.chars().next(), text.chars().next_back()];
    let is_of_words = text.chars().all(|it| it.is_alphanumeric() || " _-.,:/'!?<>[](){}\u{2019}\u{2026}".contains(it));
    is_of_words && ["<>", "[]", "()", "{}"].iter().any(|pair| pair.chars().map(Some).eq(ends))
}

/// Random hexadecimal digits have nine values and more, but for one text of 64 in 10¹⁵.
fn has_few_values(bytes: &[u8]) -> bool {
    let values = (0..=u8::MAX).filter(|value| bytes.contains(value)).count();
    values <= (bytes.len() / 5).min(8)
}

/// Whether two thirds of the bytes come again behind as many others, which are at most half of all.
fn is_periodic(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| {
        let pairs = || bytes.iter().zip(bytes.iter().skip(period));
        pairs().filter(|(one, other)| one != other).nth(pairs().len() / 3).is_none()
    })
}

/// Whether three fifths of the pairs, next to each other or with one between, are neighbours: one in five is by chance.
fn is_run(bytes: &[u8]) -> bool {
    (1..=2).any(|distance| {
        let pairs = || bytes.iter().zip(bytes.iter().skip(distance));
        let near = pairs().filter(|(one, other)| are_neighbours(one.to_ascii_lowercase(), other.to_ascii_lowercase()));
        let near = near.count();
        near >= 24 && near.saturating_mul(5) >= pairs().len().saturating_mul(3)
    })
}

fn are_neighbours(one: u8, other: u8) -> bool {
    one.abs_diff(other) <= 1 || NEIGHBOURS.windows(2).any(|pair| pair == [one, other] || pair == [other, one])
}

/// Whether half of the pairs of bytes are ASCII in UTF-16, little or big endian. A byte order mark alone says less: one in
/// 32 768 random secrets begins with one.
fn is_utf16(written: &[u8]) -> bool {
    let (pairs, _) = written.as_chunks::<2>();
    let half_are = |is_ascii: fn(&[u8; 2]) -> bool| {
        let count = pairs.iter().filter(|pair| is_ascii(pair)).count();
        count > 0 && count >= pairs.len().div_ceil(2)
    };
    half_are(|&[low, high]| low != 0 && high == 0) || half_are(|&[high, low]| low != 0 && high == 0)
}

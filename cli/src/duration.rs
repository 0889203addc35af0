//! Durations as people write them: `90s`, `15m`, `24h`, `1d12h`.

use std::time::Duration;

/// Letter, seconds and name of each unit, greatest first.
const UNITS: [(char, u64, &str); 4] =
    [('d', 86_400, "day"), ('h', 3600, "hour"), ('m', 60, "minute"), ('s', 1, "second")];

/// Reads seconds, or numbers with a unit each: `d`, `h`, `m` or `s`, greatest first, none twice.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let secs = if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { parse_units(text) };
    secs.map(Duration::from_secs)
        .ok_or_else(|| "expected a duration such as 90s, 15m, 24h, 7d, 1d12h, or plain seconds".to_owned())
}

fn parse_units(mut text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut units = UNITS.iter();
    while !text.is_empty() {
        let (number, rest) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
        let mut rest = rest.chars();
        let letter = rest.next()?;
        let (_, secs, _) = units.find(|(unit, _, _)| *unit == letter)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*secs)?)?;
        text = rest.as_str();
    }
    Some(total)
}

/// The duration in its two greatest units: `1 day 12 hours`.
pub(crate) fn in_words(duration: Duration) -> String {
    let mut left = duration.as_secs();
    let mut words = Vec::new();
    for (_, secs, name) in UNITS {
        let count = left / secs;
        left %= secs;
        match count {
            0 => {}
            1 => words.push(format!("1 {name}")),
            _ => words.push(format!("{count} {name}s")),
        }
    }
    words.truncate(2);
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_units_in_falling_order() {
        for (text, secs) in [
            ("0", 0),
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("24h", 86_400),
            ("7d", 604_800),
            ("1d12h", 129_600),
            ("1d2h3m4s", 93_784),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(secs)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "h",
            "1.5h",
            "-1h",
            "+1h",
            "1 h",
            "1h ",
            "1h2",
            "1h1h",
            "1h1d",
            "1w",
            "1H",
            "٣h",
            "24hours",
            "18446744073709551616",
            "18446744073709551615m",
            "18446744073709551615m1s",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_are_the_two_greatest_units() {
        for (secs, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (60, "1 minute"),
            (3_661, "1 hour 1 minute"),
            (86_400, "1 day"),
            (86_405, "1 day 5 seconds"),
            (93_784, "1 day 2 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(in_words(Duration::from_secs(secs)), words);
        }
    }
}

//! Numbers as a reader wants them.

/// Three digits that count: `0.0250`, `0.657`, `2.44`, `12.8`.
pub(crate) fn digits(number: f64) -> String {
    let decimals = match number {
        number if number < 0.09995 => 4,
        number if number < 0.9995 => 3,
        number if number < 9.995 => 2,
        number if number < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

/// Two decimals, as far as a ratio can be trusted; three below a tenth.
pub(crate) fn ratio(number: f64) -> String {
    if number < 0.0995 { format!("{number:.3}") } else { format!("{number:.2}") }
}

/// A time of a session.
pub(crate) fn microseconds(nanoseconds: f64) -> String {
    format!("{} µs", digits(nanoseconds / 1000.0))
}

/// How many sessions that time makes in a second.
pub(crate) fn millions_a_second(nanoseconds: f64) -> String {
    format!("{} million", digits(1000.0 / nanoseconds))
}

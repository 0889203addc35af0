//! `quiltt-session inspect`: header, claims and times of a token, without a check of the signature.

use std::{fmt::Write, io};

use clap::Args;
use quiltt_session::{Claims, EnvironmentId, UnixTime, UntrustedToken};
use serde::Serialize;
use serde_json::value::{self, RawValue};
use uuid::Uuid;

use crate::{
    as_signed, duration,
    failure::Failure,
    output::{self, Mark, Title, printable},
    sdk::{self, Rule},
    settings,
    token::{self, TokenArgument},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 Quiltt's SDKs would accept the token, 1 they would not, or it cannot be read, 2 malformed usage."
)]
pub(crate) struct Options {
    #[command(flatten)]
    token: TokenArgument,

    /// Print one line of JSON
    #[arg(long)]
    json: bool,

    /// The environmentId that the SDK is set to: env_… or a UUID
    #[arg(long, value_name = "ID")]
    environment: Option<EnvironmentId>,

    /// Judge as if it were this time: 2023-11-14T22:13:20Z or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = settings::parse_time)]
    at: Option<UnixTime>,
}

/// Prints all that can be read, and fails if an SDK would.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let text = options.token.read()?;
    let now = options.at.map_or_else(UnixTime::now, Ok)?;
    let report = Report::new(&text, now, options.environment)?;
    let verdict = report.verdict();
    output::unless_closed(if options.json {
        output::print_json(&report)
    } else {
        output::print_styled(&report.in_words(now))
    })?;
    verdict.map_or(Ok(()), |reason| Err(Failure::Failed(reason)))
}

/// All that `inspect` prints of a token.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Always false, and always printed, so that no reader trusts the other members.
    signature_checked: bool,
    /// The header as it stands in the token, if it is JSON.
    header: Option<Box<RawValue>>,
    /// The claims of a Quiltt session, in Quiltt's order; or any other JSON payload, as it stands in the token.
    claims: Option<Box<RawValue>>,
    /// The claims one by one, if they are those of a Quiltt session.
    #[serde(skip)]
    listed_claims: Option<String>,
    ids: Vec<Id>,
    times: Option<Times>,
    sdk_rules: Vec<Rule>,
    /// Why the text is not the token of a Quiltt session.
    problem: Option<String>,
}

/// An id in both forms.
#[derive(Serialize)]
struct Id {
    kind: &'static str,
    id: String,
    uuid: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Times {
    issued_at: Moment,
    not_before: Moment,
    expires_at: Moment,
    /// Below zero once expired.
    seconds_left: i64,
}

#[derive(Serialize)]
struct Moment {
    unix: UnixTime,
    text: String,
}

impl Report {
    fn new(text: &str, now: UnixTime, environment: Option<EnvironmentId>) -> io::Result<Self> {
        let mut report = Self { sdk_rules: sdk::rules(text, now, environment), ..Self::default() };
        let token = match UntrustedToken::parse(text) {
            Ok(token) => token,
            Err(error) => return Ok(Self { problem: Some(token::explain(text, &error)), ..report }),
        };
        report.header = serde_json::from_slice(token.untrusted_header_json()).ok();
        report.claims = serde_json::from_slice(token.untrusted_payload_json()).ok();
        match token.untrusted_claims() {
            Ok(claims) => {
                let signed = as_signed::claims(&token, &claims)?;
                report.claims = Some(value::to_raw_value(&signed)?);
                report.listed_claims = Some(serde_json::to_string_pretty(&signed)?);
                report.ids = ids(&claims);
                report.times = Some(Times::new(&claims, now));
            }
            Err(error) if report.claims.is_none() => report.problem = Some(token::explain(text, &error)),
            Err(error) => report.problem = Some(format!("not the claims of a Quiltt session: {error}")),
        }
        Ok(report)
    }

    /// Returns the reason if `inspect` fails.
    fn verdict(&self) -> Option<String> {
        let broken = self.sdk_rules.iter().filter(|rule| rule.outcome == Mark::Fail);
        let broken: Vec<_> = broken.map(|Rule { rule, found, .. }| format!("expected {rule}, found {found}")).collect();
        self.problem.clone().or_else(|| match broken.len() {
            0 => None,
            1 => Some(format!("the token breaks a rule: {}", broken.concat())),
            many => Some(format!("the token breaks {many} rules: {}", broken.join("; "))),
        })
    }

    fn in_words(&self, now: UnixTime) -> String {
        let mut text = String::from("signature not checked: anyone can have written this token; see `verify`\n");
        // Writing to a String cannot fail.
        let _ = self.write_words(&mut text, now);
        text
    }

    fn write_words(&self, text: &mut String, now: UnixTime) -> std::fmt::Result {
        let as_written = |json: &Option<Box<RawValue>>| json.as_ref().map(|json| json.get().to_owned());
        let claims = self.listed_claims.clone().or_else(|| as_written(&self.claims));
        for (title, json) in [("header", as_written(&self.header)), ("claims", claims)] {
            if let Some(json) = json {
                writeln!(text, "\n{}", Title(title))?;
                json.lines().try_for_each(|line| writeln!(text, "  {}", printable(line)))?;
            }
        }
        if !self.ids.is_empty() {
            writeln!(text, "\n{}", Title("ids"))?;
        }
        for Id { kind, id, uuid } in &self.ids {
            // A session's id has one form only.
            let both = if id == uuid { uuid.clone() } else { format!("{id:<26}  {uuid}") };
            writeln!(text, "  {kind:<12}  {both}")?;
        }
        if let Some(times) = &self.times {
            times.write_words(text, now)?;
        }
        writeln!(text, "\n{}", Title("what Quiltt's SDKs demand"))?;
        for Rule { rule, outcome, found } in &self.sdk_rules {
            writeln!(text, "  {outcome}  {rule}\n        found: {found}")?;
        }
        Ok(())
    }
}

impl Times {
    fn new(claims: &Claims, now: UnixTime) -> Self {
        // No time is after 9999, so nothing is lost or overflows.
        let secs = |time: UnixTime| time.as_secs().cast_signed();
        Self {
            issued_at: claims.issued_at().into(),
            not_before: claims.not_before().into(),
            expires_at: claims.expires_at().into(),
            seconds_left: secs(claims.expires_at()) - secs(now),
        }
    }

    fn write_words(&self, text: &mut String, now: UnixTime) -> std::fmt::Result {
        let state = if self.seconds_left > 0 { "expires" } else { "expired" };
        writeln!(text, "\n{}", Title("times"))?;
        for (name, moment) in [("issued", &self.issued_at), ("valid from", &self.not_before), (state, &self.expires_at)]
        {
            writeln!(text, "  {name:<12}  {}  {}", moment.text, relative(moment.unix, now))?;
        }
        let lifetime = self.expires_at.unix.duration_since(self.issued_at.unix).unwrap_or_default();
        writeln!(text, "  {:<12}  {}", "lifetime", duration::in_words(lifetime))
    }
}

impl From<UnixTime> for Moment {
    fn from(time: UnixTime) -> Self {
        Self { unix: time, text: time.to_string() }
    }
}

fn ids(claims: &Claims) -> Vec<Id> {
    let ids = [
        Some(Id::new("session", claims.id())),
        claims.user_id().map(|id| Id::new("profile", id)),
        claims.api_key_id().map(|id| Id::new("api-key", id)),
        claims.organization_id().map(|id| Id::new("organization", id)),
        claims.environment_id().map(|id| Id::new("environment", id)),
    ];
    ids.into_iter().flatten().collect()
}

impl Id {
    fn new(kind: &'static str, id: impl ToString + Into<Uuid>) -> Self {
        Self { kind, id: id.to_string(), uuid: id.into().to_string() }
    }
}

/// Returns `in 5 minutes`, `now` or `5 minutes ago`.
fn relative(time: UnixTime, now: UnixTime) -> String {
    match (time.duration_since(now), now.duration_since(time)) {
        (Some(ahead), None) => format!("in {}", duration::in_words(ahead)),
        (None, Some(ago)) => format!("{} ago", duration::in_words(ago)),
        _ => "now".to_owned(),
    }
}

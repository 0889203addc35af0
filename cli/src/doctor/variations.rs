//! The settings that Quiltt is asked about: the given ones, and others that differ.

use std::time::Duration;

use clap::ValueEnum;
use quiltt_session::{ApiKeyId, EnvironmentId, TokenVersion};

use crate::settings::{Payload, TokenSettings};

/// The ids that Quiltt told of the API key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownIds {
    pub(crate) api_key: ApiKeyId,
    pub(crate) environment: EnvironmentId,
}

/// Enough for the clocks of most machines.
const BACKDATED: Duration = Duration::from_secs(30);

/// Returns the given settings, then others that differ from the given ones in one thing each.
pub(crate) fn one_by_one(given: &TokenSettings, known: Option<KnownIds>) -> Vec<TokenSettings> {
    let mut all = vec![given.clone()];
    let mut vary = |change: &dyn Fn(&mut TokenSettings)| {
        let mut settings = given.clone();
        change(&mut settings);
        add(settings, &mut all);
    };
    vary(&|settings| {
        settings.payload = match settings.payload {
            Payload::Aligned => Payload::AsIssued,
            Payload::AsIssued => Payload::Aligned,
        };
    });
    vary(&|settings| settings.backdate = if settings.backdate.is_zero() { BACKDATED } else { Duration::ZERO });
    for version in TokenVersion::ALL.into_iter().rev() {
        vary(&|settings| set_version(settings, version));
    }
    vary(&|settings| settings.api_key = None);
    vary(&|settings| settings.organization = None);
    vary(&|settings| settings.environment = None);
    if let Some(known) = known {
        vary(&|settings| settings.api_key = Some(known.api_key));
        vary(&|settings| set_environment(settings, known.environment));
        vary(&|settings| set_ids(settings, known));
    }
    all
}

/// Returns settings with all that Quiltt's own tokens have, one for each version, but for those in `before`.
pub(crate) fn all_at_once(
    given: &TokenSettings,
    known: Option<KnownIds>,
    before: &[TokenSettings],
) -> Vec<TokenSettings> {
    let mut own = given.clone();
    own.payload = Payload::AsIssued;
    own.backdate = own.backdate.max(BACKDATED);
    let versions = TokenVersion::ALL.into_iter().rev().map(|version| {
        let mut settings = own.clone();
        set_version(&mut settings, version);
        if let Some(known) = known {
            set_ids(&mut settings, known);
        }
        settings
    });
    let mut all = before.to_vec();
    versions.for_each(|settings| add(settings, &mut all));
    all.split_off(before.len())
}

/// Adds `settings`, unless `all` has the same.
fn add(settings: TokenSettings, all: &mut Vec<TokenSettings>) {
    if all.iter().all(|other| !difference(other, &settings).is_empty()) {
        all.push(settings);
    }
}

/// Sets the version, and takes out the ids for which that version has no claim.
fn set_version(settings: &mut TokenSettings, version: TokenVersion) {
    settings.token_version = version;
    if version < TokenVersion::V4 {
        (settings.organization, settings.environment) = (None, None);
    }
}

/// Sets the environment, if the version has a claim for one.
fn set_environment(settings: &mut TokenSettings, environment: EnvironmentId) {
    if settings.token_version >= TokenVersion::V4 {
        settings.environment = Some(environment);
    }
}

fn set_ids(settings: &mut TokenSettings, known: KnownIds) {
    settings.api_key = Some(known.api_key);
    set_environment(settings, known.environment);
}

/// Returns the options in which `other` differs from `given`, such as `--backdate 30s, no --api-key`; empty if both are alike.
pub(crate) fn difference(given: &TokenSettings, other: &TokenSettings) -> String {
    let changed = words(given).into_iter().zip(words(other)).filter(|(given, other)| given != other);
    let changed = changed.map(|(_, (name, value))| match value {
        Some(value) => format!("{name} {value}"),
        None => format!("no {name}"),
    });
    changed.collect::<Vec<_>>().join(", ")
}

/// Returns all options that are varied, to copy.
pub(crate) fn options(settings: &TokenSettings) -> String {
    let words = words(settings).into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?)));
    words.collect::<Vec<_>>().join(" ")
}

/// The options that are varied, and their values.
fn words(settings: &TokenSettings) -> [(&'static str, Option<String>); 6] {
    [
        ("--token-version", Some(settings.token_version.to_string())),
        ("--payload", settings.payload.to_possible_value().map(|order| order.get_name().to_owned())),
        ("--backdate", Some(format!("{}s", settings.backdate.as_secs()))),
        ("--api-key", settings.api_key.map(|id| id.to_string())),
        ("--organization", settings.organization.map(|id| id.to_string())),
        ("--environment", settings.environment.map(|id| id.to_string())),
    ]
}

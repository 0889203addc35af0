//! Which settings Quiltt accepts: one call for each.

use std::{io, time::Duration};

use anstyle::{AnsiColor, Style};
use quiltt_session::{EnvironmentId, ProfileId, Refusal, RemoteError, RemoteSession, Session, SigningSecret};

use super::{
    Report,
    client::{Client, advice, is_final},
    variations::{self, KnownIds, all_at_once, one_by_one},
};
use crate::{
    duration,
    failure::Failure,
    output::{Mark, printable},
    settings::TokenSettings,
};

/// The TTL of tokens that are sent, unless one was given: such a token opens a real user's data.
const PROBE_TTL: Duration = Duration::from_secs(600);

/// The user, the settings and the secret of the tokens that Quiltt is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking<'o> {
    pub(crate) profile: ProfileId,
    pub(crate) given: &'o TokenSettings,
    pub(crate) secret: &'o SigningSecret,
    pub(crate) known: Option<KnownIds>,
}

impl Asking<'_> {
    /// Writes a table of the settings that Quiltt accepts, and the options to use.
    pub(crate) fn run(self, client: &mut Client, report: &mut Report) -> Result<(), Failure> {
        let first = one_by_one(self.given, self.known);
        let then = all_at_once(self.given, self.known, &first);
        let text = format!(
            "at most {} calls of GET /v1/users/session follow, each with a new token for {} that lives {}; \
             nothing is created or revoked",
            first.len() + then.len(),
            self.profile,
            duration::in_words(self.given.ttl.unwrap_or(PROBE_TTL))
        );
        report.add(Mark::Note, &text)?;
        let (mut accepted, mut judged, mut refused_none) = (None, vec![], true);
        for (number, settings) in first.iter().chain(&then).enumerate() {
            if number == first.len() && accepted.is_some() {
                break;
            }
            let answer = self.ask(client, settings)?;
            report.line(&format!("  {}", answer.row(&self.name(settings))))?;
            judged.push(!matches!(answer, Answer::Other(_)));
            refused_none &= matches!(answer, Answer::Accepted(_));
            match answer {
                Answer::Accepted(_) => accepted = accepted.or(Some(settings)),
                Answer::Stop(reason) => {
                    report.add(Mark::Fail, &printable(&format!("not asked any further: {reason}")))?;
                    return Ok(accepted.map_or(Ok(()), |settings| self.recommend(settings, report))?);
                }
                Answer::Refused(..) | Answer::Other(_) => {}
            }
        }
        if judged.first() == Some(&false) {
            report.add(Mark::Note, "what you gave was not judged: ask again")?;
        }
        match accepted {
            Some(_) if refused_none => report.add(Mark::Note, JUDGES_NOTHING)?,
            Some(settings) => self.recommend(settings, report)?,
            None if judged.contains(&true) => report.add(Mark::Fail, NONE)?,
            None => report.add(Mark::Fail, "Quiltt judged none of these: ask again later")?,
        }
        Ok(())
    }

    fn name(&self, settings: &TokenSettings) -> String {
        let difference = variations::difference(self.given, settings);
        if difference.is_empty() { "as given".to_owned() } else { difference }
    }

    fn ask(&self, client: &mut Client, settings: &TokenSettings) -> Result<Answer, Failure> {
        let mut settings = settings.clone();
        settings.ttl.get_or_insert(PROBE_TTL);
        let session = settings.signer(self.secret).build()?.mint(self.profile)?;
        let known = self.given.environment.or(self.known.map(|known| known.environment));
        Ok(Answer::to(&session, settings.environment.or(known), client.check(&session)))
    }

    fn recommend(&self, settings: &TokenSettings, report: &mut Report) -> io::Result<()> {
        let (mark, text) = match variations::difference(self.given, settings).is_empty() {
            true => (Mark::Pass, "Quiltt accepts what you gave"),
            false => (Mark::Fail, "Quiltt accepts other settings than you gave"),
        };
        let options = variations::options(settings);
        let rest = if self.given.is_plain() { "" } else { ", beside --ttl, --claim, --issuer, --audience as given" };
        report.add(mark, &format!("{text}; to copy: {options}{rest}"))
    }
}

const NONE: &str = "Quiltt accepted none of these: is the secret the one of this environment, in the right encoding, \
                    and does the profile exist? see the list below";

const JUDGES_NOTHING: &str = "every variation was accepted, other versions and missing ids too: this server judges nothing \
                              of what was varied, so it tells nothing of the right settings; is it Quiltt?";

/// Quiltt's answer about a token.
#[derive(Debug)]
enum Answer {
    /// A session of the user and environment that were asked about, and the answer's contradictions, if any.
    Accepted(Option<String>),
    /// Its status, and its words.
    Refused(u16, Option<String>),
    /// Neither, such as a captive portal's page: a 200 alone is nobody's judgement.
    Other(String),
    /// There is no use in asking on.
    Stop(String),
}

impl Answer {
    /// Judges the answer about the token of `asked`. `environment`: the only one that the answer may name.
    fn to(asked: &Session, environment: Option<EnvironmentId>, answer: Result<RemoteSession, RemoteError>) -> Self {
        let words = |refusal: &Refusal| refusal.message().map(str::to_owned);
        match answer {
            Ok(answer) if !is_ours(answer.session(), asked, environment) => {
                Self::Other(format!("{NOT_QUILTTS}: expected the session that was asked about, found another one"))
            }
            Ok(answer) => Self::Accepted(answer.into_session().err().map(|error| error.to_string())),
            Err(error @ RemoteError::Body(_)) => Self::Other(format!("{NOT_QUILTTS}: {error}")),
            Err(RemoteError::NotAuthenticated(refusal)) => Self::Refused(401, words(&refusal)),
            Err(RemoteError::Forbidden(refusal)) => Self::Refused(403, words(&refusal)),
            Err(error) if is_final(&error) => Self::Stop(format!("{error}; {}", advice(&error))),
            Err(error) => Self::Other(error.to_string()),
        }
    }

    /// Returns the row of the table: the answer in a word, `name`, Quiltt's words.
    fn row(&self, name: &str) -> String {
        let (word, style, said) = match self {
            Self::Accepted(said) => ("accepted".to_owned(), AnsiColor::Green.on_default(), said.as_ref()),
            Self::Refused(status, said) => (format!("refused {status}"), AnsiColor::Red.on_default(), said.as_ref()),
            Self::Other(said) => ("other".to_owned(), AnsiColor::Yellow.on_default(), Some(said)),
            Self::Stop(_) => ("no answer".to_owned(), Style::new(), None),
        };
        let said = said.map(|said| format!(": {}", printable(said))).unwrap_or_default();
        format!("{style}{word:<11}{style:#}  {name}{said}")
    }
}

const NOT_QUILTTS: &str = "no answer of Quiltt's";

/// Whether the answer is about the profile of `asked` and, if the answer names an environment, about `environment`.
fn is_ours(answered: &Session, asked: &Session, environment: Option<EnvironmentId>) -> bool {
    let is_environment = |answered| environment.is_none_or(|environment| answered == environment);
    answered.user_id() == asked.user_id() && answered.environment_id().is_none_or(is_environment)
}

//! The caller's own claims, checked and turned into JSON once.

use serde::Serialize;

use super::{ascii_json, claims, json_fault, strict_json};
use crate::error::{ClaimError, JsonFault};

/// Most bytes of JSON that the custom claims of one token may take, names and punctuation included.
const MAX_LENGTH: usize = 4096;

/// Members of a JSON object, each with a comma before it: `,"name":value…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CustomClaims {
    json: String,
    names: Vec<String>,
}

impl CustomClaims {
    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    /// Adds a claim that neither `self` nor `others` has.
    pub(crate) fn add(&mut self, others: Option<&Self>, name: &str, value: &impl Serialize) -> Result<(), ClaimError> {
        let owned = || name.to_owned();
        let has_name = |claims: &Self| claims.names.iter().any(|other| other == name);
        if name.is_empty() {
            return Err(ClaimError::EmptyName);
        }
        if name.contains('\0') {
            return Err(ClaimError::Json { name: owned(), fault: JsonFault::Nul });
        }
        if claims::is_reserved(name) {
            return Err(ClaimError::Reserved { name: owned() });
        }
        if strict_json::is_private(name) {
            return Err(ClaimError::PrivateName { name: owned() });
        }
        if has_name(self) || others.is_some_and(has_name) {
            return Err(ClaimError::Duplicate { name: owned() });
        }
        let value = json(value).map_err(|fault| match fault {
            Some(fault) => ClaimError::Json { name: owned(), fault },
            None => ClaimError::NotJson { name: owned() },
        })?;
        let mut member = String::new();
        ascii_json::push_member(&mut member, name, &ascii_json::escape(value));
        let length = [self.json.len(), member.len(), others.map_or(0, |others| others.json.len())];
        if length.iter().sum::<usize>() > MAX_LENGTH {
            return Err(ClaimError::TooLarge { name: owned(), max: MAX_LENGTH });
        }
        self.json.push_str(&member);
        self.names.push(owned());
        Ok(())
    }
}

/// The value as JSON that a verifier takes and that no usual reader mistakes, whatever its `Serialize` wrote: serde_json
/// lets some types write what is no JSON, or more than one value. On failure, why, if that has a name.
fn json(value: &impl Serialize) -> Result<String, Option<JsonFault>> {
    const LEVELS: usize = strict_json::MAX_DEPTH.saturating_sub(1);

    let json = serde_json::to_string(value).map_err(|_| None)?;
    if !strict_json::is_value(&json) {
        return Err(json_fault::refused(json.as_bytes(), LEVELS));
    }
    match json_fault::misread(&json) {
        Some(fault) => Err(Some(fault)),
        None => Ok(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(name: &str, value: &impl Serialize) -> Result<String, ClaimError> {
        let mut claims = CustomClaims::default();
        claims.add(None, name, value).map(|()| claims.json)
    }

    #[test]
    fn claims_are_members_with_a_comma_before_each() {
        let mut claims = CustomClaims::default();
        claims.add(None, "plan", &"gold").unwrap();
        claims.add(None, "größe", &[1, 2]).unwrap();
        assert_eq!(claims.json(), r#","plan":"gold","gr\u00f6\u00dfe":[1,2]"#);
    }

    #[test]
    fn a_refused_claim_leaves_the_others_as_they_were() {
        let mut claims = CustomClaims::default();
        claims.add(None, "a", &1).unwrap();
        let before = claims.clone();
        assert!(claims.add(None, "a", &2).is_err());
        assert!(claims.add(None, "b", &"x".repeat(MAX_LENGTH)).is_err());
        assert_eq!(claims, before);
    }

    #[test]
    fn the_limit_counts_both_the_constant_and_the_sessions_claims() {
        let overhead = r#","a":"""#.len();
        let mut constant = CustomClaims::default();
        constant.add(None, "a", &"x".repeat(MAX_LENGTH - 2 * overhead)).unwrap();
        let mut session = CustomClaims::default();
        let too_large = ClaimError::TooLarge { name: "b".into(), max: MAX_LENGTH };
        assert_eq!(session.add(Some(&constant), "b", &"x"), Err(too_large));
        assert_eq!(session.add(Some(&constant), "b", &""), Ok(()));
    }

    #[test]
    fn names_that_are_empty_reserved_or_repeated_are_refused() {
        assert_eq!(added("", &1), Err(ClaimError::EmptyName));
        let registered = ["nbf", "iat", "jti", "iss", "aud", "exp", "ver"];
        for name in registered.into_iter().chain(["aid", "uid", "did", "cid", "sub", "oid", "eid", "rol"]) {
            assert_eq!(added(name, &1), Err(ClaimError::Reserved { name: name.into() }));
        }
        for name in ["Number", "RawValue", "", "of the future"].map(|name| format!("$serde_json::private::{name}")) {
            for value in ["1", "x"] {
                assert_eq!(added(&name, &value), Err(ClaimError::PrivateName { name: name.clone() }));
            }
        }
        let mut constant = CustomClaims::default();
        constant.add(None, "a", &1).unwrap();
        let duplicate = Err(ClaimError::Duplicate { name: "a".into() });
        assert_eq!(CustomClaims::default().add(Some(&constant), "a", &1), duplicate);
    }

    #[test]
    fn values_that_no_strict_reader_takes_are_refused() {
        struct Twice;
        impl Serialize for Twice {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map([("a", 1), ("a", 2)])
            }
        }
        struct Fails;
        impl Serialize for Fails {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("no"))
            }
        }
        /// What `serde_json` takes for JSON already, whatever it is.
        struct Raw(&'static str);
        impl Serialize for Raw {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                let mut raw = serializer.serialize_struct("$serde_json::private::RawValue", 1)?;
                raw.serialize_field("$serde_json::private::RawValue", self.0)?;
                raw.end()
            }
        }
        let not_json = Err(ClaimError::NotJson { name: "a".into() });
        for raw in [
            "1,\"eid\":\"env_10\"",
            "\"1\",\"eid\":\"env_10\"",
            "{},\"eid\":\"env_10\"",
            "[],\"eid\":\"env_10\"",
            "null,\"eid\":\"env_10\"",
            " 1 ,\"eid\":\"env_10\"",
            "1},{\"sub\":\"p_10\"",
            "\"\\~\"",
            "{\"a\":1,\"\\u0061\":1}",
            "",
            " ",
            "nonsense",
        ] {
            assert_eq!(added("a", &Raw(raw)), not_json, "{raw}");
        }
        for (raw, fault) in [
            ("1e400", JsonFault::Number),
            ("[-1e400]", JsonFault::Number),
            ("\"\\ud800\"", JsonFault::Surrogate),
            ("[[[[[[[[]]]]]]]]", JsonFault::Depth { max: 7 }),
            ("[9007199254740992]", JsonFault::Integer),
            ("{\"\\u0000\":1}", JsonFault::Nul),
        ] {
            assert_eq!(added("a", &Raw(raw)), Err(ClaimError::Json { name: "a".into(), fault }), "{raw}");
        }
        assert_eq!(added("a", &Twice), not_json);
        assert_eq!(added("a", &Fails), not_json);
    }

    #[test]
    fn integers_and_texts_are_those_that_every_reader_takes_as_they_are() {
        let refused = |fault| Err(ClaimError::Json { name: "a".into(), fault });
        let greatest = 9_007_199_254_740_991_u64;
        assert_eq!(added("a", &greatest).unwrap(), r#","a":9007199254740991"#);
        assert_eq!(added("a", &(greatest + 1)), refused(JsonFault::Integer));
        assert_eq!(added("a", &u128::MAX), refused(JsonFault::Integer));
        assert_eq!(added("a", &i64::MIN), refused(JsonFault::Integer));
        assert!(added("a", &(greatest + 1).to_string()).is_ok());
        assert!(added("a", &[f64::MAX, 0.1, -0.0]).is_ok());
        assert_eq!(added("a", &serde_json::json!([{ "b": "\0" }])), refused(JsonFault::Nul));
        let error = added("a\0", &1).unwrap_err();
        assert_eq!(error, ClaimError::Json { name: "a\0".into(), fault: JsonFault::Nul });
        assert!(!error.to_string().contains('\0'), "{error}");
    }

    #[test]
    fn values_nest_as_deep_as_a_reader_of_the_token_allows() {
        let nested = |depth| (0..depth).fold(serde_json::Value::Null, |value, _| serde_json::json!([value]));
        let deepest = strict_json::MAX_DEPTH - 1;
        assert!(added("a", &nested(deepest)).is_ok(), "the payload itself is a level");
        let fault = JsonFault::Depth { max: deepest };
        assert_eq!(added("a", &nested(deepest + 1)), Err(ClaimError::Json { name: "a".into(), fault }));
    }
}

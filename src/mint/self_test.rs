//! Vector code that a compiler or a processor got wrong must stop, not sign.

use uuid::Uuid;

use super::{batch_signing::Entry, payload::Validity, template::Template};
use crate::time::UnixTime;

/// Whether a known group gets the same tokens from plain code, from vectors one by one, and side by side.
pub(crate) fn passes(template: &Template) -> bool {
    // Times of ten digits, as until 2286.
    let times = [1_700_000_000, 1_700_086_400].map(UnixTime::from_secs);
    let [Ok(issued_at), Ok(expires_at)] = times else { return false };
    let validity = Validity { issued_at, expires_at };
    let ids = [0, 61, u128::MAX, 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835].map(Uuid::from_u128);
    let pairs = ids.into_iter().zip(ids.into_iter().rev()).chain(ids.into_iter().zip(ids));
    let mut entries: Vec<_> = pairs.map(|(id, profile)| Entry::new(profile.into(), id.into(), validity)).collect();
    let (mut plain, mut single, mut batch) = (String::new(), String::new(), String::new());
    let moment = template.moment_apart(validity);
    for entry in &entries {
        template.sign_plainly(&moment, entry.particulars(), &mut plain);
        template.sign_into(&moment, entry.particulars(), &mut single);
    }
    template.sign_batch(Some(&moment), &mut entries, &mut batch);
    plain == single && plain == batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mint::{payload::Members, payload::PayloadOrder, wide::BatchLanes};
    use crate::{
        crypto::Key,
        secret::SigningSecret,
        token::{header::Header, version::TokenVersion},
    };

    const LANES: [BatchLanes; 3] = [BatchLanes::Eight, BatchLanes::Four, BatchLanes::One];

    #[test]
    fn it_passes_for_every_version_and_width_and_fails_where_vectors_write_another_byte() {
        let members = Members { parties: r#","iss":"a""#.into(), ..Members::default() };
        for (version, lanes) in TokenVersion::ALL.into_iter().flat_map(|version| LANES.map(|lanes| (version, lanes))) {
            for order in [PayloadOrder::Aligned, PayloadOrder::AsIssued] {
                let key = Key::new(&SigningSecret::demo());
                let mut template = Template::new(key, lanes, Header::default(), order, version.layout(), &members);
                assert!(passes(&template), "{version:?} {lanes:?} {order:?}");
                let differs = template.wide.corrupt();
                assert_eq!(passes(&template), !differs, "{version:?} {lanes:?} {order:?}");
            }
        }
    }
}

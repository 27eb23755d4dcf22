//! The attributes on the command line of `mixc`.

use adapter_mixer::attribute::Bag;
use adapter_mixer::client::{AttributeFlag, message};
use prost::Message;
use serde_json::Value as Json;

use crate::attributes::same_values;
use crate::{Case, Outcome, cases, outcome, text};

fn read(case: &Json, attributes: &mut Bag<'_>) -> Result<(), String> {
    let name = text(case, "flag");
    let flag = AttributeFlag::ALL.into_iter().find(|it| it.name() == name);
    let flag = flag.ok_or_else(|| format!("{name} isn't known"))?;
    let read = flag.read(text(case, "value"), attributes);
    read.map_err(|error| error.to_string())
}

pub(crate) fn flags(vectors: &Json) -> Vec<Case> {
    let mut attributes = Bag::new();
    let ok = &vectors["ok"];
    let mut results = Vec::new();
    for flag in cases(ok, "flags") {
        let name = format!("ok {}", text(flag, "flag"));
        results.push((name, outcome(read(flag, &mut attributes))));
    }
    // What is sent has them all, too.
    let mut sent = Bag::new();
    let decoded = sent.update(
        &message(&attributes).encode_to_vec(),
        adapter_mixer::attribute::GlobalDictionary::istio(),
    );
    for (name, expected) in ok["attributes"].as_object().expect("attributes") {
        let expected = Json::Object([(name.clone(), expected.clone())].into_iter().collect());
        let one = |bag: &Bag<'_>| -> Bag<'static> {
            let own = bag.own().filter(|(it, _)| it == name);
            own.map(|(name, value)| (name.to_owned(), value.clone()))
                .collect()
        };
        let read = same_values(&expected, &one(&attributes));
        let all = read.and_then(|()| same_values(&expected, &one(&sent)));
        let all = all.and_then(|()| decoded.as_ref().map(|_| ()).map_err(ToString::to_string));
        results.push((format!("ok {name}"), outcome(all)));
    }
    for case in cases(vectors, "errors") {
        let name = format!("error {}", case);
        let outcome = match read(case, &mut Bag::new()) {
            Ok(()) => Outcome::Failed("there was no error".to_owned()),
            Err(_) => Outcome::Passed,
        };
        results.push((name, outcome));
    }
    results
}

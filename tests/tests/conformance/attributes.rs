//! Attributes: their wire form, what is read of them, the keys of answers.

use std::collections::BTreeSet;

use adapter_mixer::attribute::{
    Attributes, Bag, GLOBAL_WORDS, GlobalDictionary, KeyShape, Tracked, ValueRef, Vocabulary,
    WireBag, compress,
};
use adapter_mixer::proto::mixer::referenced_attributes::{AttributeMatch, Condition};
use adapter_mixer::proto::mixer::{CompressedAttributes, ReferencedAttributes, StringMap};
use prost::Message;
use serde_json::Value as Json;

use crate::expressions::value_type;
use crate::value::{bag, seen, span, time, value, values};
use crate::{Case, cases, outcome, same, text};

pub(crate) fn decode(vectors: &Json) -> Vec<Case> {
    named(vectors, |case| {
        let message = compressed(&case["compressed"]);
        let sent = hex(text(case, "pb_hex"));
        let decoded = CompressedAttributes::decode(sent.as_slice());
        same("message", Ok(&message), decoded.as_ref())?;
        let global = global(case);
        decode_eagerly(case, &sent, &global)?;
        let lazy = WireBag::decode(&sent, &global).map_err(|error| error.to_string())?;
        for (name, expected) in case["lazy"].as_object().into_iter().flatten() {
            same(name, value(expected), seen(&lazy, name))?;
        }
        for (name, expected) in case["lazy_contains"].as_object().into_iter().flatten() {
            same(name, expected.as_bool(), Some(lazy.contains(name)))?;
        }
        Ok(())
    })
}

fn decode_eagerly(case: &Json, message: &[u8], global: &GlobalDictionary) -> Result<(), String> {
    let mut bag = Bag::new();
    let found = bag.update(message, global);
    if let Json::Array(lines) = &case["eager_error"] {
        let expected: Vec<&str> = lines.iter().filter_map(Json::as_str).collect();
        let error = found.err().map(|errors| errors.to_string());
        let lines = error.as_deref().unwrap_or_default().lines();
        let mut found: Vec<&str> = lines
            .map(|line| line.trim_start_matches("\t* "))
            .filter(|line| !line.is_empty())
            .collect();
        // The errors come in any order, the line that counts them first.
        found.get_mut(1..).unwrap_or_default().sort_unstable();
        return same("errors", expected, found);
    }
    found.map_err(|errors| errors.to_string())?;
    same_values(&case["eager"], &bag)
}

/// Compares with all that a bag holds.
pub(crate) fn same_values(expected: &Json, bag: &Bag<'_>) -> Result<(), String> {
    let mut found: Vec<_> = bag
        .own()
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut expected = values(expected);
    expected.sort_by(|(a, _), (b, _)| a.cmp(b));
    same("values", expected, found)
}

pub(crate) fn encode(vectors: &Json) -> Vec<Case> {
    named(vectors, |case| {
        let global = global(case);
        let attributes = values(&case["attributes"]);
        let count = count(case);
        let sent = attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        let found = compress(sent, &global, count);
        if case["compressed"].is_object() {
            let expected = compressed(&case["compressed"]);
            let sent = CompressedAttributes::decode(hex(text(case, "pb_hex")).as_slice());
            same("message", Ok(&expected), sent.as_ref())?;
            same("message", expected, found.clone())?;
        }
        if let Json::Array(words) = &case["words_unordered"] {
            let expected: BTreeSet<&str> = words.iter().filter_map(Json::as_str).collect();
            let words = found.words.iter().map(String::as_str).collect();
            same("words", expected, words)?;
        }
        let mut bag = Bag::new();
        let found = found.encode_to_vec();
        bag.update(&found, &global)
            .map_err(|errors| errors.to_string())?;
        same_values(&case["round_trip"], &bag)?;
        let lazy = WireBag::decode(&found, &global).map_err(|error| error.to_string())?;
        for (name, expected) in values(&case["round_trip"]) {
            same(&name, Some(expected), seen(&lazy, &name))?;
        }
        Ok(())
    })
}

pub(crate) fn references(vectors: &Json) -> Vec<Case> {
    let global = global(vectors);
    named(vectors, |case| {
        let message = compressed(&vectors["compressed"]).encode_to_vec();
        let bag = WireBag::decode(&message, &global).map_err(|error| error.to_string())?;
        let tracked = Tracked::new(bag);
        for access in case["accesses"].as_array().into_iter().flatten() {
            let value = tracked.get(text(access, "name"));
            if let (Some(ValueRef::StringMap(map)), Some(key)) = (value, access["map_key"].as_str())
            {
                let _ = map.get(key);
            }
        }
        let message = tracked.references().to_message(&global, count(case));
        let word = |index: i32| match index {
            0.. => (global_word(vectors, index), "global"),
            _ => (message.words[!index as usize].clone(), "message"),
        };
        let found: BTreeSet<String> = message
            .attribute_matches
            .iter()
            .map(|it| {
                let key = (it.map_key != 0).then(|| word(it.map_key));
                format!(
                    "{:?} {key:?} {}",
                    word(it.name),
                    it.condition().as_str_name()
                )
            })
            .collect();
        let expected: BTreeSet<String> = cases(case, "matches_unordered")
            .iter()
            .map(|it| {
                let name = (text(it, "name").to_owned(), text(it, "name_dictionary"));
                let key = it["map_key"]
                    .as_str()
                    .map(|key| (key.to_owned(), text(it, "map_key_dictionary")));
                format!("{name:?} {key:?} {}", text(it, "condition"))
            })
            .collect();
        same("matches", expected.len(), message.attribute_matches.len())?;
        same("matches", expected, found)?;
        same(
            "words",
            case["words_count"].as_u64(),
            Some(message.words.len() as u64),
        )
    })
}

fn global_word(vectors: &Json, index: i32) -> String {
    let words = &vectors["global_words"];
    words[index as usize].as_str().expect("a word").to_owned()
}

pub(crate) fn cache(vectors: &Json) -> Vec<Case> {
    let mut all: Vec<Case> = cases(vectors, "key_shape")
        .iter()
        .map(|case| {
            let shape = shape(&case["referenced"]);
            let bag = bag(&case["bag"]);
            let present = same("present", case["present_ok"].as_bool(), {
                Some(shape.key(&bag).is_some())
            });
            let absent = same("absent", case["absent_ok"].as_bool(), {
                Some(shape.absent_fits(&bag))
            });
            (text(case, "name").to_owned(), outcome(present.and(absent)))
        })
        .collect();
    // The answers that are kept: shapes, and the keys among them.
    let mut kept = Vec::new();
    for case in cases(vectors, "cache") {
        let shape = shape(&case["value"]["ReferencedAttributes"]["json"]);
        if let Some(key) = shape.key(&bag(&case["set_bag"])) {
            kept.push((shape, key));
        }
        for lookup in cases(case, "lookups") {
            let name = text(lookup, "name").to_owned();
            if name.contains("out of date") {
                // Nothing can keep an answer whose time is over.
                kept.pop();
            }
            let bag = bag(&lookup["bag"]);
            let hit = kept.iter().any(|(shape, key)| {
                shape.absent_fits(&bag) && shape.key(&bag).as_ref() == Some(key)
            });
            all.push((
                name,
                outcome(same("hit", lookup["hit"].as_bool(), Some(hit))),
            ));
        }
    }
    all
}

fn shape(json: &Json) -> KeyShape {
    let number = |json: &Json| json.as_i64().unwrap_or(0) as i32;
    let words = json["words"].as_array().into_iter().flatten();
    let matches = cases(json, "attribute_matches").iter();
    let message = ReferencedAttributes {
        words: words.filter_map(Json::as_str).map(str::to_owned).collect(),
        attribute_matches: matches
            .map(|json| AttributeMatch {
                name: number(&json["name"]),
                map_key: number(&json["map_key"]),
                condition: Condition::from_str_name(text(json, "condition"))
                    .expect("a condition")
                    .into(),
                regex: String::new(),
            })
            .collect(),
    };
    KeyShape::new(&message, GlobalDictionary::istio())
}

pub(crate) fn dictionary(vectors: &Json) -> Vec<Case> {
    let words = cases(vectors, "words").iter();
    let expected: Vec<&str> = words.filter_map(Json::as_str).collect();
    let result = same("words", expected, GLOBAL_WORDS.to_vec());
    vec![("the global dictionary".to_owned(), outcome(result))]
}

pub(crate) fn manifest(vectors: &Json) -> Vec<Case> {
    let vocabulary = Vocabulary::istio();
    let manifests = cases(vectors, "manifests").iter();
    let declared: Vec<(&str, &str)> = manifests
        .flat_map(|manifest| manifest["attributes"].as_object().into_iter().flatten())
        .map(|(name, json)| (name.as_str(), json.as_str().expect("a type")))
        .collect();
    let mut all: Vec<Case> = declared
        .iter()
        .map(|(name, expected)| {
            let found = vocabulary.get(name);
            let result = same("type", Some(value_type(expected)), found);
            ((*name).to_owned(), outcome(result))
        })
        .collect();
    let surplus = same("attributes", declared.len(), vocabulary.sorted().len());
    all.push(("no others".to_owned(), outcome(surplus)));
    all
}

fn named(vectors: &Json, run: impl Fn(&Json) -> Result<(), String>) -> Vec<Case> {
    cases(vectors, "cases")
        .iter()
        .map(|case| (text(case, "name").to_owned(), outcome(run(case))))
        .collect()
}

fn count(case: &Json) -> u32 {
    let count = case["global_word_count"]
        .as_u64()
        .expect("a number of words");
    u32::try_from(count).expect("a number of words")
}

/// The global words of a case. They live as long as the test.
fn global(case: &Json) -> GlobalDictionary {
    let words: Vec<&'static str> = cases(case, "global_words")
        .iter()
        .map(|word| &*word.as_str().expect("a word").to_owned().leak())
        .collect();
    GlobalDictionary::new(&words)
}

/// A message, written as JSON.
pub(crate) fn compressed(json: &Json) -> CompressedAttributes {
    let words = json["words"].as_array().into_iter().flatten();
    CompressedAttributes {
        words: words.filter_map(Json::as_str).map(str::to_owned).collect(),
        strings: entries(&json["strings"], index),
        int64s: entries(&json["int64s"], |it| it.as_i64().expect("an integer")),
        doubles: entries(&json["doubles"], |it| it.as_f64().expect("a number")),
        bools: entries(&json["bools"], |it| it.as_bool().expect("a bool")),
        timestamps: entries(&json["timestamps"], |it| {
            let time = time(it.as_str().expect("a time"));
            prost_types::Timestamp {
                seconds: time.seconds(),
                nanos: time.nanos(),
            }
        }),
        durations: entries(&json["durations_ns"], |it| {
            let span = span(it.as_i64().expect("nanoseconds"));
            prost_types::Duration {
                seconds: span.seconds(),
                nanos: span.nanos(),
            }
        }),
        bytes: entries(&json["bytes_hex"], |it| hex(it.as_str().expect("digits"))),
        string_maps: entries(&json["string_maps"], |it| StringMap {
            entries: entries(it, index),
        }),
    }
}

fn entries<T, M: FromIterator<(i32, T)>>(json: &Json, value: impl Fn(&Json) -> T) -> M {
    let entries = json.as_object().into_iter().flatten();
    entries
        .map(|(index, json)| (index.parse().expect("an index"), value(json)))
        .collect()
}

fn index(json: &Json) -> i32 {
    i32::try_from(json.as_i64().expect("an index")).expect("an index")
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}

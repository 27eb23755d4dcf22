//! Rust's names for protobuf's.

/// The words that Rust keeps for itself, also in future editions.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Those that can't be raw identifiers.
const NEVER_RAW: &[&str] = &["self", "super", "crate"];

/// The types that the printed code names.
const TAKEN: &[&str] = &[
    "AdapterConfig",
    "BTreeMap",
    "Box",
    "Clone",
    "Debug",
    "Duration",
    "None",
    "Option",
    "PartialEq",
    "Self",
    "Some",
    "String",
    "TimeStamp",
    "Vec",
];

/// The name of a field: `allowUnverifiedSSLCert` is `allow_unverified_ssl_cert`.
pub(super) fn field(proto: &str) -> String {
    let name = snake_case(proto);
    match name.as_str() {
        name if KEYWORDS.contains(&name) => format!("r#{name}"),
        name if NEVER_RAW.contains(&name) => format!("{name}_"),
        "" => "field".to_owned(),
        _ => name,
    }
}

/// The name of a type or a variant: `exp_decay` is `ExpDecay`, `DELTA_COUNTER` is `DeltaCounter`.
pub(super) fn camel_case(proto: &str) -> String {
    let name: String = words(proto).iter().map(|word| upper_first(word)).collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // The one capitalised keyword.
        true if name == "Self" => name + "Value",
        true => name,
        false => format!("N{name}"),
    }
}

/// The name of a type: as it is if Rust has such names.
pub(super) fn type_name(proto: &str) -> String {
    let begins = proto.starts_with(|c: char| c.is_ascii_uppercase());
    let name = match begins && !proto.contains('_') {
        true => proto.to_owned(),
        false => camel_case(proto),
    };
    match TAKEN.contains(&name.as_str()) {
        true => name + "Value",
        false => name,
    }
}

/// As `#[derive(AdapterConfig)]` has it by default: the name of a value of an enum for a variant.
pub(super) fn screaming_snake_case(rust: &str) -> String {
    snake_case(rust).to_uppercase()
}

/// As `#[derive(AdapterConfig)]` has it by default: the name of a member of a oneof for a variant.
pub(super) fn snake_case(name: &str) -> String {
    let start = name.len() - name.trim_start_matches('_').len();
    let text = words(name).join("_");
    match start > 0 && !text.is_empty() {
        true => format!("_{text}"),
        false => text,
    }
}

fn upper_first(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + chars.as_str(),
        None => String::new(),
    }
}

/// The words of a name in lower case. A run of capitals is one word, except that its last one
/// begins the next word if a small letter follows: `SSLCert` is `ssl` and `cert`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = name.chars().peekable();
    let mut previous = '_';
    while let Some(c) = chars.next() {
        let next_is_small = chars.peek().is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase() && (!previous.is_ascii_uppercase() || next_is_small);
        if begins || c == '_' {
            words.push(String::new());
        }
        if c != '_' {
            words
                .last_mut()
                .expect("there is one from the start")
                .push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The names that the derive makes by default, which the printed code leaves out.
#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
#[path = "../../../adapter-macros/src/names.rs"]
mod derived;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_derived_as_the_derive_does_it() {
        for name in [
            "DeltaCounter",
            "HTTPRule",
            "A",
            "ABTest",
            "S3",
            "P99Latency",
            "N90th",
            "SelfValue",
            "MyHTTP2Server",
            "Ab",
            "XMLHttp",
            "V1Beta1",
            "N",
            "NoneValue",
            "IPv4",
            "OAuth2Token",
        ] {
            assert_eq!(snake_case(name), derived::snake_case(name), "{name}");
            let screaming = derived::screaming_snake_case(name);
            assert_eq!(screaming_snake_case(name), screaming, "{name}");
        }
    }

    #[test]
    fn names_are_rusts() {
        for (proto, rust) in [
            ("flush_interval", "flush_interval"),
            ("allowUnverifiedSSLCert", "allow_unverified_ssl_cert"),
            ("HTTPPort", "http_port"),
            ("type", "r#type"),
            ("Self", "self_"),
            ("crate", "crate_"),
            ("_hidden", "_hidden"),
            ("a__b_", "a_b"),
            ("_", "field"),
            ("p99", "p99"),
        ] {
            assert_eq!(field(proto), rust);
        }
        for (proto, rust) in [
            ("exp_decay", "ExpDecay"),
            ("DELTA_COUNTER", "DeltaCounter"),
            ("GAUGE", "Gauge"),
            ("90th", "N90th"),
            ("SELF", "SelfValue"),
            ("_", "N"),
        ] {
            assert_eq!(camel_case(proto), rust);
        }
        for (proto, rust) in [
            ("MetricInfo", "MetricInfo"),
            ("HTTPRule", "HTTPRule"),
            ("my_message", "MyMessage"),
            ("Option", "OptionValue"),
        ] {
            assert_eq!(type_name(proto), rust);
        }
        assert_eq!(screaming_snake_case("DeltaCounter"), "DELTA_COUNTER");
    }
}

//! Where Mixer is not followed, and why.

use adapter_runtime::value::Value;
use serde_json::Value as Json;

/// One rule.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    /// Whether there are vectors for it.
    pub(crate) has_vectors: bool,
    covers: fn(&Evaluated<'_>) -> bool,
}

/// An expression that came to something else than in Mixer.
pub(crate) struct Evaluated<'c> {
    /// In Mixer's own notation; empty if it can't be read here.
    pub(crate) prefix: &'c str,
    /// What Mixer's CEXL made of it.
    pub(crate) mixer: &'c Json,
    /// The value in Mixer's COMPAT mode.
    pub(crate) compat: Option<Value>,
    /// The value here, or the error.
    pub(crate) found: &'c Result<Value, String>,
}

/// The rule for repeated fields in the outputs of adapters.
pub(crate) const LISTS: &str = "list in an output";

/// The rule about destinations that appear in another namespace.
pub(crate) const ALIASING: &str = "destinations of another namespace";

/// All rules, with their names in the order of the fact sheet.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "left operand of `|` discarded",
        reason: "where the left operand of `|`, or the key of a map there, is a comparison, `&&`, \
                 `||`, `+` or a call of `size`, Mixer evaluates it and takes the right one \
                 whatever it was; here it is the value, as in Mixer's COMPAT mode",
        has_vectors: true,
        covers: |case| {
            case.found.is_ok()
                && case.found.as_ref().ok() == case.compat.as_ref()
                && discards(case.prefix)
        },
    },
    Rule {
        name: ALIASING,
        reason: "with 3, 5, 6, 7 or more than 8 destinations in the default namespace, Mixer calls \
                 the handlers of one namespace for requests of another; here each has its own list",
        has_vectors: true,
        covers: |_| false,
    },
    Rule {
        name: "header operations of the default namespace",
        reason: "where a namespace has a rule of its own, Mixer forgets the header operations of \
                 the default namespace's rules for it; here they hold for all requests, as those \
                 rules' actions do",
        has_vectors: false,
        covers: |_| false,
    },
    Rule {
        name: "type checkers of an older manifest",
        reason: "Mixer checks the types of expressions with the first attributes that it ever \
                 read, so that instances with new ones are refused until it is restarted; here \
                 with those of the same configuration",
        has_vectors: false,
        covers: |_| false,
    },
    Rule {
        name: "quota of a rule that doesn't match",
        reason: "where two rules send the same quota and one doesn't match, Mixer grants all that \
                 is asked for, whatever the adapter of the other says; here that is the answer",
        has_vectors: false,
        covers: |_| false,
    },
    Rule {
        name: "stack underflow",
        reason: "where all operands of `a | (b | c)` are absent, Mixer's interpreter fails with \
                 `stack underflow`; here it is the lookup of the last one that failed",
        has_vectors: false,
        covers: |case| {
            case.mixer["eval_error"] == "stack underflow"
                && matches!(case.found, Err(error) if error.starts_with("lookup failed: "))
        },
    },
    Rule {
        name: "size of the interpreter",
        reason: "Mixer's interpreter has room for about 60 texts and 64 words on its stack, and \
                 fails with `heap overflow` or `stack overflow`; here there is no such limit",
        has_vectors: false,
        covers: |case| {
            matches!(
                case.mixer["eval_error"].as_str(),
                Some("heap overflow" | "stack overflow")
            ) && case.found.is_ok()
        },
    },
    Rule {
        name: "attribute of another type",
        reason: "an attribute that is declared as IP_ADDRESS, TIMESTAMP or STRING_MAP and sent as \
                 something else is taken as it is by Mixer, which may end the server; here reading \
                 it is the error that it is for all other types",
        has_vectors: false,
        covers: |case| {
            case.mixer.get("panic").is_some()
                && matches!(case.found, Err(error) if error.starts_with("error converting value"))
        },
    },
    Rule {
        name: "text that is not UTF-8",
        reason: "Mixer's texts are any bytes, so that `\"\\xff\"` is one; attributes are UTF-8, and \
                 nothing could be equal to it, so here it is an error",
        has_vectors: false,
        covers: |case| matches!(case.found, Err(error) if error.ends_with("is not UTF-8")),
    },
    Rule {
        name: "depth of nesting",
        reason: "Go reads expressions that are nested a hundred thousand deep; here 200 are the \
                 limit, with the error that Go has for its own",
        has_vectors: false,
        covers: |case| matches!(case.found, Err(error) if error.ends_with("exceeded max nesting depth")),
    },
    Rule {
        name: "surplus arguments of other types",
        reason: "of too many arguments Mixer uses the last ones without looking at their types, \
                 so that an integer is taken for a text; here it is an error",
        has_vectors: false,
        covers: |case| matches!(case.found, Err(error) if error.ends_with("arguments of other types at its end")),
    },
    Rule {
        name: LISTS,
        reason: "a repeated field in the output of an out-of-process adapter is a list in Mixer, \
                 which no expression can read; here it is left out",
        has_vectors: true,
        covers: |_| false,
    },
];

/// The rule that covers a case.
pub(crate) fn rule(case: &Evaluated<'_>) -> Option<&'static str> {
    RULES
        .iter()
        .find(|rule| (rule.covers)(case))
        .map(|rule| rule.name)
}

/// Whether there is an `OR(` whose first operand, or the key in it, Mixer discards.
fn discards(prefix: &str) -> bool {
    const DISCARDED: [&str; 10] = [
        "EQ(", "NEQ(", "LT(", "LEQ(", "GT(", "GEQ(", "LAND(", "LOR(", "ADD(", "size(",
    ];
    let is_discarded = |operand: &str| DISCARDED.iter().any(|it| operand.starts_with(it));
    let mut from = 0;
    while let Some(at) = prefix[from..].find("OR(") {
        let start = from + at;
        from = start + 3;
        let is_name_part = |c: char| c.is_ascii_alphanumeric() || "_$.".contains(c);
        if prefix[..start].ends_with(is_name_part) {
            continue;
        }
        // Also the operands of an operand that is itself an alternative are alternatives.
        let mut operand = &prefix[from..];
        while let Some(inner) = operand.strip_prefix("INDEX(") {
            let key = split_operand(inner).1;
            if is_discarded(key) {
                return true;
            }
            operand = inner;
        }
        let mut rest = &prefix[from..];
        while let Some(inner) = rest.strip_prefix("OR(") {
            let (left, right) = split_operand(inner);
            if is_discarded(left) || is_discarded(right) {
                return true;
            }
            rest = inner;
        }
        if is_discarded(&prefix[from..]) {
            return true;
        }
    }
    false
}

/// Splits `a, b) …` at the comma between the operands.
fn split_operand(text: &str) -> (&str, &str) {
    let (mut depth, mut quote, mut escaped) = (0, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => return (&text[..at], text[at + 1..].trim_start()),
            _ => {}
        }
    }
    (text, "")
}

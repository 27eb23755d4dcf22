//! What operators see: errors with their places and help, traces, and the corners of the language.

use adapter_mixer::attribute::{Bag, Vocabulary};
use adapter_mixer::language::{ErrorKind, Expression, Outcome, Syntax};
use adapter_runtime::value::{Duration, IpAddress, Map, Str, TimeStamp, Value, ValueType};

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::istio();
    vocabulary.extend([
        ("n", ValueType::Int64),
        ("flag", ValueType::Bool),
        ("name", ValueType::String),
        ("span", ValueType::Duration),
        ("at", ValueType::Timestamp),
        ("ip", ValueType::IpAddress),
        ("ratio", ValueType::Double),
    ]);
    vocabulary
}

fn error(text: &str) -> String {
    let compiled = Expression::compile(text, &vocabulary());
    compiled.expect_err(text).to_string()
}

fn evaluate(text: &str, bag: &Bag<'_>) -> Result<Value, String> {
    let expression = Expression::compile(text, &vocabulary()).expect(text);
    expression.evaluate(bag).map_err(|error| error.to_string())
}

#[test]
fn syntax_errors_are_gos() {
    for (text, reason) in [
        ("", "1:1: expected operand, found 'EOF'"),
        ("n ==", "1:5: expected operand, found 'EOF'"),
        ("n == == n", "1:6: expected operand, found '=='"),
        ("n n", "1:3: expected 'EOF', found n"),
        ("n 5", "1:3: expected 'EOF', found 5"),
        ("\"a\" \"b\"", "1:5: expected 'EOF', found \"b\""),
        ("n +\n", "2:1: expected operand, found 'EOF'"),
        ("n\n.size()", "2:1: expected 'EOF', found '.'"),
        (
            "n ==\n\tname.",
            "2:7: expected selector or type assertion, found 'EOF'",
        ),
        ("name.5", "1:5: expected 'EOF', found .5"),
        (
            "size(name",
            "1:10: missing ',' before newline in argument list",
        ),
        ("size(name n)", "1:11: missing ',' in argument list"),
        ("map[]", "1:5: expected type, found ']'"),
        ("n[]", "1:3: expected operand, found ']'"),
        ("n[name", "1:7: expected ']', found newline"),
        ("n; n", "1:2: expected 'EOF', found ';'"),
        ("n ? 1 : 2", "1:3: illegal character U+003F '?'"),
        ("#", "1:1: illegal character U+0023 '#'"),
        ("\u{1}", "1:1: illegal character U+0001"),
        (
            "'ab' == 'cd'",
            "1:1: illegal rune literal (and 1 more errors)",
        ),
        ("''", "1:1: illegal rune literal"),
        ("'a", "1:1: rune literal not terminated"),
        ("\"a", "1:1: string literal not terminated"),
        ("`a", "1:1: raw string literal not terminated"),
        (r#""\q""#, "1:3: unknown escape sequence"),
        (
            r#""\xg0""#,
            "1:4: illegal character U+0067 'g' in escape sequence",
        ),
        (
            r#""\ud800""#,
            "1:3: escape sequence is invalid Unicode code point",
        ),
        (
            r#""\400""#,
            "1:3: escape sequence is invalid Unicode code point",
        ),
        ("09", "1:2: invalid digit '9' in octal literal"),
        ("0b2", "1:3: invalid digit '2' in binary literal"),
        ("0x", "1:3: hexadecimal literal has no digits"),
        ("1e", "1:3: exponent has no digits"),
        ("1__0", "1:3: '_' must separate successive digits"),
        ("0x1.8", "1:6: hexadecimal mantissa requires a 'p' exponent"),
        ("1p2", "1:2: 'p' exponent requires hexadecimal mantissa"),
        ("n /* never", "1:3: comment not terminated"),
        // After the first mistake the rest is read, on other lines or for other tokens.
        (
            "n = 1 && 'ab'",
            "1:3: expected '==', found '=' (and 1 more errors)",
        ),
        (
            "request.type == 'ab'",
            "1:9: expected selector or type assertion, found 'type' (and 1 more errors)",
        ),
        (
            "(n ==)\n",
            "1:6: expected operand, found ')' (and 1 more errors)",
        ),
        (
            "size(name\n",
            "1:10: missing ',' before newline in argument list (and 1 more errors)",
        ),
        // Letters and digits are Unicode's; other numbers and marks are neither.
        ("n\u{903}", "1:2: illegal character U+0903 '\u{903}'"),
        ("n²", "1:2: illegal character U+00B2 '²'"),
        ("n\u{feff}", "1:2: illegal byte order mark"),
    ] {
        let expected = format!("unable to parse expression '{text}': {reason}");
        assert_eq!(error(text), expected);
    }
}

#[test]
fn literals_without_a_value_are_gos_errors() {
    for (text, message) in [
        ("0x10", "strconv.ParseInt: parsing \"0x10\": invalid syntax"),
        (
            "99999999999999999999",
            "strconv.ParseInt: parsing \"99999999999999999999\": value out of range",
        ),
        (
            "1e999",
            "strconv.ParseFloat: parsing \"1e999\": value out of range",
        ),
        ("1i", "invalid syntax"),
        // What Go can't read at all comes first.
        (
            "0x10 == (",
            "unable to parse expression '0x10 == (': 1:10: expected operand, found 'EOF'",
        ),
    ] {
        assert_eq!(error(text), message);
    }
}

#[test]
fn what_only_go_has_is_unexpected() {
    for text in [
        "*n",
        "name[1:2]",
        "name[:]",
        "n{}",
        "n{1, 2}",
        "map[string]int{}",
        "[]int{1}",
        "func(a int) bool { return a }",
        "struct{}",
        "name.(string)",
        "size(name...)",
        "f()(name)",
        "(f)(name)",
        "f().x",
        "(name).x",
        "x[\"k\"].matches(name)",
    ] {
        let found = error(text);
        assert!(
            found.starts_with("unexpected expression: "),
            "{text}: {found}"
        );
    }
}

#[test]
fn errors_say_what_to_write() {
    for (text, help) in [
        ("request.heders[\"x\"]", "did you mean `request.headers`?"),
        ("tolower(name)", "did you mean `toLower`?"),
        ("!flag", "there is no `!`: compare with `== false`"),
        (
            "n - 1",
            "there is no operator `-`; the operators are `== != < <= > >= && || + |`",
        ),
        (
            "name == \"5m\"",
            "a text that reads as a duration is one, so \"5m\" can't be a STRING",
        ),
        (
            "matches(\"a\")",
            "`matches` is a method: write `text.matches(…)`",
        ),
        ("name.size()", "`size` is not a method: write `size(…)`"),
        (
            "span == span",
            "values of type DURATION can't be compared like this",
        ),
        ("n = 1", "write `==` to compare"),
        ("name == 'abc'", "texts stand in double quotes"),
        (
            "request.type",
            "`type` is a keyword of Go, which can't be a part of a name",
        ),
    ] {
        let error = Expression::compile(text, &vocabulary()).expect_err(text);
        assert_eq!(error.help(), Some(help), "{text}");
    }
}

#[test]
fn the_place_of_a_mistake_is_marked() {
    let error = Expression::compile("name == \"é\" &&\n  n == nome", &vocabulary())
        .expect_err("no such attribute");
    assert_eq!(error.kind(), ErrorKind::Type);
    assert_eq!(
        error.explain().to_string(),
        "unknown attribute nome\n    n == nome\n         ^^^^\n  did you mean `name`?"
    );
    let expression = Expression::compile("n + size(name) > 3", &vocabulary()).expect("valid");
    let error = expression.evaluate(&Bag::new()).expect_err("absent");
    assert!(error.is_absence());
    assert_eq!(
        error.explain().to_string(),
        "lookup failed: 'n'\n  n + size(name) > 3\n  ^\n  \
         to allow for its absence write a default: `n | …`"
    );
}

#[test]
fn checking_says_so_and_is_more_tolerant() {
    let check = |text| Syntax::check(text, &vocabulary()).map_err(|error| error.to_string());
    assert_eq!(check("span == span"), Ok(ValueType::Bool));
    assert_eq!(
        check("n =="),
        Err("failed to parse expression 'n ==': \
             unable to parse expression 'n ==': 1:5: expected operand, found 'EOF'"
            .to_owned())
    );
    assert_eq!(check("nome"), Err("unknown attribute nome".to_owned()));
}

#[test]
fn surplus_arguments_are_evaluated_and_the_last_are_used() {
    let bag = Bag::from([("name", "abc")]);
    assert_eq!(evaluate("size(name, \"abcde\")", &bag), Ok(Value::from(5)));
    assert_eq!(
        evaluate("\"x\".startsWith(name, \"a\")", &bag),
        Ok(Value::from(true))
    );
    assert_eq!(
        evaluate("EQ(n, n, \"surplus\") || true", &Bag::from([("n", 1)])),
        Ok(true.into())
    );
    assert_eq!(
        evaluate("size(name, \"abcde\")", &Bag::new()),
        Err("lookup failed: 'name'".to_owned())
    );
    assert!(error("size(name, 5)").starts_with("size has arguments"));
    assert_eq!(error("size(name, nome, name)"), "unknown attribute nome");
    for call in [
        "EQ(n)",
        "INDEX()",
        "conditional(flag, n)",
        "name.startsWith()",
    ] {
        let message = error(&format!("size(name, {call}, name)"));
        assert!(message.contains(" arity mismatch. Got "), "{message}");
    }
}

#[test]
fn values_of_other_types_than_declared_are_errors() {
    let map: Map<Str> = Map::from([("k", "v")]);
    let bag = |name: &str, value: Value| Bag::from([(name.to_owned(), value)]);
    for (text, name, value, message) in [
        ("name", "name", Value::from(20), "string: '20'"),
        ("n", "n", Value::from("x"), "integer or duration: 'x'"),
        (
            "span",
            "span",
            Value::from(true),
            "integer or duration: 'true'",
        ),
        ("flag", "flag", Value::from(1.5e6), "bool: '1.5e+06'"),
        ("ratio", "ratio", Value::from(1), "double: '1'"),
        (
            "name",
            "name",
            IpAddress::from([10, 0, 0, 1].as_slice()).into(),
            "string: '[10 0 0 1]'",
        ),
        (
            "flag",
            "flag",
            TimeStamp::new(1_420_211_075, 500_000_000).into(),
            "bool: '2015-01-02 15:04:35.5 +0000 UTC'",
        ),
        (
            "ip",
            "ip",
            Value::from("10.0.0.1"),
            "IP_ADDRESS: '10.0.0.1'",
        ),
        ("at", "at", Value::from(1), "TIMESTAMP: '1'"),
        (
            "request.headers[\"k\"]",
            "request.headers",
            Value::from(1),
            "STRING_MAP: '1'",
        ),
        ("name | \"x\"", "name", map.into(), "string: 'k=v'"),
    ] {
        let found = evaluate(text, &bag(name, value));
        assert_eq!(found, Err(format!("error converting value to {message}")));
    }
    // Integers and durations are the same to Mixer.
    let second = Value::from(Duration::new(1, 5));
    assert_eq!(
        evaluate("n", &bag("n", second.clone())),
        Ok(Value::from(1_000_000_005_i64))
    );
    assert_eq!(
        evaluate("span", &bag("span", Value::from(1_000_000_005_i64))),
        Ok(second)
    );
}

#[test]
fn a_left_operand_that_is_present_is_the_value() {
    let bag = Bag::from([("n", 7)]);
    assert_eq!(evaluate("(n == 7) | false", &bag), Ok(Value::from(true)));
    assert_eq!(evaluate("n + 1 | 3", &bag), Ok(Value::from(8)));
    assert_eq!(
        evaluate("name | (source.name | source.uid)", &bag),
        Err("lookup failed: 'source.uid'".to_owned())
    );
}

#[test]
fn sums_wrap_and_doubles_compare_as_bits() {
    let bag = Bag::from([("n", i64::MAX)]);
    assert_eq!(evaluate("n + 1", &bag), Ok(Value::from(i64::MIN)));
    let nan = Bag::from([("ratio", f64::NAN)]);
    assert_eq!(evaluate("ratio == ratio", &nan), Ok(Value::from(true)));
    assert_eq!(evaluate("ratio <= ratio", &nan), Ok(Value::from(false)));
    let negative = Bag::from([("ratio", -0.0)]);
    assert_eq!(evaluate("ratio == 0.0", &negative), Ok(Value::from(false)));
    assert_eq!(evaluate("ratio >= 0.0", &negative), Ok(Value::from(true)));
}

#[test]
fn comparisons_with_a_literal_are_what_their_operator_says() {
    for (operator, holds) in [
        ("==", [false, true, false]),
        ("!=", [true, false, true]),
        ("<", [true, false, false]),
        ("<=", [true, true, false]),
        (">", [false, false, true]),
        (">=", [false, true, true]),
    ] {
        let number = format!("n {operator} 5");
        let text = format!("name {operator} \"m\"");
        for ((n, name), holds) in [(-6, "Z"), (5, "m"), (6, "ma")].into_iter().zip(holds) {
            let bag: Bag<'_> = [("n", Value::from(n)), ("name", Value::from(name))].into();
            let over = Bag::over(&bag);
            for text in [&number, &text] {
                for bag in [&bag, &over] {
                    assert_eq!(
                        evaluate(text, bag),
                        Ok(Value::Bool(holds)),
                        "{text} {bag:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn comparisons_with_a_literal_convert_and_fail_like_any_other() {
    let span: Bag<'_> = [("n", Duration::new(0, 5))].into();
    assert_eq!(evaluate("n == 5", &span), Ok(Value::Bool(true)));
    let swapped: Bag<'_> = [("n", Value::from("5")), ("name", Value::from(5))].into();
    for text in ["n == 5", "5 == n", "n == 5 && flag"] {
        let error = "error converting value to integer or duration: '5'";
        assert_eq!(evaluate(text, &swapped), Err(error.to_owned()), "{text}");
    }
    let error = "error converting value to string: '5'";
    assert_eq!(evaluate("name != \"5\"", &swapped), Err(error.to_owned()));
    let error = "lookup failed: 'name'";
    assert_eq!(
        evaluate("name != \"5\"", &Bag::new()),
        Err(error.to_owned())
    );
}

#[test]
fn a_trace_has_every_part() {
    let expression = Expression::compile(
        "flag && (request.headers[name] | \"none\") == \"x\" || size(name) > 2",
        &vocabulary(),
    )
    .expect("valid");
    let bag = Bag::from([("flag", true)]);
    let trace = expression.trace(&bag);
    assert!(matches!(trace.outcome, Outcome::Failed(_)));
    assert_eq!(
        trace.to_string(),
        r#"flag && (request.headers[name] | "none") == "x" || size(name) > 2: error: lookup failed: 'name'
  flag && (request.headers[name] | "none") == "x": false
    flag: true
    (request.headers[name] | "none") == "x": false
      (request.headers[name] | "none"): "none"
        request.headers[name]: absent
          request.headers: absent
          name: not evaluated
  size(name) > 2: error: lookup failed: 'name'
    size(name): error: lookup failed: 'name'
      name: error: lookup failed: 'name'
"#
    );
}

#[test]
fn long_expressions_are_read_and_evaluated_in_time() {
    let bag: Bag<'_> = [("n", Value::from(1)), ("flag", Value::from(true))].into();
    let long = |operand: &str, operator: &str| {
        let text = format!("{operand} {operator} ").repeat(100_000) + operand;
        evaluate(&text, &bag)
    };
    assert_eq!(long("n", "+"), Ok(Value::from(100_001)));
    assert_eq!(long("n", "|"), Ok(Value::from(1)));
    assert_eq!(long("flag", "&&"), Ok(Value::from(true)));
    assert_eq!(
        evaluate(&format!("n{}", "/**/".repeat(5_000)), &bag),
        Ok(Value::from(1))
    );
    let nested = error(&("flag == ".repeat(100_000) + "flag"));
    assert!(nested.ends_with("exceeded max nesting depth"));
}

#[test]
fn sums_are_added_from_the_left() {
    let bag: Bag<'_> = [("name", "b")].into();
    let sum = "\"a\" + name + (\"c\" + name) + ADD(name, \"d\")";
    assert_eq!(evaluate(sum, &bag), Ok(Value::from("abcbbd")));
    assert_eq!(
        evaluate("name + source.name + source.uid", &bag),
        Err("lookup failed: 'source.name'".to_owned())
    );
    assert_eq!(
        error("flag + flag + flag"),
        "internal compiler error -- Add for type not yet implemented: bool"
    );
}

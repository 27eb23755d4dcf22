//! What the compiler says about mistakes, and what must compile.
//!
//! After a change of texts: `TRYBUILD=overwrite cargo test -p tests --test ui`, then read what
//! changed. Each case shows one error, at the token that must change.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/adapter/*.rs");
    cases.compile_fail("tests/ui/template/*.rs");
    cases.compile_fail("tests/ui/config/*.rs");
}

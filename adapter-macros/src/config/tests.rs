use proc_macro2::TokenStream;
use quote::quote;

use crate::testing::{assert_snapshot, errors};

fn expand(item: TokenStream) -> TokenStream {
    super::expand(syn::parse2(item).expect("an item"))
}

#[test]
fn fields() {
    assert_snapshot(
        "config_fields.rs",
        expand(quote! {
            pub struct Params {
                /// The server.
                ///
                /// With its port.
                #[config(default = "localhost:80")]
                pub address: String,
                #[config(tag = 7, name = "theType")]
                pub r#type: Option<u32>,
                pub after: Vec<Inner>,
            }
        }),
    );
}

#[test]
fn defaults() {
    assert_snapshot(
        "config_defaults.rs",
        expand(quote! {
            #[config(crate = ::sdk)]
            struct Params {
                #[config(default = "1m30s")]
                timeout: std::time::Duration,
                #[config(default = "1.5h")]
                limit: Option<Duration>,
                #[config(default = ["a", "b"])]
                names: Vec<String>,
                #[config(default = [])]
                none: Vec<String>,
                #[config(default = None)]
                absent: Option<String>,
                #[config(default = Some(5))]
                present: Option<i64>,
                #[config(default = -1)]
                number: i64,
                #[config(default = Inner { size: LIMIT + 1 })]
                inner: Inner,
            }
        }),
    );
}

#[test]
fn nothing() {
    assert_snapshot(
        "config_nothing.rs",
        expand(quote!(
            struct Params;
        )),
    );
}

#[test]
fn rules_and_oneofs() {
    assert_snapshot(
        "config_rules.rs",
        expand(quote! {
            /// Documented.
            #[config(name = "Settings")]
            struct Params {
                #[config(oneof, required)]
                one: Option<Choice>,
                #[config(tag = 9, required, non_empty, unique)]
                names: Vec<String>,
                #[config(min = "1s", max = limit())]
                timeout: Option<Duration>,
                #[config(positive, encoding = "sint32")]
                sizes: BTreeMap<String, i32>,
                #[config(format = "host:port", default = "${env:ADDRESS}")]
                address: Secret,
            }
        }),
    );
}

#[test]
fn a_choice_of_names() {
    assert_snapshot(
        "config_enum.rs",
        expand(quote! {
            /// What is logged.
            enum Level {
                /// Nothing.
                Off,
                #[config(tag = 5)]
                VeryMuch,
                #[config(name = "all")]
                Everything,
            }
        }),
    );
}

#[test]
fn a_oneof() {
    assert_snapshot(
        "config_oneof.rs",
        expand(quote! {
            #[config(crate = ::sdk)]
            enum Choice {
                /// By name.
                #[config(tag = 1, non_empty)]
                ByName(String),
                #[config(tag = 2, name = "theType")]
                r#Type(crate::Type),
            }
        }),
    );
}

#[test]
fn an_error_in_an_enum_keeps_every_impl() {
    assert_snapshot(
        "config_enum_error.rs",
        expand(quote!(
            enum Level {}
        )),
    );
}

#[test]
fn an_error_keeps_every_impl() {
    let item = quote! {
        struct Params<T> {
            content: T,
        }
    };
    assert_snapshot("config_error.rs", expand(item));
}

#[test]
fn each_mistake_is_one_error() {
    for (fields, error) in [
        (
            quote!(#[config(tag = 0)] a: u32),
            "a field's number is between",
        ),
        (
            quote!(#[config(tag = 19000)] a: u32),
            "protobuf keeps the numbers",
        ),
        (
            quote!(#[config(tag = 536870912)] a: u32),
            "a field's number is between",
        ),
        (
            quote!(#[config(tag = "1")] a: u32),
            "`tag` is the field's number",
        ),
        (
            quote!(#[config(tag = 18999)] a: u32, b: u32),
            "protobuf keeps the numbers",
        ),
        (
            quote!(#[config(tag = 1)] a: u32, #[config(tag = 1)] b: u32),
            "the tag 1 is already",
        ),
        (
            quote!(#[config(tag = 1, tag = 2)] a: u32),
            "`tag` is given twice",
        ),
        (
            quote!(#[config(tga = 1)] a: u32),
            "unknown key `tga`: did you mean `tag`?",
        ),
        (
            quote!(#[config(name = "a b")] a: u32),
            "`a b` is not a name that protobuf takes",
        ),
        (
            quote!(größe: u32),
            "`größe` is not a name that protobuf takes",
        ),
        (
            quote!(a: u32, #[config(name = "a")] b: u32),
            "the name `a` is already that of `a`",
        ),
        (
            quote!(#[config = 1] a: u32),
            "`#[config]` has its keys in parentheses",
        ),
        (quote!(#[config(default)] a: u32), "`default` has no value"),
        (
            quote!(#[config(default = "5")] a: Duration),
            "`5` is not a duration",
        ),
        (
            quote!(#[config(default = "-5s")] a: Option<Duration>),
            "`-5s` is not a duration",
        ),
        (
            quote!(#[config(oneof, tag = 1)] a: Option<Choice>),
            "a oneof has no tag",
        ),
        (
            quote!(#[config(oneof, encoding = "sint32")] a: Option<Choice>),
            "a oneof has no encoding",
        ),
        (
            quote!(#[config(encoding = "sint32")] a: String),
            "`sint32` is for `i32`, which this field doesn't hold",
        ),
    ] {
        let found = errors(expand(quote!(struct Params { #fields })));
        assert!(
            found.len() == 1 && found[0].starts_with(error),
            "{fields}: {found:?}"
        );
    }
    for (item, error) in [
        (
            quote!(union Params { a: u8 }),
            "a configuration is a struct",
        ),
        (
            quote!(
                struct Params(u32);
            ),
            "a configuration is a struct",
        ),
        (
            quote!(
                enum Level {}
            ),
            "an enum of a configuration has variants",
        ),
        (
            quote!(
                enum Level {
                    Off = FIRST,
                }
            ),
            "the number on the wire must be known here",
        ),
        (
            quote!(
                enum Level {
                    #[config(tag = 0)]
                    Off = 0,
                }
            ),
            "the number is given twice",
        ),
        (
            quote!(
                enum Level {
                    Off,
                    #[config(tag = 2147483648)]
                    On,
                }
            ),
            "the number of an enum's value is between 0 and 2147483647",
        ),
        (
            quote!(
                enum Level {
                    Off,
                    #[config(name = "OFF")]
                    Disabled,
                }
            ),
            "the name `OFF` is already that of `Off`",
        ),
        (
            quote!(
                enum Größe {
                    Klein,
                }
            ),
            "`Größe` is not a name that protobuf takes",
        ),
        (
            quote!(
                enum Choice {
                    #[config(tag = 1)]
                    One(u32),
                    #[config(tag = 1)]
                    Two(u32),
                }
            ),
            "the tag 1 is already that of `One`",
        ),
        (
            quote!(
                enum Choice {
                    #[config(tag = 1)]
                    One { a: u32 },
                }
            ),
            "a variant of a oneof holds one value",
        ),
        (
            quote!(
                enum Choice {
                    #[config(tag = 1)]
                    One(u32, u32),
                }
            ),
            "a variant of a oneof holds one value",
        ),
        (
            quote!(
                enum Choice {
                    #[config(tag = 1, required)]
                    One(String),
                }
            ),
            "unknown key `required`: `#[config]` of a variant with data takes",
        ),
    ] {
        let found = errors(expand(item.clone()));
        assert!(
            found.len() == 1 && found[0].starts_with(error),
            "{item}: {found:?}"
        );
    }
}

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::testing::{assert_snapshot, errors};

#[test]
fn an_instance() {
    let item = quote! {
        /// What is asked.
        #[derive(Debug, Clone)]
        pub struct Instance {
            /// Who.
            #[field(1)]
            pub subject: Option<parts::Subject>,
            #[field(8, name = "httpStatusCode")]
            pub http_status_code: i64,
            #[cfg(feature = "more")]
            #[field(3)]
            pub(crate) more: HashMap<String, value::Value>,
        }
    };
    let args = quote!(check, package = "my.Company.accessCheck");
    assert_snapshot("template_instance.rs", expand(args, item));
}

#[test]
fn a_message() {
    let item = quote! {
        pub struct Subject {
            #[field(1)]
            pub user: Str,
            #[field(3)]
            pub properties: Map<Value>,
            #[field(4)]
            pub groups: BTreeMap<String, Group>,
        }
    };
    let args = quote!(message, crate = crate);
    assert_snapshot("template_message.rs", expand(args, item));
}

#[test]
fn a_quota_with_a_name_of_its_own() {
    let args = quote!(quota, package = "v1.rate2", name = "rateLimit");
    assert_snapshot(
        "template_quota.rs",
        expand(
            args,
            quote!(
                struct Instance;
            ),
        ),
    );
}

#[test]
fn an_attribute_generator() {
    let item = quote! {
        pub struct Instance {
            #[field(2)]
            pub ip: IpAddress,
        }
    };
    let args = quote!(attribute_generator, package = "my.pods");
    assert_snapshot("template_attribute_generator.rs", expand(args, item));
}

#[test]
fn an_output() {
    let item = quote! {
        /// What is known of it.
        pub struct Output {
            /// Who it is.
            #[field(1)]
            pub owner: Option<Str>,
            #[field(2, name = "podLabels")]
            pub labels: Option<BTreeMap<String, String>>,
        }
    };
    assert_snapshot("template_output.rs", expand(quote!(output), item));
}

#[test]
fn an_error_keeps_every_name() {
    let item = quote! {
        pub struct Instance {
            #[field(1)]
            pub user: &str,
            #[field(2)]
            pub value: Value,
        }
    };
    assert_snapshot(
        "template_error.rs",
        expand(quote!(report, package = "access"), item),
    );
}

fn one_error(args: TokenStream, item: TokenStream, error: &str) {
    let found = errors(expand(args.clone(), item.clone()));
    assert!(
        found.len() == 1 && found[0].starts_with(error),
        "{args} {item}: {found:?}"
    );
}

#[test]
fn each_mistake_in_the_arguments_is_one_error() {
    for (args, error) in [
        (quote!(), "the first argument says what the struct is"),
        (
            quote!(package = "a"),
            "the first argument says what the struct is",
        ),
        (
            quote!(chek, package = "a"),
            "unknown variety `chek`: did you mean `check`?",
        ),
        (
            quote!(preprocess, package = "a"),
            "unknown variety `preprocess`: `#[",
        ),
        (
            quote!(output),
            "a template is a module with an `Instance` and an `Output`",
        ),
        (quote!(check), "`package` is missing"),
        (
            quote!(check, pakcage = "a", package = "b"),
            "unknown key `pakcage`",
        ),
        (
            quote!(check, package = "a/b"),
            "`a/b` is not a proto package",
        ),
        (quote!(check, package = ""), "`` is not a proto package"),
        (
            quote!(check, package = "a.list_entry"),
            "the template takes its name from `list_entry`",
        ),
        (
            quote!(check, package = "a", name = "b-c"),
            "`b-c` can't name a template",
        ),
        (quote!(check package = "a"), "expected `,`"),
    ] {
        one_error(
            args,
            quote!(
                pub struct Instance;
            ),
            error,
        );
    }
}

#[test]
fn each_mistake_in_a_field_is_one_error() {
    for (field, error) in [
        (quote!(a: Str), "`a` has no number"),
        (quote!(#[field] a: Str), "`#[field]` has no number"),
        (
            quote!(#[field()] a: Str),
            "the first argument is the field's number",
        ),
        (
            quote!(#[field(-1)] a: Str),
            "a field's number is between 1 and 536870911, not -1",
        ),
        (
            quote!(#[field(name = "b")] a: Str),
            "the first argument is the field's number",
        ),
        (
            quote!(#[field(1)] #[field(2)] a: Str),
            "`a` has two `#[field]`",
        ),
        (quote!(#[field(1, tag = 5)] a: Str), "unknown key `tag`"),
        (
            quote!(#[field(1, name = "a-b")] a: Str),
            "`a-b` is not a name that protobuf takes",
        ),
        (
            quote!(#[field(0)] a: Str),
            "a field's number is between 1 and 536870911, not 0",
        ),
        (
            quote!(#[field(99999999999999999999)] a: Str),
            "a field's number is between",
        ),
        (
            quote!(#[field(72295728)] a: Str),
            "Mixer keeps the number 72295728",
        ),
        (
            quote!(#[field(1)] name: Str),
            "a field can't be called `name`",
        ),
        (
            quote!(#[field(1, name = "NAME")] a: Str),
            "a field can't be called `name`",
        ),
        (
            quote!(#[field(1)] größe: Str),
            "`größe` is not a name that protobuf takes",
        ),
        (
            quote!(#[field(1)] a: u32),
            "`u32` can't be a field of a template",
        ),
        (quote!(#[field(1)] a: ()), "a field is one value"),
        (
            quote!(#[field(1)] a: fn()),
            "this can't be a field of a template",
        ),
        (quote!(#[field(1)] a: Subject), "a message may be absent"),
        (
            quote!(#[field(1)] a: Option<Value>),
            "Mixer doesn't tell an absent value",
        ),
        (
            quote!(#[field(1)] a: Option<Vec<u8>>),
            "`Vec` can't be a field of a template",
        ),
        (
            quote!(#[field(1)] a: Map<Option<Subject>>),
            "an entry of a map that is there",
        ),
        (
            quote!(#[field(1)] a: Map),
            "a map has the type of its values",
        ),
        (
            quote!(#[field(1)] a: HashMap<Str, i64>),
            "Mixer's maps have strings as keys",
        ),
        (
            quote!(#[field(1)] a: HashMap<i64>),
            "Mixer's maps have strings as keys",
        ),
        (
            quote!(#[field(1)] a: std::net::IpAddr),
            "`IpAddr` can't be a field of a template",
        ),
    ] {
        one_error(
            quote!(check, package = "a"),
            quote!(struct Instance { #field }),
            error,
        );
    }
}

#[test]
fn each_mistake_in_an_output_is_one_error() {
    for (ty, error) in [
        (quote!(Str), "each field of an output may be left out"),
        (quote!(Map<Str>), "each field of an output may be left out"),
        (quote!(Option<Value>), "an output has no `Value`"),
        (quote!(Value), "each field of an output may be left out"),
        (quote!(Option<Subject>), "an output has no messages"),
        (quote!(Subject), "an output has no messages"),
        (
            quote!(Option<Map<i64>>),
            "the maps of an output hold strings",
        ),
        (
            quote!(Option<BTreeMap<String, Value>>),
            "the maps of an output hold strings",
        ),
        (
            quote!(Option<Vec<Str>>),
            "`Vec` can't be a field of a template",
        ),
        (quote!(u32), "`u32` can't be a field of a template"),
    ] {
        let item = quote!(struct Output { #[field(1)] a: #ty });
        one_error(quote!(output), item, error);
    }
}

#[test]
fn an_attribute_generator_has_no_values() {
    for ty in [quote!(Value), quote!(Map<Value>)] {
        one_error(
            quote!(attribute_generator, package = "a"),
            quote!(struct Instance { #[field(1)] a: #ty }),
            "an attribute generator has no `Value`",
        );
    }
}

#[test]
fn fields_may_not_share_names() {
    let item = quote! {
        struct Instance {
            #[field(1, name = "b")]
            a: Str,
            #[field(2)]
            b: Str,
        }
    };
    one_error(
        quote!(check, package = "a"),
        item,
        "the name `b` is already that of `a`",
    );
}

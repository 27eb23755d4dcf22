use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::testing::{assert_snapshot, errors};

fn sink() -> TokenStream {
    quote! {
        /// Keeps
        /// metrics.
        ///
        /// In memory.
        #[derive(Debug)]
        pub struct MetricSink {
            kept: Vec<String>,
        }
    }
}

#[test]
fn defaults() {
    let args = quote!(templates = ["metric", crate::keyval]);
    assert_snapshot("adapter_defaults.rs", expand(args, sink()));
}

#[test]
fn every_option() {
    let args = quote! {
        name = "sink",
        description = "Keeps metrics.",
        impl = "sinks::metric",
        package = "adapter.sink.config",
        templates = ["metric" as "my-metric", super::keyval as "my-keyval"],
        idle_close = "never",
        fail_policy = "open",
        crate = ::sdk::adapter_runtime,
    };
    let item = quote! {
        #[cfg(unix)]
        struct Sink;
    };
    assert_snapshot("adapter_every_option.rs", expand(args, item));
}

#[test]
fn an_error_registers_nothing_and_lists_everything() {
    let args = quote!(templates = ["metrc"]);
    let item = quote!(
        pub struct Sink<T: Clone>(T);
    );
    assert_snapshot("adapter_error.rs", expand(args, item));
}

#[test]
fn the_item_is_always_emitted() {
    for item in [
        quote!(
            fn sink() {}
        ),
        quote!(impl Adapter for Sink {}),
        quote!(union Sink { a: u8 }),
    ] {
        let expansion = expand(quote!(), item.clone()).to_string();
        assert!(expansion.starts_with(&item.to_string()), "{expansion}");
    }
}

#[test]
fn each_mistake_is_one_error() {
    for (args, error) in [
        (quote!(), "`templates` is missing"),
        (
            quote!(templates = "metric"),
            "`templates` is a list: write `templates = [\"metric\"]`",
        ),
        (quote!(templates = []), "`templates` is empty"),
        (
            quote!(templates = ["metric" as quota]),
            "`as` gives the name of the operator's",
        ),
        (
            quote!(templates = ["metric" as "Metric"]),
            "`Metric` is not a name",
        ),
        (
            quote!(templates = [crate::a, crate::a]),
            "`crate::a` is listed twice",
        ),
        (
            quote!(templates = [a as "x", b as "x"]),
            "two templates are called `x`",
        ),
        (quote!(templates = ["metric" "quota"]), "expected `,`"),
        (
            quote!(templates = ["servicecontrol"]),
            "unknown template `servicecontrol`: the built-in",
        ),
        (
            quote!(templates = ["metric"], nmae = "x"),
            "unknown key `nmae`: did you mean `name`?",
        ),
        (quote!(templates = ["metric"], 5), "expected identifier"),
        (
            quote!(templates = ["metric"], name),
            "`name` has no value: write `name = …`",
        ),
        (quote!(templates = ["metric"], name =), "`name` is a string"),
        (
            quote!(templates = ["metric"], name = "-a"),
            "`-a` is not a name",
        ),
        (
            quote!(templates = ["metric"], package = "a-b"),
            "`a-b` is not a proto package",
        ),
        (
            quote!(templates = ["metric"], idle_close = "10m"),
            "`idle_close` can't be `10m`",
        ),
        (
            quote!(templates = ["metric"], fail_policy = "opne"),
            "`fail_policy` can't be `opne`: write `\"open\"`",
        ),
        (
            quote!(templates = ["metric"], fail_policy = open),
            "`fail_policy` is a string",
        ),
        (
            quote!(templates = ["metric"], crate = "x"),
            "`crate` is the path of the runtime crate",
        ),
        (
            quote!(templates = ["metric"], templates = ["quota"]),
            "`templates` is given twice",
        ),
    ] {
        let found = errors(expand(args.clone(), sink()));
        assert!(
            found.len() == 1 && found[0].starts_with(error),
            "{args}: {found:?}"
        );
    }
}

#[test]
fn a_long_name_is_refused() {
    let name = format!("a{}", "b".repeat(63));
    let found = errors(expand(quote!(templates = ["metric"], name = #name), sink()));
    assert!(
        found.len() == 1 && found[0].contains("64 characters"),
        "{found:?}"
    );
}

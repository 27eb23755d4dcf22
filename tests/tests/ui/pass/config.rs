// Everything that a configuration can hold, in a place without names.
#![no_implicit_prelude]

use ::adapter_runtime::AdapterConfig;
use ::adapter_runtime::config::Secret;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof, required)]
    credentials: ::std::option::Option<Credentials>,
    #[config(tag = 3, required, format = "url")]
    url: ::std::string::String,
    #[config(default = "${env:TOKEN}", non_empty)]
    token: Secret,
    #[config(default = "1s", min = "10ms", max = "1m")]
    timeout: ::std::option::Option<::std::time::Duration>,
    #[config(encoding = "sint32", positive)]
    sizes: ::std::vec::Vec<i32>,
    #[config(default = r#enum::Second)]
    level: r#enum,
    #[config(unique)]
    levels: ::std::vec::Vec<r#enum>,
}

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Direct(Direct),
    #[config(tag = 2, format = "host:port")]
    r#Proxy(::std::string::String),
}

#[derive(AdapterConfig)]
struct Direct {
    server: ::std::string::String,
}

#[derive(AdapterConfig)]
#[allow(non_camel_case_types)]
#[config(name = "Level")]
enum r#enum {
    First,
    Second,
    _Third,
}

#[derive(AdapterConfig)]
enum Single {
    #[config(tag = 1)]
    _Only(::std::string::String),
}

fn main() {
    ::std::assert!(Params::fields().len() > 5);
}

// The author's names don't get into the expansions.
#![allow(dead_code, non_camel_case_types, unused_imports)]
mod names {
    pub struct Result; pub struct Option; pub struct String; pub struct Vec; pub struct Send; pub struct Sync;
    pub struct Default; pub struct Clone; pub struct Debug; pub struct str; pub struct u8; pub struct u32; pub struct bool;
    pub mod core {} pub mod std {} pub mod adapter_runtime {}
}
mod own {
    use super::names::*;
    #[::adapter_runtime::mixer_template(quota, package = "own")]
    pub struct Instance { #[field(1)] pub value: ::adapter_runtime::value::Str }
}
mod config {
    use super::names::*;
    #[derive(::adapter_runtime::AdapterConfig)]
    pub struct Params { #[config(default = "x")] pub name: ::std::string::String, #[config(default = MESSAGE)] pub size: i64 }
    const MESSAGE: i64 = 5;
}
fn main() { assert_eq!(<config::Params as ::adapter_runtime::AdapterConfig>::defaults().size, 5); }

// A template needs nothing in scope either.
#![no_implicit_prelude]
#![forbid(unsafe_code, unused, unused_qualifications)]

mod keyval {
    #[::adapter_runtime::mixer_template(check, package = "keyval")]
    pub struct Instance { #[field(1)] pub key: ::std::option::Option<Key> }
    #[::adapter_runtime::mixer_template(message)]
    pub struct Key { #[field(1)] pub value: ::adapter_runtime::value::Value }
}
fn main() { let _ = <keyval::Instance as ::std::default::Default>::default(); }

//! Templates with everything that the macro offers.

/// A template.
pub mod key_value {
    use ::adapter_runtime::value::{IpAddress, Map, Str, Value};
    use ::std::collections::{BTreeMap, HashMap};
    use ::std::option::Option;
    use ::std::string::String;

    /// What is asked.
    #[::adapter_runtime::mixer_template(check, package = "my.Company.keyVal")]
    #[derive(Debug)]
    pub struct Instance {
        /// A text.
        #[field(1)]
        pub key: Str,
        /// A value.
        #[field(2, name = "theValue")]
        pub value: Value,
        /// A number.
        #[field(3)]
        pub r#type: i64,
        /// Addresses.
        #[field(4)]
        pub addresses: HashMap<String, IpAddress>,
        /// Values.
        #[field(5)]
        pub values: Map<Value>,
        /// A part.
        #[field(6)]
        pub part: Option<Part>,
        /// Parts.
        #[field(7)]
        pub parts: BTreeMap<String, Part>,
    }

    /// A part.
    #[::adapter_runtime::mixer_template(message)]
    pub struct Part {
        /// A value.
        #[field(1)]
        pub value: Value,
    }
}

/// A template without fields.
pub mod nothing {
    /// Nothing but its name.
    #[::adapter_runtime::mixer_template(report, package = "reportNothing")]
    pub struct Instance;
}

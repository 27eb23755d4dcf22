//! Templates with everything that the macro offers.
#![no_implicit_prelude]

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

/// A template that answers with attributes.
pub mod lookup {
    use ::adapter_runtime::value::{Map, Str};
    use ::std::option::Option;

    /// What is looked up.
    #[::adapter_runtime::mixer_template(check_with_output, package = "lookUp")]
    pub struct Instance {
        /// Parts.
        #[field(1)]
        pub part: Option<Part>,
    }

    /// A part.
    #[::adapter_runtime::mixer_template(message)]
    pub struct Part {
        /// A text.
        #[field(1)]
        pub key: Str,
    }

    /// What was found.
    #[::adapter_runtime::mixer_template(output)]
    pub struct Output {
        /// A text.
        #[field(1)]
        pub r#type: Option<Str>,
        /// Texts.
        #[field(2, name = "theLabels")]
        pub labels: Option<Map<Str>>,
    }
}

/// An attribute generator.
pub mod attributes {
    /// What is asked.
    #[::adapter_runtime::mixer_template(attribute_generator, package = "attributes")]
    pub struct Instance {
        /// A part.
        #[field(1)]
        pub part: ::std::option::Option<Part>,
    }

    /// A part.
    #[::adapter_runtime::mixer_template(message)]
    pub struct Part {
        /// A number.
        #[field(1)]
        pub key: i64,
    }

    /// What is answered.
    #[::adapter_runtime::mixer_template(output)]
    #[derive(Copy)]
    pub struct Output {
        /// A number.
        #[field(1)]
        pub number: ::std::option::Option<i64>,
    }
}

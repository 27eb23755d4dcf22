//! The templates. Each is a module with an `Instance`, what Mixer sends, and where its variety has
//! one an `Output`, what adapters answer.

/// Values by key, with the verdict: the template of Istio's tutorial on check adapters.
pub(crate) mod keyval {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::Str;

    /// What is looked up.
    #[mixer_template(check_with_output, package = "keyval")]
    pub(crate) struct Instance {
        /// The key.
        #[field(1)]
        pub key: Str,
    }

    /// What was found.
    #[mixer_template(output)]
    pub(crate) struct Output {
        /// The value; none if the key is not known.
        #[field(2)]
        pub value: Option<Str>,
    }
}

/// Where a caller is: attributes for other rules.
pub(crate) mod caller {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{IpAddress, Str};

    /// Who calls.
    #[mixer_template(attribute_generator, package = "example.caller")]
    pub(crate) struct Instance {
        /// The caller's address.
        #[field(1)]
        pub ip: IpAddress,
    }

    /// Where that is; nothing if there is no address.
    #[mixer_template(output)]
    pub(crate) struct Output {
        /// Whether it is a private network.
        #[field(1)]
        pub internal: Option<bool>,
        /// `mesh` or `internet`.
        #[field(2)]
        pub zone: Option<Str>,
    }
}

//! All templates that the tests know: the built-in ones, and those of Istio's own tests, defined as
//! an author defines his.

pub use adapter_runtime::template::BUILT_IN;
use adapter_runtime::template::{Template, TemplateInfo};

/// Those of Istio's tests.
pub const SAMPLES: [TemplateInfo; 6] = [
    keyval::Template::INFO,
    checkproducer::Template::INFO,
    samplereport::Template::INFO,
    samplecheck::Template::INFO,
    sampleapa::Template::INFO,
    samplequota::Template::INFO,
];

/// The template with a name.
///
/// # Panics
/// If there is none.
pub fn named(name: &str) -> TemplateInfo {
    let mut all = BUILT_IN.into_iter().chain(SAMPLES);
    all.find(|template| template.name == name)
        .unwrap_or_else(|| panic!("no template `{name}`"))
}

/// Values by key, with the verdict.
pub mod keyval {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::Str;

    /// The key.
    #[mixer_template(check_with_output, package = "keyval")]
    pub struct Instance {
        /// What is looked up.
        #[field(1)]
        pub key: Str,
    }

    /// The value.
    #[mixer_template(output)]
    pub struct Output {
        /// What was found.
        #[field(2)]
        pub value: Option<Str>,
    }
}

/// A check that answers with an attribute of every simple type.
pub mod checkproducer {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Map, Str};

    /// One text.
    #[mixer_template(check_with_output, package = "checkProducer")]
    pub struct Instance {
        /// A text.
        #[field(4, name = "stringPrimitive")]
        pub string: Str,
    }

    /// One of each.
    #[mixer_template(output)]
    pub struct Output {
        /// A number.
        #[field(1, name = "int64Primitive")]
        pub int64: Option<i64>,
        /// A bool.
        #[field(2, name = "boolPrimitive")]
        pub bool: Option<bool>,
        /// A double.
        #[field(3, name = "doublePrimitive")]
        pub double: Option<f64>,
        /// A text.
        #[field(4, name = "stringPrimitive")]
        pub string: Option<String>,
        /// A map.
        #[field(5, name = "stringMap")]
        pub map: Option<Map<Str>>,
    }
}

/// A report.
pub mod samplereport {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Map, Value};

    /// A value and its dimensions.
    #[mixer_template(report, package = "sampleReport")]
    pub struct Instance {
        /// A value.
        #[field(1)]
        pub value: Value,
        /// Values.
        #[field(2)]
        pub dimensions: Map<Value>,
    }
}

/// A check.
pub mod samplecheck {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::Str;

    /// One text.
    #[mixer_template(check, package = "sampleCheck")]
    pub struct Instance {
        /// A text.
        #[field(4, name = "stringPrimitive")]
        pub string: Str,
    }
}

/// An attribute generator that answers with an attribute of most types.
pub mod sampleapa {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{DnsName, Duration, IpAddress, Map, Str, TimeStamp};

    /// One of each simple type.
    #[mixer_template(attribute_generator, package = "sampleApa")]
    pub struct Instance {
        /// A number.
        #[field(1, name = "int64Primitive")]
        pub int64: i64,
        /// A bool.
        #[field(2, name = "boolPrimitive")]
        pub bool: bool,
        /// A double.
        #[field(3, name = "doublePrimitive")]
        pub double: f64,
        /// A text.
        #[field(4, name = "stringPrimitive")]
        pub string: Str,
    }

    /// One of each type.
    #[mixer_template(output)]
    pub struct Output {
        /// A number.
        #[field(1, name = "int64Primitive")]
        pub int64: Option<i64>,
        /// A bool.
        #[field(2, name = "boolPrimitive")]
        pub bool: Option<bool>,
        /// A double.
        #[field(3, name = "doublePrimitive")]
        pub double: Option<f64>,
        /// A text.
        #[field(4, name = "stringPrimitive")]
        pub string: Option<Str>,
        /// A map.
        #[field(5, name = "stringMap")]
        pub map: Option<Map<Str>>,
        /// An address.
        #[field(6)]
        pub ip: Option<IpAddress>,
        /// A duration.
        #[field(7)]
        pub duration: Option<Duration>,
        /// A time.
        #[field(8)]
        pub timestamp: Option<TimeStamp>,
        /// A DNS name.
        #[field(9)]
        pub dns: Option<DnsName>,
    }
}

/// A quota.
pub mod samplequota {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Map, Value};

    /// The dimensions.
    #[mixer_template(quota, package = "sampleQuota")]
    pub struct Instance {
        /// Values.
        #[field(1)]
        pub dimensions: Map<Value>,
    }
}

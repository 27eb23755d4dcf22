//! The templates of Istio's tests of its own generator.

/// A report of everything, in messages in messages.
pub(crate) mod report {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{
        DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value,
    };

    #[mixer_template(report, package = "istio.mixer.adapter.sample.report")]
    pub(crate) struct Instance {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(4, name = "boolPrimitive")]
        pub(crate) bool: bool,
        #[field(5, name = "doublePrimitive")]
        pub(crate) double: f64,
        #[field(6, name = "stringPrimitive")]
        pub(crate) string: Str,
        #[field(7, name = "int64Map")]
        pub(crate) int64_map: Map<i64>,
        #[field(9, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(10)]
        pub(crate) duration: Duration,
        #[field(11)]
        pub(crate) res1: Option<Res1>,
    }

    #[mixer_template(message)]
    pub(crate) struct Res1 {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(4, name = "boolPrimitive")]
        pub(crate) bool: bool,
        #[field(5, name = "doublePrimitive")]
        pub(crate) double: f64,
        #[field(6, name = "stringPrimitive")]
        pub(crate) string: Str,
        #[field(7, name = "int64Map")]
        pub(crate) int64_map: Map<i64>,
        #[field(9, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(10)]
        pub(crate) duration: Duration,
        #[field(11)]
        pub(crate) res2: Option<Res2>,
        #[field(12)]
        pub(crate) res2_map: Map<Res2>,
    }

    #[mixer_template(message)]
    pub(crate) struct Res2 {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(9, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(10)]
        pub(crate) duration: Duration,
        #[field(11)]
        pub(crate) ip_addr: IpAddress,
        #[field(12)]
        pub(crate) dns_name: DnsName,
        #[field(13)]
        pub(crate) email_addr: EmailAddress,
        #[field(14)]
        pub(crate) uri: Uri,
    }
}

/// A check with messages.
pub(crate) mod check {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Duration, Map, Str, TimeStamp, Value};

    #[mixer_template(check, package = "istio.mixer.adapter.sample.check")]
    pub(crate) struct Instance {
        #[field(1)]
        pub(crate) check_expression: Str,
        #[field(2, name = "stringMap")]
        pub(crate) string_map: Map<Str>,
        #[field(11)]
        pub(crate) res1: Option<Res1>,
    }

    #[mixer_template(message)]
    pub(crate) struct Res1 {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(4, name = "boolPrimitive")]
        pub(crate) bool: bool,
        #[field(5, name = "doublePrimitive")]
        pub(crate) double: f64,
        #[field(6, name = "stringPrimitive")]
        pub(crate) string: Str,
        #[field(7, name = "int64Map")]
        pub(crate) int64_map: Map<i64>,
        #[field(9, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(10)]
        pub(crate) duration: Duration,
        #[field(11)]
        pub(crate) res2: Option<Res2>,
        #[field(12)]
        pub(crate) res2_map: Map<Res2>,
    }

    #[mixer_template(message)]
    pub(crate) struct Res2 {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
    }
}

/// A quota with messages.
pub(crate) mod quota {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Duration, Map, Str, TimeStamp, Value};

    #[mixer_template(quota, package = "istio.mixer.adapter.sample.quota")]
    pub(crate) struct Instance {
        #[field(1)]
        pub(crate) dimensions: Map<Value>,
        #[field(2, name = "boolMap")]
        pub(crate) bool_map: Map<bool>,
        #[field(11)]
        pub(crate) res1: Option<Res1>,
    }

    #[mixer_template(message)]
    pub(crate) struct Res1 {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(4, name = "boolPrimitive")]
        pub(crate) bool: bool,
        #[field(5, name = "doublePrimitive")]
        pub(crate) double: f64,
        #[field(6, name = "stringPrimitive")]
        pub(crate) string: Str,
        #[field(7, name = "int64Map")]
        pub(crate) int64_map: Map<i64>,
        #[field(9, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(10)]
        pub(crate) duration: Duration,
        #[field(11)]
        pub(crate) res2: Option<Res2>,
        #[field(12)]
        pub(crate) res2_map: Map<Res2>,
    }

    #[mixer_template(message)]
    pub(crate) struct Res2 {
        #[field(1)]
        pub(crate) value: Value,
        #[field(2)]
        pub(crate) dimensions: Map<Value>,
        #[field(3, name = "int64Primitive")]
        pub(crate) int64: i64,
    }
}

/// An attribute generator.
pub(crate) mod apa {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{Duration, EmailAddress, IpAddress, Map, Str, TimeStamp};

    #[mixer_template(attribute_generator, package = "istio.mixer.adapter.sample.myApa")]
    pub(crate) struct Instance {
        #[field(1, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(2, name = "boolPrimitive")]
        pub(crate) bool: bool,
        #[field(3, name = "doublePrimitive")]
        pub(crate) double: f64,
        #[field(4, name = "stringPrimitive")]
        pub(crate) string: Str,
        #[field(5, name = "dimensionsFixedInt64ValueDType")]
        pub(crate) dimensions: Map<i64>,
        #[field(6, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(7)]
        pub(crate) duration: Duration,
        #[field(8)]
        pub(crate) res3_map: Map<Resource3>,
        #[field(9, name = "optionalIP")]
        pub(crate) optional_ip: IpAddress,
        #[field(10)]
        pub(crate) email: EmailAddress,
    }

    #[mixer_template(message)]
    pub(crate) struct Resource3 {
        #[field(1, name = "int64Primitive")]
        pub(crate) int64: i64,
        #[field(2, name = "boolPrimitive")]
        pub(crate) bool: bool,
        #[field(3, name = "doublePrimitive")]
        pub(crate) double: f64,
        #[field(4, name = "stringPrimitive")]
        pub(crate) string: Str,
        #[field(5, name = "dimensionsFixedInt64ValueDType")]
        pub(crate) dimensions: Map<i64>,
        #[field(6, name = "timeStamp")]
        pub(crate) time_stamp: TimeStamp,
        #[field(7)]
        pub(crate) duration: Duration,
    }

    #[mixer_template(output)]
    pub(crate) struct Output {
        #[field(1, name = "int64Primitive")]
        pub(crate) int64: Option<i64>,
        #[field(2, name = "boolPrimitive")]
        pub(crate) bool: Option<bool>,
        #[field(3, name = "doublePrimitive")]
        pub(crate) double: Option<f64>,
        #[field(4, name = "stringPrimitive")]
        pub(crate) string: Option<Str>,
        #[field(6, name = "timeStamp")]
        pub(crate) time_stamp: Option<TimeStamp>,
        #[field(7)]
        pub(crate) duration: Option<Duration>,
        #[field(10)]
        pub(crate) email: Option<EmailAddress>,
        #[field(11)]
        pub(crate) out_ip: Option<IpAddress>,
        #[field(12)]
        pub(crate) out_str_map: Option<Map<Str>>,
    }
}

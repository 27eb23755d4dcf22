//! A template with fields of every type.

use std::collections::BTreeMap;

use adapter_runtime::mixer_template;
use adapter_runtime::template::{Output as _, decode};
use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value,
};

/// One of each.
#[mixer_template(check_with_output, package = "everything")]
pub struct Instance {
    /// A text.
    #[field(1)]
    pub text: Str,
    /// A text of the standard library.
    #[field(2)]
    pub string: String,
    /// A number.
    #[field(3)]
    pub int64: i64,
    /// A double.
    #[field(4)]
    pub double: f64,
    /// A bool.
    #[field(5)]
    pub bool: bool,
    /// An address.
    #[field(6)]
    pub ip: IpAddress,
    /// A time.
    #[field(7)]
    pub time: TimeStamp,
    /// A duration.
    #[field(8)]
    pub duration: Duration,
    /// A DNS name.
    #[field(9)]
    pub dns: DnsName,
    /// An e-mail address.
    #[field(10)]
    pub email: EmailAddress,
    /// A URI.
    #[field(11)]
    pub uri: Uri,
    /// Texts.
    #[field(12)]
    pub texts: Map<Str>,
    /// A value.
    #[field(13)]
    pub value: Value,
    /// Values.
    #[field(14)]
    pub values: Map<Value>,
    /// Values in a map of the standard library. The largest number that a key of one byte holds.
    #[field(15)]
    pub sorted: BTreeMap<String, Value>,
    /// Numbers. The smallest number that takes a key of two bytes.
    #[field(16)]
    pub int64s: Map<i64>,
    /// Doubles.
    #[field(17)]
    pub doubles: Map<f64>,
    /// Bools.
    #[field(18)]
    pub bools: Map<bool>,
    /// Addresses.
    #[field(19)]
    pub ips: Map<IpAddress>,
    /// Times.
    #[field(20)]
    pub times: Map<TimeStamp>,
    /// DNS names.
    #[field(21)]
    pub names: Map<DnsName>,
    /// A message.
    #[field(22)]
    pub part: Option<Part>,
    /// Messages.
    #[field(23)]
    pub parts: Map<Part>,
}

/// A message, which holds others of its kind.
#[mixer_template(message)]
pub struct Part {
    /// A text.
    #[field(1)]
    pub text: Str,
    /// Values.
    #[field(2)]
    pub values: Map<Value>,
    /// Parts of the part.
    #[field(3)]
    pub parts: Map<Part>,
}

/// The fields of the instance that an output can have.
#[mixer_template(output)]
pub struct Output {
    /// A text.
    #[field(1)]
    pub text: Option<Str>,
    /// A text of the standard library.
    #[field(2)]
    pub string: Option<String>,
    /// A number.
    #[field(3)]
    pub int64: Option<i64>,
    /// A double.
    #[field(4)]
    pub double: Option<f64>,
    /// A bool.
    #[field(5)]
    pub bool: Option<bool>,
    /// An address.
    #[field(6)]
    pub ip: Option<IpAddress>,
    /// A time.
    #[field(7)]
    pub time: Option<TimeStamp>,
    /// A duration.
    #[field(8)]
    pub duration: Option<Duration>,
    /// A DNS name.
    #[field(9)]
    pub dns: Option<DnsName>,
    /// An e-mail address.
    #[field(10)]
    pub email: Option<EmailAddress>,
    /// A URI.
    #[field(11)]
    pub uri: Option<Uri>,
    /// Texts.
    #[field(12)]
    pub texts: Option<Map<Str>>,
}

impl From<Instance> for Output {
    fn from(instance: Instance) -> Output {
        Output {
            text: Some(instance.text),
            string: Some(instance.string),
            int64: Some(instance.int64),
            double: Some(instance.double),
            bool: Some(instance.bool),
            ip: Some(instance.ip),
            time: Some(instance.time),
            duration: Some(instance.duration),
            dns: Some(instance.dns),
            email: Some(instance.email),
            uri: Some(instance.uri),
            texts: Some(instance.texts),
        }
    }
}

/// Makes an output of the instance in a request, if there is one, and the instance of the output:
/// both must hold the same.
///
/// # Panics
/// If they don't.
pub fn check_output(request: &[u8]) {
    let skip = adapter_runtime::__private::skip;
    let Ok(instance) = decode::instance::<Instance>(request, skip) else {
        return;
    };
    let output = Output::from(instance);
    // The fields and their numbers are those of the instance, which is the request's field 1.
    let mut fields = Vec::new();
    output.encode(&mut fields);
    let mut request = vec![0x0A];
    prost::encoding::encode_varint(fields.len() as u64, &mut request);
    request.extend(fields);
    let again = decode::instance::<Instance>(&request, skip).expect("the output is an instance");
    // As texts, in which numbers that are none are equal, too.
    assert_eq!(format!("{:?}", Output::from(again)), format!("{output:?}"));
}

//! What a handler is asked, and what it answers, whatever its template.

use super::instance::Instance;
use crate::check::CheckResult;
use crate::proto::model;
use crate::quota::{QuotaArgs, QuotaResult};
use crate::template::{FieldInfo, Output};
use crate::value::Value;

/// What a handler is called with.
#[derive(Debug)]
pub enum Asked {
    /// A verdict, or attributes.
    About(Instance),
    /// To take notice of these, which are of one template.
    Report(Vec<Instance>),
    /// An amount of a quota.
    Quota(Instance, QuotaArgs),
}

/// What a handler answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It took notice.
    Reported,
    /// A verdict.
    Check(CheckResult),
    /// A verdict, and attributes.
    CheckWithOutput(CheckResult, Attributes),
    /// A grant.
    Quota(QuotaResult),
    /// Attributes.
    Generated(Attributes),
}

/// The fields of an output.
#[derive(Clone, Debug)]
pub struct Attributes {
    fields: &'static [FieldInfo],
    /// One for each field, in their order.
    values: Vec<Option<Value>>,
}

impl Attributes {
    pub(crate) fn of<O: Output>(output: &O) -> Attributes {
        let fields = O::INFO.map_or(&[][..], |message| message.fields());
        let mut values = Vec::with_capacity(fields.len());
        output.values(&mut values);
        Attributes { fields, values }
    }

    /// The value of a field, by its name in the `.proto` file; `None` if it was left out.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        let at = self.fields.iter().position(|it| it.name == field)?;
        self.values.get(at)?.as_ref()
    }

    /// All fields with their values, in the order in which they are declared; what was left out is
    /// the zero of its type.
    pub fn with_zeros(&self) -> impl Iterator<Item = (&'static str, Value)> + '_ {
        self.fields.iter().zip(&self.values).map(|(field, value)| {
            let zero = || field.ty.value_type().map_or(Value::Unset, Value::zero);
            (field.name, value.clone().unwrap_or_else(zero))
        })
    }
}

/// As it is sent to Mixer.
impl From<&CheckResult> for model::CheckResult {
    fn from(verdict: &CheckResult) -> model::CheckResult {
        verdict.to_proto()
    }
}

/// As it is sent to Mixer.
impl From<&QuotaResult> for model::quota_result::Result {
    fn from(grant: &QuotaResult) -> model::quota_result::Result {
        grant.to_proto()
    }
}

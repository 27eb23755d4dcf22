//! The `attribute_bindings` of an attribute generator's instance: which attributes get the values of
//! expressions over the adapter's output.

use std::fmt;

use super::TemplateInfo;
use crate::value::ValueType;

impl TemplateInfo {
    /// What stands before a field of the output where it is an attribute, which `$out.` stands for:
    /// `adapter_template_kubernetes.output.`.
    #[must_use]
    pub fn output_prefix(&self) -> String {
        let package = self.package.to_ascii_lowercase().replace('.', "_");
        format!("{package}.output.")
    }

    /// The fields of the output as attributes, with their types. They exist for the expressions of
    /// bindings only.
    #[must_use]
    pub fn output_attributes(&self) -> Vec<(String, ValueType)> {
        let prefix = self.output_prefix();
        let fields = self.output.map_or(&[][..], |output| output.fields());
        let fields = fields.iter().filter_map(|field| {
            let ty = field.ty.value_type()?;
            Some((format!("{prefix}{}", field.name), ty))
        });
        fields.collect()
    }

    /// The expression that a binding means: `$out.` is the output.
    #[must_use]
    pub fn bound_expression(&self, expression: &str) -> String {
        expression.replace("$out.", &self.output_prefix())
    }

    /// Checks the bindings of an instance: each attribute, itself an expression, has the type of the
    /// expression that it gets. `type_of` is the type of an expression, and knows the attributes of
    /// the output.
    ///
    /// # Errors
    /// The first binding whose types differ, or that lacks one of them.
    pub fn check_bindings<'a, X>(
        &self,
        bindings: impl IntoIterator<Item = (&'a str, &'a str)>,
        mut type_of: impl FnMut(&str) -> Result<ValueType, X>,
    ) -> Result<(), BindingError<X>> {
        for (attribute, expression) in bindings {
            let expression = self.bound_expression(expression);
            let fail = |problem| BindingError {
                attribute: attribute.to_owned(),
                expression: expression.clone(),
                problem,
            };
            let found = type_of(&expression).map_err(|e| fail(BindingProblem::Expression(e)))?;
            let wanted = type_of(attribute).map_err(|e| fail(BindingProblem::Attribute(e)))?;
            if found != wanted {
                return Err(fail(BindingProblem::Type { found, wanted }));
            }
        }
        Ok(())
    }
}

/// What is wrong with a binding. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingError<X> {
    /// The attribute that is to get a value.
    pub attribute: String,
    /// Its expression, with the output's attributes in place of `$out.`.
    pub expression: String,
    /// What is wrong.
    pub problem: BindingProblem<X>,
}

/// What is wrong with a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BindingProblem<X> {
    /// The attribute has no type.
    Attribute(X),
    /// The expression has no type.
    Expression(X),
    /// They have different ones.
    Type {
        /// The expression's.
        found: ValueType,
        /// The attribute's.
        wanted: ValueType,
    },
}

impl<X: fmt::Display> fmt::Display for BindingError<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BindingError {
            attribute,
            expression,
            ..
        } = self;
        match &self.problem {
            BindingProblem::Attribute(cause) => write!(
                f,
                "error evaluating AttributeBinding expression for attribute key '{attribute}': \
                 {cause}"
            ),
            BindingProblem::Expression(cause) => write!(
                f,
                "error evaluating AttributeBinding expression '{expression}' for attribute \
                 '{attribute}': {cause}"
            ),
            BindingProblem::Type { found, wanted } => write!(
                f,
                "type '{wanted}' for attribute '{attribute}' does not match type '{found}' for \
                 expression '{expression}'"
            ),
        }
    }
}

impl<X: std::error::Error> std::error::Error for BindingError<X> {}

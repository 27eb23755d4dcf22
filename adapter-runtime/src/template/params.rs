//! The operator's expressions for the fields of an instance: Mixer's `InstanceParam`.

use std::fmt;

use super::path::{FieldPath, Step};
use super::{FieldInfo, FieldType, MessageInfo};
use crate::descriptor::camel_case;
use crate::suggest;

/// What the operator wrote, before it is known what it is written for.
#[derive(Clone, Debug, PartialEq)]
pub enum Param<E> {
    /// An expression.
    Expression(E),
    /// A mapping, in the order in which it was written.
    Map(Vec<(String, Param<E>)>),
}

/// The `params` of an instance: for each field of a message an expression, or none.
///
/// `E` is the expression: its text, and then what a compiler makes of it. The types of a
/// template's `Value`s are inferred from them with [`infer_type`](super::infer_type), they are compiled
/// with [`compile`](super::compile), and instances built with
/// [`build_instance`](super::build_instance).
///
/// ```
/// use adapter_runtime::template::{Param, Params, Template, build_instance, infer_type, quota};
/// use adapter_runtime::value::{Value, ValueType};
///
/// // dimensions:
/// //   source: source.name
/// let source = ("source".to_owned(), Param::Expression("source.name"));
/// let params = vec![("dimensions".to_owned(), Param::Map(vec![source]))];
/// let params = Params::new(quota::Template::INFO.instance, params).unwrap();
///
/// // A language with one expression.
/// let types = infer_type::<quota::Template, _, String>(&params, |expression| match *expression {
///     "source.name" => Ok(ValueType::String),
///     other => Err(format!("unknown attribute {other}")),
/// });
/// assert_eq!(types.unwrap().dimensions.get("source"), Some(&ValueType::String));
///
/// let instance = build_instance::<quota::Template, _, String>(
///     "requests.instance.default",
///     &params,
///     |_| Ok(Value::from("productpage")),
/// );
/// assert_eq!(instance.unwrap().dimensions["source"], Value::from("productpage"));
/// ```
#[derive(Clone, Debug)]
pub struct Params<E> {
    pub(super) message: &'static MessageInfo,
    /// One for each of the message's fields, in their order.
    pub(super) slots: Vec<Slot<E>>,
}

/// What is written for a field.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub enum Slot<E> {
    /// Nothing.
    Unset,
    Expression(E),
    Map(Vec<(String, Slot<E>)>),
    Message(Params<E>),
}

impl<E: AsRef<str>> Params<E> {
    /// Finds the field that each expression is for. Fields have their name in the `.proto` file, or
    /// that of protobuf's JSON; an empty expression is as good as none, except in a map.
    ///
    /// # Errors
    /// All names that are no field's, and all that are an expression where a mapping belongs or the
    /// reverse.
    pub fn new(
        message: &'static MessageInfo,
        params: Vec<(String, Param<E>)>,
    ) -> Result<Params<E>, Vec<ParamError>> {
        let mut reader = Reader {
            path: FieldPath::default(),
            errors: Vec::new(),
        };
        let params = reader.message(message, params);
        match reader.errors.is_empty() {
            true => Ok(params),
            false => Err(reader.errors),
        }
    }
}

impl<E> Params<E> {
    /// No expression at all.
    #[must_use]
    pub fn unset(message: &'static MessageInfo) -> Params<E> {
        let unset = |_| Slot::Unset;
        Params {
            message,
            slots: message.fields().iter().map(unset).collect(),
        }
    }

    /// The same with the place of each expression in a list instead of it, and the list.
    pub(crate) fn indexed(&self) -> (Params<usize>, Vec<&E>) {
        let mut expressions = Vec::new();
        let mut next = 0;
        let indexed = self.map(&mut FieldPath::default(), &mut |_, _, _| {
            next += 1;
            Ok::<_, std::convert::Infallible>(next - 1)
        });
        self.collect(&mut expressions);
        let Ok(indexed) = indexed;
        (indexed, expressions)
    }

    /// All expressions, in the order of the fields.
    fn collect<'a>(&'a self, to: &mut Vec<&'a E>) {
        self.slots.iter().for_each(|slot| slot.collect(to));
    }

    /// The same with every expression turned into something else. The path is that of the field;
    /// the type is what the field takes, `None` if it takes any.
    ///
    /// # Errors
    /// The first that `compile` has.
    pub(super) fn map<C, X>(
        &self,
        path: &mut FieldPath,
        compile: &mut impl FnMut(&E, FieldType, &FieldPath) -> Result<C, X>,
    ) -> Result<Params<C>, X> {
        let fields = self.message.fields().iter();
        let mut slots = Vec::with_capacity(self.slots.len());
        for (field, slot) in fields.zip(&self.slots) {
            path.push(Step::Field(field.name));
            slots.push(slot.map(field.ty, path, compile)?);
            path.pop();
        }
        Ok(Params {
            message: self.message,
            slots,
        })
    }
}

impl<E> Slot<E> {
    pub(super) fn is_unset(&self) -> bool {
        matches!(self, Slot::Unset)
    }

    /// The entries of a map.
    pub(super) fn entries(&self) -> &[(String, Slot<E>)] {
        match self {
            Slot::Map(entries) => entries,
            _ => &[],
        }
    }

    fn collect<'a>(&'a self, to: &mut Vec<&'a E>) {
        match self {
            Slot::Unset => {}
            Slot::Expression(expression) => to.push(expression),
            Slot::Map(entries) => entries.iter().for_each(|(_, slot)| slot.collect(to)),
            Slot::Message(params) => params.collect(to),
        }
    }

    fn map<C, X>(
        &self,
        ty: FieldType,
        path: &mut FieldPath,
        compile: &mut impl FnMut(&E, FieldType, &FieldPath) -> Result<C, X>,
    ) -> Result<Slot<C>, X> {
        Ok(match self {
            Slot::Unset => Slot::Unset,
            Slot::Expression(expression) => Slot::Expression(compile(expression, ty, path)?),
            Slot::Map(entries) => {
                let mut mapped = Vec::with_capacity(entries.len());
                for (key, slot) in entries {
                    path.push(Step::Key(key.clone()));
                    mapped.push((key.clone(), slot.map(ty.element(), path, compile)?));
                    path.pop();
                }
                Slot::Map(mapped)
            }
            Slot::Message(params) => Slot::Message(params.map(path, compile)?),
        })
    }
}

struct Reader {
    path: FieldPath,
    errors: Vec<ParamError>,
}

impl Reader {
    fn message<E: AsRef<str>>(
        &mut self,
        message: &'static MessageInfo,
        params: Vec<(String, Param<E>)>,
    ) -> Params<E> {
        let fields = message.fields();
        let mut slots: Vec<_> = fields.iter().map(|_| None).collect();
        for (name, param) in params {
            let called = |field: &FieldInfo| field.name == name || json_name(field.name) == name;
            let Some(at) = fields.iter().position(called) else {
                let known: Vec<_> = fields.iter().map(|field| field.name).collect();
                self.error(suggest::unknown("field", &name, &known));
                continue;
            };
            let field = &fields[at];
            self.path.push(Step::Field(field.name));
            if slots[at].is_some() {
                self.error("it is written twice: write it once".into());
            }
            slots[at] = Some(self.slot(field.ty, param));
            self.path.pop();
        }
        let unset = |slot: Option<Slot<E>>| slot.unwrap_or(Slot::Unset);
        Params {
            message,
            slots: slots.into_iter().map(unset).collect(),
        }
    }

    fn slot<E: AsRef<str>>(&mut self, ty: FieldType, param: Param<E>) -> Slot<E> {
        match (ty, param) {
            (_, Param::Expression(expression)) if expression.as_ref().is_empty() => Slot::Unset,
            (FieldType::Map(value), Param::Map(entries)) => {
                let mut slots = Vec::with_capacity(entries.len());
                for (key, param) in entries {
                    self.path.push(Step::Key(key.clone()));
                    slots.push((key, self.entry(*value, param)));
                    self.path.pop();
                }
                Slot::Map(slots)
            }
            (FieldType::Message(message), Param::Map(params)) => {
                Slot::Message(self.message(message, params))
            }
            (FieldType::Map(_), Param::Expression(_)) => {
                self.error("this is a map: write expressions by key below it".into());
                Slot::Unset
            }
            (FieldType::Message(message), Param::Expression(_)) => {
                let names = message.fields().iter().map(|field| field.name);
                let names: Vec<_> = names.collect();
                let names = names.join("`, `");
                self.error(format!(
                    "this is a message: write expressions for `{names}` below it"
                ));
                Slot::Unset
            }
            (_, Param::Expression(expression)) => Slot::Expression(expression),
            (_, Param::Map(_)) => {
                self.error("this takes one expression: write it instead of a mapping".into());
                Slot::Unset
            }
        }
    }

    /// An entry of a map is there, so an empty expression is one that doesn't compile.
    fn entry<E: AsRef<str>>(&mut self, ty: FieldType, param: Param<E>) -> Slot<E> {
        match param {
            Param::Expression(expression) if ty.message().is_none() => Slot::Expression(expression),
            param => self.slot(ty, param),
        }
    }

    fn error(&mut self, problem: String) {
        self.errors.push(ParamError {
            path: self.path.clone(),
            problem,
        });
    }
}

/// The name in protobuf's JSON.
fn json_name(name: &str) -> String {
    camel_case(name, false)
}

/// Something in the `params` of an instance that its template has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParamError {
    /// Where it stands.
    pub path: FieldPath,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.written();
        match path.is_empty() {
            true => f.write_str(&self.problem),
            false => write!(f, "{path}: {}", self.problem),
        }
    }
}

impl std::error::Error for ParamError {}

//! Instances whose template is not in their type.

use std::any::Any;
use std::fmt;

use crate::code::Code;
use crate::error::HandlerError;
use crate::template;

/// An instance of any template.
pub struct Instance(Box<dyn Erased>);

trait Erased: Any + Send + Sync {
    fn name(&self) -> &str;
    fn shown(&self) -> &dyn fmt::Debug;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<I: template::Instance> Erased for I {
    fn name(&self) -> &str {
        template::Instance::name(self)
    }

    fn shown(&self) -> &dyn fmt::Debug {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Instance {
    pub(super) fn new<I: template::Instance>(instance: I) -> Instance {
        Instance(Box::new(instance))
    }

    /// The full name, `<name>.instance.<namespace>` of the operator's resource.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The instance as its handler gets it.
    ///
    /// # Errors
    /// It is of another template than the handler's, which is the host's mistake.
    pub(crate) fn take<I: template::Instance>(self) -> Result<I, HandlerError> {
        match self.0.into_any().downcast::<I>() {
            Ok(instance) => Ok(*instance),
            Err(_) => Err(HandlerError::new(
                Code::Internal,
                "the handler was called with an instance of another template",
            )),
        }
    }
}

impl fmt::Debug for Instance {
    /// As that of the template's own type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.shown().fmt(f)
    }
}

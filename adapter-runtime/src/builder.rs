//! The way from an adapter's type to a handler that can be called: one state machine for the
//! server, for in-process use and for tests.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::time::Duration;

use tokio::time::Instant;

use crate::adapter::{Adapter, InstanceTypes, Setup};
use crate::config::AdapterConfig;
use crate::env::Env;
use crate::error::{BuildError, ConfigErrors};
use crate::template::{Lists, Template};

/// Builds a handler of the adapter `A`, in Mixer's order: types, configuration, validation, build.
///
/// The state `S` is in the type, so that a call in the wrong order doesn't compile. Types may be
/// set any number of times, and need not be.
///
/// ```
/// use adapter_runtime::prelude::*;
/// use adapter_runtime::template::listentry;
/// use adapter_runtime::Builder;
///
/// /// Allows one word.
/// #[mixer_adapter(templates = ["listentry"])]
/// struct Guard(Params);
///
/// #[derive(AdapterConfig)]
/// struct Params {
///     word: String,
/// }
///
/// impl Adapter for Guard {
///     type Config = Params;
///
///     fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
///         if params.word.is_empty() {
///             errors.push("word", "is empty: write the word that is allowed");
///         }
///     }
///
///     async fn build(params: Params, _: Setup) -> Result<Self, BuildError> {
///         Ok(Guard(params))
///     }
/// }
///
/// impl listentry::Handler for Guard {
///     async fn handle_list_entry(
///         &self,
///         _: &Call,
///         instance: listentry::Instance,
///     ) -> Result<CheckResult, HandlerError> {
///         match instance.value.as_str() == Some(&self.0.word) {
///             true => Ok(CheckResult::allow()),
///             false => Ok(CheckResult::deny(Code::NotFound, "another word")),
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // In a test of another module the trait with the method must be in scope.
/// use listentry::Handler as _;
///
/// let env = Env::new("guard", "test");
/// let call = Call::new(&env);
/// let guard = Builder::<Guard>::new()
///     .configure(Params { word: "open".into() })
///     .validate()
///     .expect("a valid configuration")
///     .build(env)
///     .await
///     .expect("a handler");
/// let instance = listentry::Instance { value: "open".into(), ..Default::default() };
/// let verdict = guard.handle_list_entry(&call, instance).await.expect("a verdict");
/// assert_eq!(verdict.code(), Code::Ok);
/// guard.close().await;
/// # }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<A: Adapter, S = Created> {
    types: InstanceTypes,
    state: S,
    adapter: PhantomData<fn() -> A>,
}

/// The state of a [`Builder`] that has no configuration yet.
#[derive(Debug)]
pub struct Created(());

/// The state of a [`Builder`] that has a configuration, not yet validated.
#[derive(Debug)]
pub struct Configured<C>(C);

/// The state of a [`Builder`] whose configuration is valid.
#[derive(Debug)]
pub struct Validated<C>(C);

mod order {
    /// A builder takes types and the configuration first.
    #[diagnostic::on_unimplemented(
        message = "the builder already has its configuration",
        label = "types come before the configuration, which is set once",
        note = "the order is `set_types`, `configure`, `validate`, `build`"
    )]
    pub trait AcceptsTypes {}

    /// A builder validates once, between `configure` and `build`.
    #[diagnostic::on_unimplemented(
        message = "the builder has no configuration to validate, or has validated it already",
        label = "`validate` comes once, after `configure`",
        note = "the order is `set_types`, `configure`, `validate`, `build`"
    )]
    pub trait AcceptsValidation {
        type Config;
        fn into_config(self) -> Self::Config;
    }

    /// A builder builds after validation.
    #[diagnostic::on_unimplemented(
        message = "the builder has not validated its configuration",
        label = "`build` comes after `validate`",
        note = "the order is `set_types`, `configure`, `validate`, `build`"
    )]
    pub trait AcceptsBuild {
        type Config;
        fn into_config(self) -> Self::Config;
    }

    impl AcceptsTypes for super::Created {}

    impl<C> AcceptsValidation for super::Configured<C> {
        type Config = C;
        fn into_config(self) -> C {
            self.0
        }
    }

    impl<C> AcceptsBuild for super::Validated<C> {
        type Config = C;
        fn into_config(self) -> C {
            self.0
        }
    }
}

pub use order::AcceptsTypes;
use order::{AcceptsBuild, AcceptsValidation};

impl<A: Adapter> Builder<A, Created> {
    /// A builder that knows nothing yet.
    pub fn new() -> Builder<A, Created> {
        Builder::with_types(InstanceTypes::default())
    }

    /// A builder that knows the types.
    pub(crate) fn with_types(types: InstanceTypes) -> Builder<A, Created> {
        Builder {
            types,
            state: Created(()),
            adapter: PhantomData,
        }
    }
}

impl<A: Adapter> Default for Builder<A, Created> {
    fn default() -> Builder<A, Created> {
        Builder::new()
    }
}

impl<A: Adapter, S> Builder<A, S> {
    /// Sets the types of a template's instances, by their full names; may be called again, for
    /// the same template or for another that the adapter lists.
    pub fn set_types<T: Template>(
        mut self,
        types: impl IntoIterator<Item = (String, T::Type)>,
    ) -> Builder<A, S>
    where
        S: AcceptsTypes,
        A: Lists<T>,
    {
        self.types.add::<T>(types.into_iter().collect());
        self
    }

    /// Sets the configuration.
    pub fn configure(self, config: A::Config) -> Builder<A, Configured<A::Config>>
    where
        S: AcceptsTypes,
    {
        self.with(Configured(config))
    }

    /// Validates the configuration, and reads the secrets in it that are given by reference.
    ///
    /// # Errors
    /// Everything that is against the rules on the fields, in their order; then everything that
    /// [`Adapter::validate`] found.
    pub fn validate(self) -> Result<Builder<A, Validated<A::Config>>, ConfigErrors>
    where
        S: AcceptsValidation<Config = A::Config>,
    {
        let Builder { types, state, .. } = self;
        let mut config = state.into_config();
        validate::<A>(&mut config, &types)?;
        Ok(Builder {
            types,
            state: Validated(config),
            adapter: PhantomData,
        })
    }

    /// Builds the handler.
    ///
    /// # Errors
    /// What [`Adapter::build`] returned.
    pub async fn build(self, env: Env) -> Result<Built<A>, BuildError>
    where
        S: AcceptsBuild<Config = A::Config>,
    {
        let Builder { types, state, .. } = self;
        let setup = Setup::new(types, env.clone());
        let adapter = A::build(state.into_config(), setup).await?;
        Ok(Built { adapter, env })
    }

    fn with<T>(self, state: T) -> Builder<A, T> {
        Builder {
            types: self.types,
            state,
            adapter: PhantomData,
        }
    }
}

/// Everything that is wrong with a configuration.
pub(crate) fn validate<A: Adapter>(
    config: &mut A::Config,
    types: &InstanceTypes,
) -> Result<(), ConfigErrors> {
    let mut errors = ConfigErrors::new();
    config.check(&mut errors);
    A::validate(config, types, &mut errors);
    match errors.is_empty() {
        true => Ok(()),
        false => Err(errors),
    }
}

impl<A: Adapter, S> fmt::Debug for Builder<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The state holds the configuration, which may hold secrets.
        f.debug_struct("Builder")
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}

/// A handler: the adapter with one configuration. Dereferences to the adapter.
#[must_use = "a handler is to be called, and to be closed at the end"]
pub struct Built<A: Adapter> {
    adapter: A,
    env: Env,
}

impl<A: Adapter> Built<A> {
    /// Closes the handler, and then what it scheduled, which has ten seconds to end.
    pub async fn close(self) {
        self.adapter.close().await;
        let deadline = Instant::now() + Duration::from_secs(10);
        self.env.end_tasks(deadline).await;
    }
}

impl<A: Adapter> Deref for Built<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.adapter
    }
}

impl<A: Adapter + fmt::Debug> fmt::Debug for Built<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Built").field(&self.adapter).finish()
    }
}

//! An existing `config.proto` as Rust, and the two compared.
//!
//! An adapter that moves here keeps its configuration on the wire: [`rust_struct`] prints the
//! structs for its `config.proto`, and [`assert_same`], in a test, keeps the two alike.
//!
//! Needs the feature `import`.

mod compare;
mod load;
mod model;
mod names;
mod places;
mod print;
mod sources;

use std::path::Path;

use crate::config::{AdapterConfig, ConfigSchema};
use crate::document::Problems;

/// The Rust for the message `Params` of a `config.proto`: structs and enums that derive
/// [`AdapterConfig`], with the comments of the file, its field numbers, and
/// its names where they are not Rust's.
///
/// Imports are looked for in the folders `includes`, and in that of the file; those of
/// `google/protobuf` and `gogoproto/gogo.proto` are known. A message is an `Option`, as is a field
/// with `optional`; with `(gogoproto.nullable) = false` it is not, and then has the defaults of its
/// own fields. What gogoproto's other options say concerns Go alone.
///
/// # Errors
/// Everything that the file has and Mixer can't encode, or that makes no sense, with its place and
/// what to write instead.
pub fn rust_struct<P: AsRef<Path>>(
    file: impl AsRef<Path>,
    includes: impl IntoIterator<Item = P>,
) -> Result<String, Problems> {
    let loaded = load::load(file.as_ref(), includes)?;
    let model = model::of(&loaded)?;
    Ok(print::rust(&loaded, &model))
}

/// Where a configuration and a `config.proto` differ, a line for each difference; none if they are
/// the same on the wire and for the operator. `descriptor_set` is the encoded `FileDescriptorSet`
/// of the struct; includes are as for [`rust_struct`].
///
/// What messages are called, and in which order fields stand, makes no difference.
///
/// # Errors
/// The file, or the set, makes no sense.
pub fn differences<P: AsRef<Path>>(
    descriptor_set: &[u8],
    file: impl AsRef<Path>,
    includes: impl IntoIterator<Item = P>,
) -> Result<Vec<String>, Problems> {
    let loaded = load::load(file.as_ref(), includes)?;
    let ours = load::descriptor_set(descriptor_set, &loaded)?;
    Ok(compare::params(&ours, &loaded.params()?, &loaded.name))
}

/// Fails, for use in a test, unless a configuration is the same as a `config.proto`, on the wire and
/// for the operator. The package is that of the adapter's `#[mixer_adapter(package = "…")]`; a file
/// that imports others than those beside it is compared by [`differences`].
///
/// ```no_run
/// use adapter_runtime::{AdapterConfig, import};
///
/// #[derive(AdapterConfig)]
/// struct Params {
///     file_path: String,
/// }
///
/// import::assert_same::<Params>("my_adapter.config", "config.proto");
/// ```
///
/// # Panics
/// If there is a difference, with all of them in the message, or the file makes no sense.
#[track_caller]
pub fn assert_same<C: AdapterConfig>(package: &str, file: impl AsRef<Path>) {
    let ours = ConfigSchema::of::<C>(package).descriptor_set();
    match differences(&ours, file, std::iter::empty::<&Path>()) {
        Ok(lines) if lines.is_empty() => {}
        Ok(lines) => panic!("the configuration differs:\n  {}", lines.join("\n  ")),
        Err(problems) => panic!("{problems}"),
    }
}

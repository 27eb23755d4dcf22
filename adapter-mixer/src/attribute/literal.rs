//! Attributes as a program writes them.

/// A [`Bag`](crate::attribute::Bag) of attributes. Values are anything that a
/// [`Value`](adapter_runtime::value::Value) can be made of.
///
/// ```
/// use adapter_mixer::attributes;
/// use adapter_mixer::attribute::Attributes;
///
/// let request = attributes! {
///     "request.path" => "/cart",
///     "request.size" => 128,
///     "connection.mtls" => true,
/// };
/// assert_eq!(request.get("request.path").unwrap().as_str(), Some("/cart"));
/// ```
#[macro_export]
macro_rules! attributes {
    ($($name:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut attributes = $crate::attribute::Bag::<'static>::new();
        $(attributes.insert($name, $value);)*
        attributes
    }};
}

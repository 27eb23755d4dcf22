#[derive(::core::clone::Clone)]
#[derive(::core::fmt::Debug)]
#[derive(::core::default::Default)]
#[derive(::core::cmp::PartialEq)]
pub struct Subject {
    pub user: Str,
    pub properties: Map<Value>,
    pub groups: BTreeMap<String, Group>,
}
///The types of the fields of [`Subject`] that the operator's expressions decide.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
pub struct SubjectType {
    ///The type of `properties`.
    pub properties: crate::__private::Map<crate::__private::ValueType>,
    ///The type of `groups`.
    pub groups: crate::__private::Map<<Group as crate::__private::Message>::Type>,
}
const _: () = {
    #[inline]
    fn step<'a>(
        message: &mut Subject,
        field: ::core::option::Option<
            (
                ::core::primitive::u32,
                crate::__private::WireType,
                &'a [::core::primitive::u8],
                crate::__private::Depth,
            ),
        >,
    ) -> crate::__private::Rest<'a> {
        let ::core::option::Option::Some((number, wire, input, depth)) = field else {
            crate::__private::settle_field(&mut message.user);
            crate::__private::settle_field(&mut message.properties);
            crate::__private::settle_field(&mut message.groups);
            return ::core::result::Result::Ok(&[]);
        };
        let _ = depth;
        match number {
            1u32 => {
                crate::__private::merge_field(
                    &mut message.user,
                    "user",
                    wire,
                    input,
                    depth,
                )
            }
            3u32 => {
                crate::__private::merge_field(
                    &mut message.properties,
                    "properties",
                    wire,
                    input,
                    depth,
                )
            }
            4u32 => {
                crate::__private::merge_field(
                    &mut message.groups,
                    "groups",
                    wire,
                    input,
                    depth,
                )
            }
            _ => crate::__private::skip(number, wire, input),
        }
    }
    #[automatically_derived]
    impl crate::__private::Message for Subject {
        type Type = SubjectType;
        #[inline]
        fn merge_field<'a>(
            &mut self,
            number: ::core::primitive::u32,
            wire: crate::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: crate::__private::Depth,
        ) -> crate::__private::Rest<'a> {
            step(self, ::core::option::Option::Some((number, wire, input, depth)))
        }
        #[inline]
        fn settle_fields(&mut self) {
            let _ = step(self, ::core::option::Option::None);
        }
    }
    #[automatically_derived]
    impl crate::__private::Merge for Subject {
        fn empty() -> Self {
            ::core::default::Default::default()
        }
        fn merge<'a>(
            &mut self,
            wire: crate::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: crate::__private::Depth,
        ) -> crate::__private::Rest<'a> {
            crate::__private::merge_message(self, wire, input, depth)
        }
        fn settle(&mut self) {
            crate::__private::Message::settle_fields(self);
        }
    }
};
#[automatically_derived]
impl crate::__private::Field for Subject {}

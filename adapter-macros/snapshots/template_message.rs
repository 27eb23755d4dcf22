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
    pub groups: crate::__private::Map<GroupType>,
}
const _: () = {
    #[automatically_derived]
    impl crate::__private::Message for Subject {
        type Type = SubjectType;
        const INFO: &'static crate::__private::MessageInfo = &crate::__private::MessageInfo::new(
            "Subject",
            "",
            || const {
                &[
                    crate::__private::FieldInfo::new(
                        "user",
                        1u32,
                        <Str as crate::__private::Field>::TYPE,
                        "",
                    ),
                    crate::__private::FieldInfo::new(
                        "properties",
                        3u32,
                        <Map<Value> as crate::__private::Field>::TYPE,
                        "",
                    ),
                    crate::__private::FieldInfo::new(
                        "groups",
                        4u32,
                        <BTreeMap<String, Group> as crate::__private::Field>::TYPE,
                        "",
                    ),
                ]
            },
        );
        #[inline]
        fn merge_field<'a>(
            &mut self,
            number: ::core::primitive::u32,
            wire: crate::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: crate::__private::Depth,
        ) -> crate::__private::Rest<'a> {
            let message = self;
            let _ = depth;
            match number {
                1u32 => {
                    <Str as crate::__private::Field>::merge_named(
                        &mut message.user,
                        "user",
                        wire,
                        input,
                        depth,
                    )
                }
                3u32 => {
                    <Map<
                        Value,
                    > as crate::__private::Field>::merge_named(
                        &mut message.properties,
                        "properties",
                        wire,
                        input,
                        depth,
                    )
                }
                4u32 => {
                    <BTreeMap<
                        String,
                        Group,
                    > as crate::__private::Field>::merge_named(
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
        #[inline]
        fn settle_fields(&mut self) {
            let message = self;
            let _ = &message;
            <Str as crate::__private::Field>::complete(&mut message.user);
            <Map<Value> as crate::__private::Field>::complete(&mut message.properties);
            <BTreeMap<
                String,
                Group,
            > as crate::__private::Field>::complete(&mut message.groups);
        }
        fn build_fields<E, X>(
            &mut self,
            params: &crate::__private::Params<E>,
            evaluate: &mut impl ::core::ops::FnMut(
                &E,
            ) -> ::core::result::Result<crate::__private::Value, X>,
        ) -> ::core::result::Result<(), crate::__private::EvaluationError<X>> {
            let (message, fields) = (
                self,
                &mut crate::__private::Building::new(params, evaluate),
            );
            let _ = (&message, &fields);
            <Str as crate::__private::Field>::build_next(&mut message.user, fields)?;
            <Map<
                Value,
            > as crate::__private::Field>::build_next(&mut message.properties, fields)?;
            <BTreeMap<
                String,
                Group,
            > as crate::__private::Field>::build_next(&mut message.groups, fields)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl crate::__private::Types for SubjectType {
        fn infer_fields<E, X>(
            params: &crate::__private::Params<E>,
            type_of: &mut impl ::core::ops::FnMut(
                &E,
            ) -> ::core::result::Result<crate::__private::ValueType, X>,
        ) -> ::core::result::Result<Self, crate::__private::InferError<X>> {
            let fields = &mut crate::__private::Inference::new(params, type_of);
            let types = &mut <Self as ::core::default::Default>::default();
            let _ = (&fields, &types);
            fields.check()?;
            fields.infer(&mut types.properties)?;
            fields.infer(&mut types.groups)?;
            ::core::result::Result::Ok(::core::mem::take(types))
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
impl crate::__private::Field for Subject {
    const TYPE: crate::__private::FieldType = crate::__private::FieldType::Message(
        <Subject as crate::__private::Message>::INFO,
    );
    fn build<E, X>(
        slot: &crate::__private::Slot<E>,
        evaluate: &mut impl ::core::ops::FnMut(
            &E,
        ) -> ::core::result::Result<crate::__private::Value, X>,
    ) -> ::core::result::Result<Self, crate::__private::EvaluationError<X>> {
        crate::__private::build_message(slot, evaluate)
    }
}

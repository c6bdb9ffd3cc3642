use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer as _, VariantAccess, Visitor};
use serde::{Deserialize as _, Deserializer};

use crate::event::Event;

/// Reads a payload as the variant of an enum whose tag lies elsewhere: in the stored name.
pub fn as_variant<'de, E: Event, D: Deserializer<'de>>(
    variant: usize,
    payload: D,
) -> impl Deserializer<'de, Error = D::Error> {
    AsVariant {
        variant: E::VARIANTS[variant].name,
        payload,
    }
}

struct AsVariant<D> {
    variant: &'static str,
    payload: D,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for AsVariant<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }

    fn is_human_readable(&self) -> bool {
        self.payload.is_human_readable()
    }
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for AsVariant<D> {
    type Error = D::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), D::Error> {
        let variant: StrDeserializer<'_, D::Error> = self.variant.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for AsVariant<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        <()>::deserialize(self.payload)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, D::Error> {
        seed.deserialize(self.payload)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.payload.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.payload.deserialize_struct(self.variant, fields, visitor)
    }
}

//! Setters of public fields.

/// Setters of public fields, each under the name `with_` and the field's. The setter of an
/// optional field takes the value itself.
macro_rules! setters {
    ($($setter:ident $field:ident: $type:ty;)*) => {$(
        #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $setter(mut self, $field: $type) -> Self {
            self.$field = $field.into();
            self
        }
    )*};
}
pub(crate) use setters;

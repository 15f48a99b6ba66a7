//! Enums of strings that keep a value which was not in the API's description.

/// Writes an enum with a variant for each known string, and `Unknown` for any other.
macro_rules! open_enum {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($variant:ident = $value:literal,)*
        }
    ) => {
        $(#[$attribute])*
        ///
        /// A value that this version does not know is kept as `Unknown`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $visibility enum $name {
            $(
                #[doc = concat!("`", $value, "`")]
                $variant,
            )*
            /// A value that is not in the API's description.
            Unknown(::std::string::String),
        }

        impl $name {
            /// Returns the value as it is in JSON.
            #[allow(unreachable_pub, reason = "as public as the enum")]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                match Self::from(value.as_str()) {
                    Self::Unknown(_) => Self::Unknown(value),
                    known => known,
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl $crate::field::FromText for $name {
            fn from_text(value: &str) -> Self {
                Self::from(value)
            }
        }

        impl $crate::field::FromJson for $name {}

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let value = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(value))
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": [$($value),*] })
            }
        }
    };
}

#[allow(unused_imports, reason = "a description may have no enum")]
pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    open_enum! {
        /// A color.
        enum Color {
            Red = "red",
            DarkBlue = "dark-blue",
        }
    }

    #[test]
    fn known_and_unknown_values_survive_text_and_json() {
        for (text, color) in [
            ("red", Color::Red),
            ("dark-blue", Color::DarkBlue),
            ("green", Color::Unknown("green".to_owned())),
        ] {
            assert_eq!(Color::from(text), color);
            assert_eq!(text.parse::<Color>(), Ok(color.clone()));
            assert_eq!(Color::from(text.to_owned()), color);
            assert_eq!(color, text);
            assert_eq!(format!("{color:>9}"), format!("{text:>9}"));
            let json = serde_json::to_value(&color).unwrap();
            assert_eq!(json, text);
            assert_eq!(serde_json::from_value::<Color>(json).unwrap(), color);
        }
    }
}

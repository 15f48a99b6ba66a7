//! Enums of strings that keep a value which nobody knew when this was generated.

use heck::ToUpperCamelCase;
use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::{File, Item};

use super::module;
use crate::codegen::passes::OpenEnum;

pub(super) fn write(file: &mut File, enums: &[OpenEnum]) {
    let Some(types) = module(&mut file.items, &["types"]) else {
        return;
    };
    // The generator writes a type for the component all the same where nothing refers to it.
    types.retain(|item| match item {
        Item::Struct(item) => enums.iter().all(|open| item.ident != open.name),
        _ => true,
    });
    for open in enums {
        let file: File = syn::parse_quote!(#open);
        types.extend(file.items);
    }
}

impl quote::ToTokens for OpenEnum {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        let name = format_ident!("{}", self.name);
        let label = &self.name;
        let values = &self.values;
        let variants = variants(values);
        let doc = self
            .description
            .clone()
            .unwrap_or_else(|| format!("One of: {}.", list(values)));
        let variant_docs = values.iter().map(|value| format!("`{value}`"));
        let doc = format!("{doc}\n\nA value that this version does not know is kept as `Unknown`.");
        tokens.extend(quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #name {
                #( #[doc = #variant_docs] #variants, )*
                /// A value that was not in the API's description, as it came.
                Unknown(::std::string::String),
            }
            impl #name {
                /// The value as it stands in JSON.
                pub fn as_str(&self) -> &str {
                    match self {
                        #( Self::#variants => #values, )*
                        Self::Unknown(value) => value,
                    }
                }
            }
            impl ::std::fmt::Display for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.pad(self.as_str())
                }
            }
            impl ::std::convert::From<&str> for #name {
                fn from(value: &str) -> Self {
                    match value {
                        #( #values => Self::#variants, )*
                        other => Self::Unknown(other.to_owned()),
                    }
                }
            }
            impl ::std::convert::From<::std::string::String> for #name {
                fn from(value: ::std::string::String) -> Self {
                    match Self::from(value.as_str()) {
                        Self::Unknown(_) => Self::Unknown(value),
                        known => known,
                    }
                }
            }
            impl ::std::str::FromStr for #name {
                type Err = ::std::convert::Infallible;
                fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                    Ok(Self::from(value))
                }
            }
            impl crate::field::FromText for #name {
                fn from_text(value: &str) -> Self {
                    Self::from(value)
                }
            }
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::std::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)
                        .map(Self::from)
                }
            }
            #[cfg(feature = "schemars")]
            impl schemars::JsonSchema for #name {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    #label.into()
                }
                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    schemars::json_schema!({ "type": "string", "examples": [#(#values),*] })
                }
            }
        });
    }
}

fn list(values: &[String]) -> String {
    values
        .iter()
        .map(|value| format!("`{value}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A variant for each value, whatever characters it has.
fn variants(values: &[String]) -> Vec<Ident> {
    let mut names: Vec<String> = vec!["Unknown".into(), "Self".into()];
    let mut variants = Vec::new();
    for value in values {
        let ascii: String = value
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
            .collect();
        let mut name = ascii.to_upper_camel_case();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name = format!("Value{name}");
        }
        let mut number = 1;
        let base = name.clone();
        while names.contains(&name) {
            number += 1;
            name = format!("{base}{number}");
        }
        variants.push(format_ident!("{name}"));
        names.push(name);
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_variant_of_its_own() {
        let values = [
            "starting", "gpu-t4", "gpu_t4", "4k", "", "unknown", "self", "é",
        ];
        let values: Vec<String> = values.into_iter().map(String::from).collect();
        let names: Vec<String> = variants(&values).iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            [
                "Starting", "GpuT4", "GpuT42", "Value4k", "Value", "Unknown2", "Self2", "Value2"
            ]
        );
    }
}

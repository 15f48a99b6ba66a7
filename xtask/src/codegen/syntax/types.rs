//! Attributes of the generated types.

use syn::{Attribute, File, Item, parse_quote};

use super::module;
use crate::codegen::passes::Renamed;

pub(super) fn derive(file: &mut File) {
    let Some(types) = module(&mut file.items, &["types"]) else {
        return;
    };
    for item in types {
        let attributes = match item {
            Item::Struct(item) => {
                // A field more is no new major version.
                if item.fields.iter().all(|field| field.ident.is_some()) {
                    item.attrs.push(parse_quote!(#[non_exhaustive]));
                }
                &mut item.attrs
            }
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        if schema_on_demand(attributes) {
            attributes.push(parse_quote! {
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            });
        }
    }
}

/// Tells serde the names in JSON that the generator does not know.
pub(super) fn rename(file: &mut File, renamed: &[Renamed]) {
    let types = module(&mut file.items, &["types"]);
    for item in types.into_iter().flatten() {
        let Item::Struct(item) = item else { continue };
        let own = renamed.iter().filter(|renamed| item.ident == renamed.owner);
        for Renamed { field, given, .. } in own {
            let found = item
                .fields
                .iter_mut()
                .find(|f| f.ident.as_ref().is_some_and(|i| i == field));
            if let Some(found) = found {
                found.attrs.push(parse_quote!(#[serde(rename = #given)]));
            }
        }
    }
}

/// Takes `schemars::JsonSchema` out of what is always derived; whether it was there.
fn schema_on_demand(attributes: &mut [Attribute]) -> bool {
    let mut found = false;
    for attribute in attributes
        .iter_mut()
        .filter(|a| a.path().is_ident("derive"))
    {
        let mut kept: Vec<syn::Path> = Vec::new();
        let parsed = attribute.parse_nested_meta(|meta| {
            if meta
                .path
                .segments
                .first()
                .is_some_and(|first| first.ident == "schemars")
            {
                found = true;
            } else {
                kept.push(meta.path);
            }
            Ok(())
        });
        if parsed.is_ok() {
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_field_keeps_its_name_in_json() {
        let mut file: File = syn::parse_quote! { pub mod types { pub struct A { pub a_b_2: u8 } } };
        let renamed = Renamed {
            owner: "A".into(),
            field: "a_b_2".into(),
            given: "a-b".into(),
        };
        rename(&mut file, &[renamed]);
        let expected: File = syn::parse_quote! {
            pub mod types { pub struct A { #[serde(rename = "a-b")] pub a_b_2: u8 } }
        };
        assert_eq!(file, expected);
    }

    #[test]
    fn the_schema_is_derived_only_with_its_feature() {
        let mut file: File = syn::parse_quote! {
            pub mod types {
                #[derive(Clone, schemars::JsonSchema)]
                pub struct A { a: u8 }
            }
        };
        derive(&mut file);
        let expected: File = syn::parse_quote! {
            pub mod types {
                #[derive(Clone)]
                #[non_exhaustive]
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
                pub struct A { a: u8 }
            }
        };
        assert_eq!(file, expected);
    }
}

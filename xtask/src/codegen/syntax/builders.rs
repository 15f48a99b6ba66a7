//! Builders of types: only those of request bodies are of use.

use std::collections::BTreeSet;

use syn::visit::Visit;
use syn::{File, ImplItem, Item, ItemImpl, Path};

use super::{module, type_name};

pub(super) fn prune(file: &mut File) {
    let mut used = Used::default();
    if let Some(operations) = module(&mut file.items, &["builder"]) {
        for item in operations.iter() {
            used.visit_item(item);
        }
    }
    let Some(types) = module(&mut file.items, &["types"]) else {
        return;
    };
    types.retain_mut(|item| match item {
        Item::Impl(block) if is_builder_constructor(block) => {
            type_name(&block.self_ty).is_some_and(|name| used.0.contains(&name.to_string()))
        }
        _ => true,
    });
    if let Some(builders) = module(types, &["builder"]) {
        builders.retain(|item| match item {
            Item::Struct(item) => used.0.contains(&item.ident.to_string()),
            Item::Impl(block) => concerns(block).iter().any(|name| used.0.contains(name)),
            _ => true,
        });
    }
}

/// `impl X { pub fn builder() }`, which stands alone in its block.
fn is_builder_constructor(block: &ItemImpl) -> bool {
    matches!(block.items.as_slice(), [ImplItem::Fn(f)] if f.sig.ident == "builder")
}

/// The type that the block is for, and the one that it converts from.
fn concerns(block: &ItemImpl) -> Vec<String> {
    type_name(&block.self_ty)
        .map(ToString::to_string)
        .into_iter()
        .collect()
}

/// Names in `types::builder::NAME`.
#[derive(Default)]
struct Used(BTreeSet<String>);

impl Visit<'_> for Used {
    fn visit_path(&mut self, path: &Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if let [types, builder, name] = names.as_slice()
            && types == "types"
            && builder == "builder"
        {
            self.0.insert(name.clone());
        }
        syn::visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_builders_of_request_bodies_are_kept() {
        let mut file: File = syn::parse_quote! {
            pub mod types {
                impl Request { pub fn builder() -> builder::Request {} }
                impl Answer { pub fn builder() -> builder::Answer {} }
                pub mod builder {
                    pub struct Request;
                    impl Default for Request {}
                    impl TryFrom<Request> for super::Request {}
                    pub struct Answer;
                    impl TryFrom<Answer> for super::Answer {}
                }
            }
            pub mod builder {
                pub struct Create { body: Result<types::builder::Request, String> }
            }
        };
        prune(&mut file);
        let expected: File = syn::parse_quote! {
            pub mod types {
                impl Request { pub fn builder() -> builder::Request {} }
                pub mod builder {
                    pub struct Request;
                    impl Default for Request {}
                    impl TryFrom<Request> for super::Request {}
                }
            }
            pub mod builder {
                pub struct Create { body: Result<types::builder::Request, String> }
            }
        };
        assert_eq!(file, expected);
    }
}

//! The generated `Client`: its constructors go, since the transport's is the one way in.

use anyhow::{Result, bail};
use syn::{File, ImplItem, Item, Visibility};

use super::type_name;
use crate::codegen::operations::Operation;

pub(super) fn own(file: &mut File) {
    for item in &mut file.items {
        match item {
            Item::Impl(block) => block.items.retain(|item| {
                !matches!(item,
                ImplItem::Fn(f) if f.sig.ident == "new" || f.sig.ident == "new_with_client")
            }),
            // What of this a user needs, the crate's root exports beside its own error.
            Item::Use(import) => import.vis = Visibility::Inherited,
            _ => {}
        }
    }
    file.items.retain(|item| match item {
        Item::Mod(module) => module.ident != "prelude",
        Item::Impl(block) => !block.items.is_empty(),
        _ => true,
    });
}

/// Fails for any operation that is no method of the client.
pub(super) fn complete(file: &File, operations: &[Operation]) -> Result<()> {
    let methods: Vec<String> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(block) if type_name(&block.self_ty).is_some_and(|n| n == "Client") => {
                Some(&block.items)
            }
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
            _ => None,
        })
        .collect();
    let lost: Vec<String> = operations
        .iter()
        .filter(|operation| !methods.contains(&operation.name))
        .map(|operation| format!("{} ({})", operation.id, operation.place))
        .collect();
    if !lost.is_empty() {
        bail!("the generator wrote no method for {}", lost.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_without_a_method_is_named_with_its_place() {
        let file: File = syn::parse_quote! { impl Client { pub fn models_list(&self) {} } };
        let operation = |name: &str, method: &str| Operation {
            id: name.replace('_', "."),
            name: name.into(),
            method: method.into(),
            path: "/models".into(),
            place: format!("#/paths/~1models/{}", method.to_lowercase()),
        };
        let all = [
            operation("models_list", "GET"),
            operation("models_search", "QUERY"),
        ];
        let error = complete(&file, &all).unwrap_err().to_string();
        assert_eq!(
            error,
            "the generator wrote no method for models.search (#/paths/~1models/query)"
        );
        complete(&file, &all[..1]).unwrap();
    }

    #[test]
    fn constructors_with_fixed_timeouts_are_gone() {
        let mut file: File = syn::parse_quote! {
            pub use progenitor_client::Error;
            impl Client { pub fn new() {} pub fn new_with_client() {} }
            impl Client { pub fn models_list(&self) {} }
            pub mod prelude {}
        };
        own(&mut file);
        let expected: File = syn::parse_quote! {
            use progenitor_client::Error;
            impl Client { pub fn models_list(&self) {} }
        };
        assert_eq!(file, expected);
    }
}

//! Setters that take what people write: `"text"` for an optional string, `json!({…})` for an
//! object, `["start"]` for a list of events. `crate::field::IntoField` says what is taken.

use quote::ToTokens;
use syn::{
    Block, Expr, File, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, PathArguments, Type,
    TypeParamBound, WherePredicate, parse_quote,
};

use super::module;

pub(super) fn accept_plain_values(file: &mut File) {
    for path in [["types", "builder"].as_slice(), ["builder"].as_slice()] {
        let Some(items) = module(&mut file.items, path) else {
            continue;
        };
        for item in items {
            let Item::Impl(block) = item else { continue };
            for item in &mut block.items {
                if let ImplItem::Fn(method) = item {
                    rewrite(method);
                }
            }
        }
    }
}

fn rewrite(method: &mut ImplItemFn) {
    let name = method.sig.ident.clone();
    if name == "body" || method.sig.inputs.len() != 2 {
        return;
    }
    let Some(target) = converted(method) else {
        return;
    };
    let Some(FnArg::Typed(argument)) = method.sig.inputs.last() else {
        return;
    };
    let value = argument.pat.clone();
    let parameter = argument.ty.clone();
    let optional = maps_to_some(&method.block);
    let map: Option<Expr> = optional.then(|| parse_quote!(Some));
    let mapped = match map {
        Some(some) => quote::quote!(.map(#some)),
        None => quote::quote!(),
    };
    let message = format!("{name}: {{error}}");
    method.block = parse_quote!({
        self.#name = #value.into_field() #mapped .map_err(|error| format!(#message));
        self
    });
    method.sig.generics.where_clause =
        Some(parse_quote!(where #parameter: crate::field::IntoField<#target>,));
}

/// The type `X` of a bound `TryInto<X>`.
fn converted(method: &ImplItemFn) -> Option<Type> {
    let clause = method.sig.generics.where_clause.as_ref()?;
    clause.predicates.iter().find_map(|predicate| {
        let WherePredicate::Type(predicate) = predicate else {
            return None;
        };
        predicate.bounds.iter().find_map(|bound| {
            let TypeParamBound::Trait(bound) = bound else {
                return None;
            };
            let last = bound.path.segments.last()?;
            match &last.arguments {
                PathArguments::AngleBracketed(arguments) if last.ident == "TryInto" => {
                    arguments.args.iter().find_map(|argument| match argument {
                        GenericArgument::Type(ty) => Some(ty.clone()),
                        _ => None,
                    })
                }
                _ => None,
            }
        })
    })
}

fn maps_to_some(block: &Block) -> bool {
    block.to_token_stream().to_string().contains(". map (Some)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setter_takes_whatever_makes_the_field() {
        let mut file: File = syn::parse_quote! {
            pub mod builder {
                impl ModelsList {
                    pub fn sort_by<V>(mut self, value: V) -> Self where V: std::convert::TryInto<Sort> {
                        self.sort_by = value.try_into().map(Some).map_err(|_| "no".to_string());
                        self
                    }
                    pub fn body<V>(mut self, value: V) -> Self where V: TryInto<Body> { self }
                }
            }
        };
        accept_plain_values(&mut file);
        let expected: File = syn::parse_quote! {
            pub mod builder {
                impl ModelsList {
                    pub fn sort_by<V>(mut self, value: V) -> Self
                    where V: crate::field::IntoField<Sort>, {
                        self.sort_by = value.into_field().map(Some)
                            .map_err(|error| format!("sort_by: {error}"));
                        self
                    }
                    pub fn body<V>(mut self, value: V) -> Self where V: TryInto<Body> { self }
                }
            }
        };
        assert_eq!(file, expected);
    }
}

//! The types of values.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use serde_json::Value;

use super::docs;
use super::names::Names;
use super::write::{Side, Writer};
use crate::schema::{ValueKind, ValueSchema};

#[derive(Clone)]
pub(super) enum Type {
    Text,
    Secret,
    Integer,
    Number,
    Boolean,
    File(Side),
    Any,
    Map,
    List(Box<Type>),
    /// An enum of choices: its name, with each value and its variant.
    Choices(Ident, Vec<(Value, Ident)>),
    /// A struct or union that was written.
    Named(Ident),
}

impl ToTokens for Type {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Text => quote!(String),
            Self::Secret => quote!(::replicate::Secret),
            Self::Integer => quote!(i64),
            Self::Number => quote!(f64),
            Self::Boolean => quote!(bool),
            Self::File(Side::Input) => quote!(::replicate::FileInput),
            Self::File(Side::Output) => quote!(::replicate::FileOutput),
            Self::Any => quote!(::serde_json::Value),
            Self::Map => quote!(::serde_json::Map<String, ::serde_json::Value>),
            Self::List(items) => quote!(Vec<#items>),
            Self::Choices(name, _) | Self::Named(name) => quote!(#name),
        });
    }
}

impl Type {
    /// The type of a setter's argument, and the code that makes a value of it.
    pub(super) fn argument(&self, name: &Ident) -> (TokenStream, TokenStream) {
        match self {
            Self::Integer | Self::Boolean | Self::Choices(..) => (quote!(#self), quote!(#name)),
            Self::List(items) if items.is_converted() => (
                quote!(impl IntoIterator<Item = impl Into<#items>>),
                quote!(#name.into_iter().map(Into::into).collect()),
            ),
            Self::List(items) => (
                quote!(impl IntoIterator<Item = #items>),
                quote!(#name.into_iter().collect()),
            ),
            _ => (quote!(impl Into<#self>), quote!(#name.into())),
        }
    }

    fn is_converted(&self) -> bool {
        matches!(
            self,
            Self::Text | Self::Secret | Self::File(_) | Self::Any | Self::Number
        )
    }

    /// The code of a value, if it can be written.
    pub(super) fn literal(&self, value: &Value) -> Option<TokenStream> {
        Some(match (self, value) {
            (Self::Text, Value::String(text)) if text.is_empty() => quote!(String::new()),
            (Self::Text, Value::String(text)) => quote!(#text.to_owned()),
            (Self::File(Side::Input), Value::String(url)) => {
                quote!(::replicate::FileInput::url(#url))
            }
            (Self::Boolean, Value::Bool(flag)) => quote!(#flag),
            (Self::Integer, Value::Number(number)) => {
                let whole = || number.as_f64().filter(|it| it.abs() < 2f64.powi(53));
                let whole = number.as_i64().or_else(|| whole().map(|it| it as i64))?;
                Literal::i64_unsuffixed(whole).into_token_stream()
            }
            (Self::Number, Value::Number(number)) => {
                Literal::f64_unsuffixed(number.as_f64()?).into_token_stream()
            }
            (Self::List(items), Value::Array(values)) => {
                let values = values.iter().map(|value| items.literal(value));
                let values: Vec<TokenStream> = values.collect::<Option<_>>()?;
                if values.is_empty() {
                    quote!(Vec::new())
                } else {
                    quote!(vec![#(#values),*])
                }
            }
            (Self::Choices(name, variants), value) => {
                let (_, variant) = variants.iter().find(|(choice, _)| choice == value)?;
                quote!(#name::#variant)
            }
            _ => return None,
        })
    }
}

impl Writer {
    /// The type of a value; `name` is the name of a type that has to be written for it.
    pub(super) fn value(&mut self, schema: &ValueSchema, name: &str, side: Side) -> Type {
        // An output with a new choice is still an output.
        if side == Side::Input && !schema.is_secret() {
            let choices = schema.choices();
            let is_text = !choices.is_empty() && choices.iter().all(Value::is_string);
            let is_whole = !choices.is_empty() && choices.iter().all(Value::is_i64);
            if is_text || is_whole {
                return self.choices(schema, name, is_text);
            }
        }
        match schema.kind() {
            ValueKind::Text if schema.is_secret() => Type::Secret,
            ValueKind::Text => Type::Text,
            ValueKind::Integer => Type::Integer,
            ValueKind::Number => Type::Number,
            ValueKind::Boolean => Type::Boolean,
            ValueKind::File => Type::File(side),
            ValueKind::List => {
                let items = match schema.items() {
                    Some(items) => self.optional(items, &format!("{name} item"), side),
                    None => Type::Any,
                };
                Type::List(Box::new(items))
            }
            ValueKind::Object if schema.fields().is_empty() => Type::Map,
            ValueKind::Object => self.object(schema, name, side),
            ValueKind::Union => self.union(schema, name, side),
            ValueKind::Any => Type::Any,
        }
    }

    /// The type of an item of a list, any JSON if it can be null.
    fn optional(&mut self, schema: &ValueSchema, name: &str, side: Side) -> Type {
        if schema.is_nullable() {
            return Type::Any;
        }
        self.value(schema, name, side)
    }

    fn choices(&mut self, schema: &ValueSchema, name: &str, is_text: bool) -> Type {
        let name = self.names.camel(name, "Choice");
        let mut names = Names::default();
        let mut variants: Vec<(Value, Ident)> = Vec::new();
        let mut values: Vec<String> = Vec::new();
        for choice in schema.choices() {
            if !variants.iter().any(|(known, _)| known == choice) {
                let text = choice.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| choice.to_string());
                variants.push((choice.clone(), names.camel(&text, "Empty")));
                values.push(text);
            }
        }
        let docs = docs::attributes(docs::of_schema(schema, "One of the model's choices."));
        let idents: Vec<&Ident> = variants.iter().map(|(_, ident)| ident).collect();
        let variant_docs = values.iter().map(|it| docs::attributes([docs::code(it)]));
        let item = if is_text {
            quote! {
                #docs
                #[allow(dead_code, clippy::enum_variant_names)]
                #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize)]
                pub enum #name {
                    #(#variant_docs #[serde(rename = #values)] #idents,)*
                }
            }
        } else {
            let numbers = variants.iter().filter_map(|(value, _)| value.as_i64());
            let numbers = numbers.map(Literal::i64_unsuffixed);
            quote! {
                #docs
                #[allow(dead_code, clippy::enum_variant_names)]
                #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
                pub enum #name {
                    #(#variant_docs #idents,)*
                }

                impl ::serde::Serialize for #name {
                    fn serialize<S: ::serde::Serializer>(
                        &self,
                        serializer: S,
                    ) -> ::std::result::Result<S::Ok, S::Error> {
                        let value = match self {
                            #(Self::#idents => #numbers,)*
                        };
                        serializer.serialize_i64(value)
                    }
                }
            }
        };
        self.items.push(item);
        Type::Choices(name, variants)
    }

    fn union(&mut self, schema: &ValueSchema, name: &str, side: Side) -> Type {
        let ident = self.names.camel(name, "Union");
        let mut names = Names::default();
        let mut variants: Vec<(Ident, Type)> = Vec::new();
        let mut types: Vec<String> = Vec::new();
        let mut alternatives: Vec<&ValueSchema> = schema.alternatives().iter().collect();
        // What is tried first when an output is read: the type that says most.
        alternatives.sort_by_key(|one| match one.kind() {
            ValueKind::Text => 1,
            ValueKind::Number => 2,
            ValueKind::Any => 3,
            _ => 0,
        });
        for alternative in alternatives {
            let kind = format!("{:?}", alternative.kind());
            let inner = self.optional(alternative, &format!("{name} {kind}"), side);
            let written = inner.to_token_stream().to_string();
            if !types.contains(&written) {
                types.push(written);
                variants.push((names.camel(&kind, "Other"), inner));
            }
        }
        let (idents, inner): (Vec<Ident>, Vec<Type>) = variants.into_iter().unzip();
        let variant_docs = idents.iter().map(|ident| {
            let name = docs::code(&ident.to_string());
            docs::attributes([format!("A value of the type {name}.")])
        });
        let derive = side.derive();
        let docs = docs::attributes([format!("A value of one of {} types.", idents.len())]);
        let mut typed = idents.iter().zip(&inner);
        let text = typed.find(|(_, inner)| matches!(inner, Type::Text));
        let from_str = text.map(|(variant, _)| {
            quote! {
                impl From<&str> for #ident {
                    fn from(value: &str) -> Self {
                        Self::#variant(value.to_owned())
                    }
                }
            }
        });
        let conversions = (side == Side::Input).then(|| {
            quote! {
                #from_str
                #(impl From<#inner> for #ident {
                    fn from(value: #inner) -> Self {
                        Self::#idents(value)
                    }
                })*
            }
        });
        self.items.push(quote! {
            #docs
            #[allow(dead_code, clippy::large_enum_variant)]
            #[derive(Clone, Debug, PartialEq, #derive)]
            #[serde(untagged)]
            pub enum #ident {
                #(#variant_docs #idents(#inner),)*
            }

            #conversions
        });
        Type::Named(ident)
    }
}

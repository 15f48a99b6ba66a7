//! The structs of the input, the output, and the objects in them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::Names;
use super::types::Type;
use super::{docs, has_default};
use crate::schema::{Input, ModelSchema, OutputKind, ValueSchema};

/// Whether a type is written into an input or read from an output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

impl Side {
    pub(super) fn derive(self) -> TokenStream {
        match self {
            Self::Input => quote!(::serde::Serialize),
            Self::Output => quote!(::serde::Deserialize),
        }
    }
}

/// Writes types, each once.
pub(super) struct Writer {
    pub(super) names: Names,
    pub(super) items: Vec<TokenStream>,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            names: Names::of_types(),
            items: Vec::new(),
        }
    }
}

/// How to set a field of an input.
enum Presence {
    /// An argument of `new`.
    Required,
    /// Has this value at first.
    Default(TokenStream),
    /// Not sent if it is `None`.
    Optional,
}

struct Field {
    ident: Ident,
    kind: Type,
    presence: Presence,
    is_nullable: bool,
    docs: TokenStream,
    key: String,
}

impl Writer {
    /// The types that were written for others.
    pub(super) fn items(self) -> TokenStream {
        let items = self.items;
        quote!(#(#items)*)
    }

    pub(super) fn input(&mut self, schema: &ModelSchema) -> TokenStream {
        let ident = Ident::new("Input", proc_macro2::Span::call_site());
        let docs = docs::attributes(["What the model takes."]);
        let default = |input: &Input| has_default(schema, input);
        self.settable(ident, docs, schema.inputs(), &default)
    }

    pub(super) fn output(&mut self, schema: &ModelSchema) -> TokenStream {
        let output = schema.output();
        let docs = docs::attributes(["What the model returns."]);
        let inner = match output.kind() {
            OutputKind::StreamedText => quote!(String),
            _ if !output.schema().fields().is_empty() && !output.schema().is_nullable() => {
                let ident = Ident::new("Output", proc_macro2::Span::call_site());
                return self.readable(ident, docs, output.schema().fields());
            }
            _ => {
                let inner = self.value(output.schema(), "output value", Side::Output);
                quote!(#inner)
            }
        };
        let inner = optional(output.schema().is_nullable(), inner);
        quote! {
            #docs
            #[allow(dead_code)]
            pub type Output = #inner;
        }
    }

    pub(super) fn object(&mut self, schema: &ValueSchema, name: &str, side: Side) -> Type {
        let ident = self.names.camel(name, "Object");
        let docs = docs::attributes(docs::of_schema(schema, "An object with these fields."));
        let item = match side {
            Side::Input => self.settable(ident.clone(), docs, schema.fields(), &|_| false),
            Side::Output => self.readable(ident.clone(), docs, schema.fields()),
        };
        self.items.push(item);
        Type::Named(ident)
    }

    /// A struct that is deserialized.
    fn readable(&mut self, ident: Ident, docs: TokenStream, fields: &[Input]) -> TokenStream {
        let idents = Names::fields(fields.iter().map(Input::key));
        let mut written = Vec::new();
        for (field, ident) in fields.iter().zip(&idents) {
            let inner = self.value(field.schema(), field.key(), Side::Output);
            let docs = docs::of_field(field, None);
            let rename = rename(ident, field.key());
            let is_optional = !field.is_required() || field.schema().is_nullable();
            let inner = optional(is_optional, quote!(#inner));
            written.push(quote!(#docs #rename pub #ident: #inner));
        }
        quote! {
            #docs
            #[allow(dead_code)]
            #[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
            pub struct #ident {
                #(#written,)*
            }
        }
    }

    /// A struct that is serialized, with a constructor and setters.
    fn settable(
        &mut self,
        name: Ident,
        docs: TokenStream,
        inputs: &[Input],
        has_default: &dyn Fn(&Input) -> bool,
    ) -> TokenStream {
        let idents = Names::fields(inputs.iter().map(Input::key));
        let mut fields = Vec::new();
        for (input, ident) in inputs.iter().zip(idents) {
            let kind = self.value(input.schema(), input.key(), Side::Input);
            let default = input.schema().default_value();
            let default = default.filter(|_| has_default(input));
            let presence = match default.and_then(|value| kind.literal(value)) {
                Some(default) => Presence::Default(default),
                None if input.is_required() => Presence::Required,
                None => Presence::Optional,
            };
            let is_optional = matches!(presence, Presence::Optional);
            let more = is_optional.then_some("Not sent if it is `None`.");
            fields.push(Field {
                docs: docs::of_field(input, more),
                is_nullable: input.schema().is_nullable(),
                key: input.key().to_owned(),
                ident,
                kind,
                presence,
            });
        }
        let declared = fields.iter().map(Field::declaration);
        let required: Vec<&Field> = fields.iter().filter(|field| field.is_argument()).collect();
        let arguments = required.iter().map(|field| {
            let ident = &field.ident;
            let (argument, _) = field.kind.argument(ident);
            quote!(#ident: #argument)
        });
        let values = fields.iter().map(Field::first_value);
        let setters = fields.iter().map(Field::setter);
        let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let new_docs = docs::attributes([match required.is_empty() {
            true => "An input with the model's defaults.",
            false => "An input with what is required, and the model's defaults.",
        }]);
        let default_impl = required.is_empty().then(|| {
            quote! {
                impl Default for #name {
                    fn default() -> Self {
                        Self::new()
                    }
                }
            }
        });
        quote! {
            #docs
            #[allow(dead_code)]
            #[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
            pub struct #name {
                #(#declared,)*
            }

            #[allow(dead_code)]
            impl #name {
                #new_docs
                #many
                pub fn new(#(#arguments),*) -> Self {
                    Self {
                        #(#values,)*
                    }
                }

                #(#setters)*
            }

            #default_impl
        }
    }
}

fn optional(is_option: bool, inner: TokenStream) -> TokenStream {
    match is_option {
        true => quote!(Option<#inner>),
        false => inner,
    }
}

fn rename(ident: &Ident, key: &str) -> Option<TokenStream> {
    let name = ident.to_string();
    (name.trim_start_matches("r#") != key).then(|| quote!(#[serde(rename = #key)]))
}

impl Field {
    /// A required input that cannot be null is an argument of `new`.
    fn is_argument(&self) -> bool {
        matches!(self.presence, Presence::Required) && !self.is_nullable
    }

    fn is_option(&self) -> bool {
        self.is_nullable || matches!(self.presence, Presence::Optional)
    }

    fn declaration(&self) -> TokenStream {
        let Self { ident, docs, .. } = self;
        let rename = rename(ident, &self.key);
        let kind = &self.kind;
        let inner = optional(self.is_option(), quote!(#kind));
        let skip = matches!(self.presence, Presence::Optional)
            .then(|| quote!(#[serde(skip_serializing_if = "Option::is_none")]));
        quote!(#docs #rename #skip pub #ident: #inner)
    }

    fn first_value(&self) -> TokenStream {
        let ident = &self.ident;
        let value = match &self.presence {
            Presence::Default(default) if self.is_nullable => quote!(Some(#default)),
            Presence::Default(default) => quote!(#default),
            _ if self.is_option() => quote!(None),
            _ => self.kind.argument(ident).1,
        };
        if *ident == value.to_string() {
            return quote!(#ident);
        }
        quote!(#ident: #value)
    }

    fn setter(&self) -> TokenStream {
        let Self { ident, kind, .. } = self;
        let (argument, value) = kind.argument(ident);
        let value = match self.is_option() {
            true => quote!(Some(#value)),
            false => value,
        };
        let docs = docs::attributes([format!("Sets {}.", docs::code(&self.key))]);
        quote! {
            #docs
            #[must_use]
            pub fn #ident(mut self, #ident: #argument) -> Self {
                self.#ident = #value;
                self
            }
        }
    }
}

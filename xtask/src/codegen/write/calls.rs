//! The builder of each operation, whose `send` calls the transport.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{docs, setter};
use crate::codegen::calls::{Body, BodyKind, Call, Location, Parameter, Response};
use crate::codegen::read::{FORM, JSON};

pub(super) fn builder(call: &Call) -> TokenStream {
    let name = format_ident!("{}", call.operation.builder());
    let method = &call.operation.name;
    let about = format!(
        "Builder for [`Client::{method}`](super::Client::{method}): `{} {}`.",
        call.operation.method, call.operation.path
    );
    let parameters: Vec<Built> = call.parameters.iter().map(Built::parameter).collect();
    let body = call.body.as_ref().map(Built::body);
    let all: Vec<&Built> = parameters.iter().chain(&body).collect();
    let idents = all.iter().map(|built| &built.ident);
    let types = all.iter().map(|built| &built.ty);
    let defaults = all.iter().map(|built| &built.default);
    let setters = all.iter().map(|built| &built.setters);
    let parts = all.iter().map(|built| &built.part);
    let streams = call
        .body
        .as_ref()
        .is_some_and(|body| matches!(body.kind, BodyKind::Bytes | BodyKind::Multipart));
    let clone = (!streams).then(|| quote!(, Clone));
    let fields = idents.clone();
    let constant = format_ident!("{}", method.to_uppercase());
    let ty = call.response.ty();
    let (ty, end) = match call.response {
        Response::Json(_) => (quote!(crate::Response<#ty>), quote!(decoded)),
        Response::JsonOrEmpty(_) => (quote!(crate::Response<#ty>), quote!(decoded_or_empty)),
        Response::Empty => (quote!(crate::Response<#ty>), quote!(nothing)),
        Response::Streamed => (ty, quote!(streamed)),
    };
    let sends = format!("Sends `{} {}`.", call.operation.method, call.operation.path);
    quote! {
        #[doc = #about]
        #[must_use = "nothing is sent before `send`"]
        #[derive(Debug #clone)]
        pub struct #name {
            transport: crate::Transport,
            #(#idents: Result<#types, String>,)*
        }
        impl #name {
            pub(super) fn new(transport: &crate::Transport) -> Self {
                Self {
                    transport: transport.clone(),
                    #(#fields: #defaults,)*
                }
            }

            crate::options::request_options!();

            #(#setters)*

            #[doc = #sends]
            pub fn send(
                self,
            ) -> impl Future<Output = Result<#ty, crate::Error>> + Send + use<> {
                crate::operation::Call::new(self.transport, &super::operations::#constant)
                #(#parts)*
                .#end()
            }
        }
    }
}

/// One field of a builder: how it is set, and how it is sent.
struct Built {
    ident: Ident,
    ty: TokenStream,
    default: TokenStream,
    setters: TokenStream,
    part: TokenStream,
}

impl Built {
    fn new(name: &str, ty: &TokenStream, required: bool, doc: &str, part: TokenStream) -> Self {
        let ident = format_ident!("{name}");
        let (ty, default) = match required {
            true => (ty.clone(), quote!(Err(crate::field::REQUIRED))),
            false => (
                quote!(::std::option::Option<#ty>),
                quote!(Ok(::std::option::Option::None)),
            ),
        };
        let setters = setter(doc, &ident, &ty, &quote!(value.into_field()));
        Self {
            ident,
            ty,
            default,
            setters,
            part,
        }
    }

    fn parameter(parameter: &Parameter) -> Self {
        let Parameter {
            name, ty, required, ..
        } = parameter;
        let ident = format_ident!("{}", parameter.field);
        let part = match (parameter.location, required) {
            (Location::Path, _) => quote!(.path(#name, self.#ident)),
            (Location::Query, _) => quote!(.query(#name, self.#ident)),
            (Location::QueryJoined, _) => quote!(.query_joined(#name, self.#ident)),
            (Location::Header, true) => quote!(.header(#name, self.#ident.map(Some))),
            (Location::Header, false) => quote!(.header(#name, self.#ident)),
        };
        let doc = docs::parameter(parameter);
        Self::new(&parameter.field, ty, *required, &doc, part)
    }

    fn body(body: &Body) -> Self {
        let media = &body.media;
        let part = match &body.kind {
            BodyKind::Typed(name) => return Self::typed_body(body, name),
            BodyKind::Value(_) => encoded(body, &quote!(self.body)),
            BodyKind::Text => quote!(.text(#media, self.body)),
            BodyKind::Bytes => quote!(.bytes(#media, self.body)),
            BodyKind::Multipart => quote!(.multipart(self.body)),
        };
        Self::new("body", &body.ty(), body.required, &docs::body(body), part)
    }

    /// A body that is built by its type's builder, which it holds until it is sent.
    fn typed_body(body: &Body, name: &str) -> Self {
        let name = format_ident!("{name}");
        let ident = format_ident!("body");
        let builder = quote!(types::builder::#name);
        let (ty, set, map, value) = match body.required {
            true => (
                quote!(#builder),
                quote!(value.into_field().map(::std::convert::From::from)),
                quote!(self.body.map(fill)),
                quote! {
                    self.body.and_then(|body| {
                        types::#name::try_from(body).map_err(|error| error.to_string())
                    })
                },
            ),
            false => (
                quote!(::std::option::Option<#builder>),
                quote!(
                    value
                        .into_field()
                        .map(|body| Some(::std::convert::From::from(body)))
                ),
                quote!(self.body.map(|body| Some(fill(body.unwrap_or_default())))),
                quote! {
                    self.body.and_then(|body| {
                        body.map(types::#name::try_from)
                            .transpose()
                            .map_err(|error| error.to_string())
                    })
                },
            ),
        };
        let set = setter(&docs::body(body), &ident, &body.ty(), &set);
        let setters = quote! {
            #set
            /// Fills in the body, starting from what is set so far.
            pub fn body_map<F>(mut self, fill: F) -> Self
            where
                F: ::std::ops::FnOnce(#builder) -> #builder,
            {
                self.body = #map;
                self
            }
        };
        Self {
            ident,
            ty,
            default: quote!(Ok(::std::default::Default::default())),
            setters,
            part: encoded(body, &value),
        }
    }
}

fn encoded(body: &Body, value: &TokenStream) -> TokenStream {
    match (body.media.as_str(), body.required) {
        (JSON, true) => quote!(.json(#value)),
        (JSON, false) => quote!(.json_optional(#value)),
        (FORM, _) => quote!(.form(#value)),
        (media, _) => quote!(.json_as(#media, #value)),
    }
}

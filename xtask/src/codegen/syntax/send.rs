//! The bodies of `send`: methods and media types that the generator does not know, safe path
//! parts, and the crate's one error.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use quote::ToTokens;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{
    Expr, ExprCall, ExprMethodCall, File, GenericArgument, ImplItem, Item, ItemImpl, LitStr,
    PathArguments, ReturnType, Stmt, Type, parse_quote,
};

use super::{module, type_name};
use crate::codegen::idents::snake;
use crate::codegen::operations::Operation;
use crate::codegen::passes::methods::{address, described, is_known, parts};
use crate::codegen::passes::parameters::GIVEN;
use crate::codegen::passes::{Lowered, MULTIPART};

pub(super) fn rewrite(file: &mut File, lowered: &Lowered) -> Result<()> {
    let mut forms = Vec::new();
    let Some(items) = module(&mut file.items, &["builder"]) else {
        return Ok(());
    };
    for item in items.iter_mut() {
        let Item::Impl(block) = item else { continue };
        let owner = type_name(&block.self_ty)
            .map(ToString::to_string)
            .unwrap_or_default();
        let Some(operation) = operation_of(block, &lowered.operations) else {
            continue;
        };
        let media = lowered
            .bodies
            .iter()
            .find(|body| body.operation == operation.name);
        let media = media.map(|body| body.media_type.as_str());
        if media == Some(MULTIPART) {
            Form.visit_item_impl_mut(block);
            forms.push(owner);
        }
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item
                && method.sig.ident == "send"
            {
                let names = given_names(operation, lowered);
                let mut calls = Calls {
                    operation,
                    media,
                    names,
                };
                calls.visit_block_mut(&mut method.block);
                method
                    .block
                    .stmts
                    .retain(|statement| !is_version_header(statement));
                own_error(method, operation)?;
            }
        }
    }
    for item in items {
        if let Item::Struct(item) = item
            && forms.contains(&item.ident.to_string())
        {
            Form.visit_item_struct_mut(item);
        }
    }
    Ok(())
}

/// The operation whose id stands in the block's `OperationInfo`.
fn operation_of<'a>(block: &ItemImpl, operations: &'a [Operation]) -> Option<&'a Operation> {
    struct Found(Option<String>);
    impl Visit<'_> for Found {
        fn visit_field_value(&mut self, field: &syn::FieldValue) {
            if let (syn::Member::Named(name), Expr::Lit(value)) = (&field.member, &field.expr)
                && name == "operation_id"
                && let syn::Lit::Str(id) = &value.lit
            {
                self.0 = Some(id.value());
            }
        }
    }
    let mut found = Found(None);
    found.visit_item_impl(block);
    let name = found.0?;
    operations.iter().find(|operation| operation.name == name)
}

/// `reqwest::Body` becomes a form, which streams its parts.
struct Form;

impl VisitMut for Form {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if ty.to_token_stream().to_string() == "reqwest :: Body" {
            *ty = parse_quote!(reqwest::multipart::Form);
        }
        syn::visit_mut::visit_type_mut(self, ty);
    }

    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        let replaced = text
            .value()
            .replace("reqwest::Body", "reqwest::multipart::Form");
        *text = LitStr::new(&replaced, text.span());
    }
}

struct Calls<'a> {
    operation: &'a Operation,
    media: Option<&'a str>,
    names: BTreeMap<String, String>,
}

/// What the API calls each parameter, by the name that the generator was given for it.
fn given_names(operation: &Operation, lowered: &Lowered) -> BTreeMap<String, String> {
    let parameters = described(operation, &lowered.document)
        .and_then(|described| described.get("parameters")?.as_array());
    let named = parameters.into_iter().flatten().filter_map(|parameter| {
        let name = parameter["name"].as_str()?;
        let given = parameter.get(GIVEN).and_then(serde_json::Value::as_str);
        Some((name.to_string(), given.unwrap_or(name).to_string()))
    });
    named.collect()
}

impl VisitMut for Calls<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expression);
        match expression {
            Expr::MethodCall(call) => {
                if call.method == "append" {
                    self.restore(call.args.first_mut());
                }
                if let Some(replacement) = self.method_call(call) {
                    *expression = replacement;
                }
            }
            Expr::Call(call) if is_encode_path(call) => {
                let argument = call.args.first().cloned();
                let name = argument.as_ref().map(part_name).unwrap_or_default();
                let part = parts(&self.operation.path)
                    .into_iter()
                    .find(|part| snake(&part.name) == name);
                let name = part.map_or(name, |part| part.given);
                *expression = parse_quote!(crate::path::segment(#name, #argument)?);
            }
            Expr::Call(call) if is_decoding(call) => {
                *call.func = parse_quote!(crate::decode::response);
            }
            Expr::Call(call) if is_query_parameter(call) => self.restore(call.args.first_mut()),
            _ => {}
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        // The address is written by `format!`, into which the visitor does not look.
        let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if mac.path.is_ident("format")
            && let Ok(mut arguments) = mac.parse_body_with(parser)
        {
            for argument in &mut arguments {
                self.visit_expr_mut(argument);
            }
            if let Some(Expr::Lit(first)) = arguments.first_mut()
                && let syn::Lit::Str(text) = &mut first.lit
                && text
                    .value()
                    .ends_with(&format!("/#{}", self.operation.name))
            {
                *text = LitStr::new(&address(self.operation), text.span());
            }
            mac.tokens = arguments.to_token_stream();
        }
    }
}

impl Calls<'_> {
    /// Puts the parameter's name in the API in the place of the generator's.
    fn restore(&self, argument: Option<&mut Expr>) {
        if let Some(Expr::Lit(literal)) = argument
            && let syn::Lit::Str(text) = &mut literal.lit
            && let Some(given) = self.names.get(&text.value())
        {
            *text = LitStr::new(given, text.span());
        }
    }

    fn method_call(&self, call: &ExprMethodCall) -> Option<Expr> {
        let ExprMethodCall {
            receiver,
            method,
            args,
            ..
        } = call;
        let on_client = receiver
            .to_token_stream()
            .to_string()
            .ends_with("client . client");
        if on_client && method == "post" && !is_known(&self.operation.method) {
            let name = &self.operation.method;
            return Some(parse_quote!(#receiver.request(crate::method(#name), #args)));
        }
        let media = self.media?;
        let arguments = args.to_token_stream().to_string();
        let content_type = method == "header" && arguments.contains("CONTENT_TYPE");
        match (media, method.to_string().as_str()) {
            (MULTIPART, "header") if content_type => Some((**receiver).clone()),
            (MULTIPART, "body") => Some(parse_quote!(#receiver.multipart(#args))),
            (media, "header") if content_type => Some(parse_quote! {
                #receiver.header(
                    ::reqwest::header::CONTENT_TYPE,
                    ::reqwest::header::HeaderValue::from_static(#media),
                )
            }),
            _ => None,
        }
    }
}

fn is_encode_path(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(path) if path.path.is_ident("encode_path"))
}

/// `ResponseValue::from_response(response)`, which forgets what was asked.
fn is_decoding(call: &ExprCall) -> bool {
    let function = call.func.to_token_stream().to_string();
    function.replace(' ', "") == "ResponseValue::from_response"
}

fn is_query_parameter(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(path)
        if path.path.segments.iter().any(|segment| segment.ident == "QueryParam"))
}

/// `prediction_id` of `&prediction_id.to_string()`.
fn part_name(argument: &Expr) -> String {
    let text = argument.to_token_stream().to_string();
    let name = text.trim_start_matches(['&', ' ']);
    name.split([' ', '.'])
        .next()
        .unwrap_or_default()
        .to_string()
}

/// The API has no such header.
fn is_version_header(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::MethodCall(call), _)
        if call.method == "append" && call.to_token_stream().to_string().contains("\"api-version\""))
}

/// Wraps the generator's body, so that what comes out is the crate's own error.
fn own_error(method: &mut syn::ImplItemFn, operation: &Operation) -> Result<()> {
    let Some(success) = success_type(&method.sig.output) else {
        bail!(
            "{}: `send` of {} has an unknown form",
            operation.place,
            operation.id
        );
    };
    let name = &operation.name;
    let body = &method.block;
    method.block = parse_quote!({
        let sent: Result<ResponseValue<#success>, Error<()>> = async move #body.await;
        sent.map_err(|error| crate::Error::of_operation(#name, error))
    });
    method.sig.output = parse_quote!(-> Result<ResponseValue<#success>, crate::Error>);
    Ok(())
}

/// `T` of `Result<ResponseValue<T>, …>`.
fn success_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    first_argument(&first_argument(ty)?)
}

fn first_argument(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests;

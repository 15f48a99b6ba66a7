//! The operations and types of the generated code.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Expr, Fields, File, ImplItem, Item, ItemImpl, ItemMod, ReturnType};

/// What users of the generated code can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Code {
    /// By the name of the client's method.
    pub(super) operations: BTreeMap<String, Call>,
    /// The client's method by the route of its operation, `POST /jobs`.
    pub(super) routes: BTreeMap<String, String>,
    pub(super) types: BTreeMap<String, Type>,
    pub(super) documentation: BTreeMap<String, String>,
}

/// One operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) parameters: BTreeMap<String, Member>,
    /// The type of a successful response.
    pub(super) response: String,
}

/// A parameter or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) ty: String,
    pub(super) required: bool,
}

impl Member {
    /// The type without its `Option`.
    pub(super) fn inner(&self) -> &str {
        let inner = self
            .ty
            .strip_prefix("Option<")
            .or(self.ty.strip_prefix("Nullable<"));
        inner
            .and_then(|ty| ty.strip_suffix('>'))
            .unwrap_or(&self.ty)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Struct(BTreeMap<String, Member>),
    /// Each variant with the types that it holds.
    Enum(BTreeMap<String, String>),
    /// An alias, or a wrapper of one type.
    Other(String),
}

impl Type {
    pub(super) fn fields(&self) -> usize {
        match self {
            Self::Struct(fields) => fields.len(),
            _ => 0,
        }
    }

    /// The types of its parts.
    fn parts(&self) -> Vec<&str> {
        match self {
            Self::Struct(fields) => fields.values().map(|field| field.ty.as_str()).collect(),
            Self::Enum(variants) => variants.values().map(String::as_str).collect(),
            Self::Other(ty) => vec![ty],
        }
    }
}

impl Code {
    pub(super) fn read(file: &File) -> Self {
        let mut code = Self::default();
        let mut builders = BTreeMap::new();
        for item in &file.items {
            if let Item::Impl(block) = item {
                code.methods(block, &mut builders);
            }
        }
        for item in &file.items {
            match item {
                Item::Mod(module) if module.ident == "builder" => {
                    code.builders(module, &builders);
                }
                Item::Mod(module) if module.ident == "operations" => code.routes(module),
                Item::Mod(module) if module.ident == "types" => code.types(module),
                _ => {}
            }
        }
        code
    }

    /// Takes the operations from the client's methods, and notes the builder of each.
    fn methods(&mut self, block: &ItemImpl, builders: &mut BTreeMap<String, String>) {
        for item in &block.items {
            let ImplItem::Fn(method) = item else { continue };
            let ReturnType::Type(_, ty) = &method.sig.output else {
                continue;
            };
            if let Some(builder) = text(ty).strip_prefix("builder::") {
                let name = method.sig.ident.to_string();
                let builder = builder.split('<').next().unwrap_or_default();
                builders.insert(builder.to_string(), name.clone());
                self.documentation.insert(name.clone(), docs(&method.attrs));
                self.operations.insert(name, Call::default());
            }
        }
    }

    fn builders(&mut self, module: &ItemMod, builders: &BTreeMap<String, String>) {
        for item in module.content.iter().flat_map(|(_, items)| items) {
            let name = match item {
                Item::Struct(item) => item.ident.to_string(),
                Item::Impl(block) => bare(&text(&*block.self_ty)).to_string(),
                _ => continue,
            };
            let operation = builders.get(&name);
            let Some(call) = operation.and_then(|name| self.operations.get_mut(name)) else {
                continue;
            };
            match item {
                Item::Struct(item) => call.parameters = parameters(&item.fields),
                Item::Impl(block) => {
                    if let Some(response) = response(block) {
                        call.response = response;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads `pub const JOBS_CREATE: Operation = Operation::new("jobs.create", "POST", "/jobs")`.
    fn routes(&mut self, module: &ItemMod) {
        for item in module.content.iter().flat_map(|(_, items)| items) {
            let Item::Const(item) = item else { continue };
            let mut texts = Vec::new();
            literals(item.expr.to_token_stream(), &mut texts);
            if let [_, method, path, ..] = &texts[..] {
                let name = item.ident.to_string().to_lowercase();
                self.routes.insert(format!("{method} {path}"), name);
            }
        }
    }

    fn types(&mut self, module: &ItemMod) {
        for item in module.content.iter().flat_map(|(_, items)| items) {
            let (name, attributes, ty) = match item {
                Item::Struct(item) => {
                    let name = item.ident.to_string();
                    for field in &item.fields {
                        if let Some(field_name) = &field.ident {
                            let name = format!("{name}.{field_name}");
                            self.documentation.insert(name, docs(&field.attrs));
                        }
                    }
                    (name, &item.attrs, structure(&item.fields))
                }
                Item::Enum(item) => {
                    let variants = item.variants.iter().filter(|v| v.ident != "Unknown");
                    let variants = variants.map(|v| (v.ident.to_string(), text(&v.fields)));
                    let variants = Type::Enum(variants.collect());
                    (item.ident.to_string(), &item.attrs, variants)
                }
                Item::Type(item) => {
                    let alias = Type::Other(text(&*item.ty));
                    (item.ident.to_string(), &item.attrs, alias)
                }
                Item::Macro(item) => {
                    if let Some((name, variants)) = open_enum(item) {
                        self.types.insert(name, Type::Enum(variants));
                    }
                    continue;
                }
                _ => continue,
            };
            self.documentation.insert(name.clone(), docs(attributes));
            self.types.insert(name, ty);
        }
    }

    /// The types that requests reach, and those that responses reach.
    pub(super) fn reached(&self) -> Reached {
        let mut reached = Reached::default();
        for call in self.operations.values() {
            for parameter in call.parameters.values() {
                self.reach(&parameter.ty, &mut reached.requests);
            }
            self.reach(&call.response, &mut reached.responses);
        }
        reached
    }

    fn reach(&self, ty: &str, found: &mut BTreeSet<String>) {
        for name in words(ty) {
            if let Some(ty) = self.types.get(name)
                && found.insert(name.to_string())
            {
                for part in ty.parts() {
                    self.reach(part, found);
                }
            }
        }
    }
}

/// Types by the direction in which they are sent.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) requests: BTreeSet<String>,
    pub(super) responses: BTreeSet<String>,
}

impl Reached {
    pub(super) fn contains(&self, name: &str) -> bool {
        self.requests.contains(name) || self.responses.contains(name)
    }
}

/// The names in a type.
pub(super) fn words(ty: &str) -> impl Iterator<Item = &str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    ty.split(move |c| !word(c)).filter(|word| !word.is_empty())
}

fn parameters(fields: &Fields) -> BTreeMap<String, Member> {
    let named = fields.iter().filter_map(|field| {
        let name = field.ident.as_ref()?.to_string();
        let ty = text(&field.ty);
        let ty = ty.strip_prefix("Result<")?.strip_suffix(", String>")?;
        let required = !ty.starts_with("Option<") && !ty.starts_with("Nullable<");
        let ty = ty.replace("builder::", "");
        Some((name, Member { ty, required }))
    });
    named.collect()
}

/// The string literals of an expression.
fn literals(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                    found.push(text.value());
                }
            }
            _ => {}
        }
    }
}

/// `Prediction` of `send(self) -> Result<Response<types::Prediction>, Error>`.
fn response(block: &ItemImpl) -> Option<String> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == "send" => match &method.sig.output {
            ReturnType::Type(_, ty) => {
                let ty = text(ty);
                let success = ty.strip_prefix("Result<")?;
                let (success, _) = success.rsplit_once(", ")?;
                let value = success
                    .split_once('<')
                    .and_then(|(_, t)| t.strip_suffix('>'));
                Some(value.unwrap_or(bare(success)).to_string())
            }
            ReturnType::Default => None,
        },
        _ => None,
    })
}

/// `Call` of `crate::operation::Call<'a>`.
fn bare(ty: &str) -> &str {
    let ty = ty.split('<').next().unwrap_or_default();
    ty.rsplit("::").next().unwrap_or_default()
}

fn structure(fields: &Fields) -> Type {
    let Fields::Named(fields) = fields else {
        return Type::Other(text(fields));
    };
    let fields = fields.named.iter().filter_map(|field| {
        let name = field.ident.as_ref()?.to_string();
        let ty = text(&field.ty);
        let optional = ty.starts_with("Option<")
            || ty.starts_with("Nullable<")
            || field.attrs.iter().any(may_be_absent);
        let required = !optional;
        Some((name, Member { ty, required }))
    });
    Type::Struct(fields.collect())
}

fn may_be_absent(attribute: &Attribute) -> bool {
    attribute.path().is_ident("serde") && {
        let text = attribute.to_token_stream().to_string();
        text.contains("default") || text.contains("skip_serializing_if") || text.contains("flatten")
    }
}

/// The name and variants of `open_enum! { pub enum Name { Variant = "text", … } }`.
fn open_enum(item: &syn::ItemMacro) -> Option<(String, BTreeMap<String, String>)> {
    if item.mac.path.segments.last()?.ident != "open_enum" {
        return None;
    }
    let mut tokens = item.mac.tokens.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "enum"))?;
    let TokenTree::Ident(name) = tokens.next()? else {
        return None;
    };
    let TokenTree::Group(body) = tokens.next()? else {
        return None;
    };
    // Attributes are groups, so that the identifiers at this level are the variants.
    let variants = body.stream().into_iter().filter_map(|token| match token {
        TokenTree::Ident(variant) => Some((variant.to_string(), String::new())),
        _ => None,
    });
    Some((name.to_string(), variants.collect()))
}

/// A type as people write it.
fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (long, short) in [
        (" ", ""),
        (",>", ">"),
        (",", ", "),
        ("::std::result::", ""),
        ("::std::option::", ""),
        ("::std::string::", ""),
        ("::std::vec::", ""),
        ("::std::collections::", ""),
        ("::serde_json::", ""),
        ("::chrono::offset::", ""),
        ("::chrono::", ""),
        ("crate::types::", ""),
        ("super::types::", ""),
        ("types::", ""),
        ("crate::", ""),
    ] {
        text = text.replace(long, short);
    }
    text
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                Expr::Lit(literal) => match &literal.lit {
                    syn::Lit::Str(text) => Some(text.value().trim().to_string()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_and_types_are_read_from_the_generated_code() {
        let code = Code::read(&syn::parse_quote! {
            impl Client {
                pub fn jobs_create(&self) -> builder::JobsCreate<'_> { todo!() }
                pub fn baseurl(&self) -> &str { todo!() }
            }
            pub mod operations {
                pub const JOBS_CREATE: crate::Operation =
                    crate::Operation::new("jobs.create", "POST", "/jobs").idempotent();
                pub const ALL: &[crate::Operation] = &[JOBS_CREATE];
            }
            pub mod builder {
                pub struct JobsCreate<'a> {
                    client: &'a super::Client,
                    options: crate::RequestOptions,
                    prefer: Result<Option<::std::string::String>, String>,
                    body: Result<types::builder::JobRequest, String>,
                }
                impl<'a> JobsCreate<'a> {
                    pub async fn send(self) -> Result<crate::Response<types::Job>, crate::Error> {}
                }
            }
            pub mod types {
                pub struct Job {
                    pub id: ::std::string::String,
                    #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
                    pub tags: ::std::vec::Vec<crate::types::Tag>,
                }
                pub struct JobRequest { pub note: crate::Nullable<::std::string::String> }
                crate::open_enum! {
                    /// A tag.
                    pub enum Tag {
                        /// `a-b`
                        AB = "a-b",
                        C = "c",
                    }
                }
                pub struct Stray(::std::string::String);
            }
        });
        assert_eq!(code.routes["POST /jobs"], "jobs_create");
        let call = &code.operations["jobs_create"];
        assert_eq!(call.response, "Job");
        let member = |ty: &str, required| Member {
            ty: ty.to_string(),
            required,
        };
        assert_eq!(call.parameters["prefer"], member("Option<String>", false));
        assert_eq!(call.parameters["body"], member("JobRequest", true));
        assert_eq!(call.parameters.len(), 2);
        let Type::Struct(job) = &code.types["Job"] else {
            panic!()
        };
        assert_eq!(job["id"], member("String", true));
        assert_eq!(job["tags"], member("Vec<Tag>", false));
        let tag = ["AB", "C"].map(|name| (name.to_string(), String::new()));
        assert_eq!(code.types["Tag"], Type::Enum(tag.into()));
        let reached = code.reached();
        assert!(reached.responses.contains("Tag") && reached.requests.contains("JobRequest"));
        assert!(!reached.contains("Stray"));
    }
}

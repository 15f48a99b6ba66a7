//! What a user of the generated crate sees, and what changed in it.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{Attribute, Expr, Fields, File, ImplItem, Item, ItemMod};

use super::idents::pascal;

/// Every name with what it stands for; names sort so that what belongs together stands together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Surface {
    entries: BTreeMap<Entry, String>,
    documentation: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    kind: Kind,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Operation,
    Parameter,
    Response,
    Type,
    Field,
    Value,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Response => "response",
            Self::Type => "type",
            Self::Field => "field",
            Self::Value => "value",
        }
    }
}

impl Surface {
    pub(crate) fn of(file: &File) -> Self {
        let mut surface = Self::default();
        let mut builders = None;
        for item in &file.items {
            match item {
                Item::Const(table) if table.ident == "OPERATIONS" => {
                    surface.operations(&table.expr);
                }
                Item::Mod(module) if module.ident == "builder" => builders = Some(module),
                Item::Mod(module) if module.ident == "types" => surface.types(module),
                Item::Impl(block) => {
                    for item in &block.items {
                        if let ImplItem::Fn(method) = item {
                            let name = method.sig.ident.to_string();
                            surface.documentation.insert(name, docs(&method.attrs));
                        }
                    }
                }
                _ => {}
            }
        }
        if let Some(builders) = builders {
            surface.parameters(builders);
        }
        surface
    }

    fn add(&mut self, kind: Kind, name: impl Into<String>, value: impl Into<String>) {
        self.entries.insert(
            Entry {
                kind,
                name: name.into(),
            },
            value.into(),
        );
    }

    fn operations(&mut self, table: &Expr) {
        let Expr::Reference(reference) = table else {
            return;
        };
        let Expr::Array(rows) = &*reference.expr else {
            return;
        };
        for row in &rows.elems {
            let Expr::Struct(row) = row else { continue };
            let fields: BTreeMap<String, String> = row
                .fields
                .iter()
                .map(|field| {
                    let name = field.member.to_token_stream().to_string();
                    (name, field.expr.to_token_stream().to_string())
                })
                .collect();
            let field = |name: &str| fields.get(name).map_or("", |v| v.trim_matches('"'));
            let name = field("name");
            let again = if field("idempotent") == "true" {
                ", may be sent again"
            } else {
                ""
            };
            let value = format!("{} {}{again}", field("method"), field("path"));
            self.add(Kind::Operation, name, value);
            for response in field("responses").split('"').skip(1).step_by(2) {
                let what = if response.starts_with('2') {
                    field("answer")
                } else {
                    "error"
                };
                self.add(Kind::Response, format!("{name} {response}"), what);
            }
        }
    }

    fn parameters(&mut self, module: &ItemMod) {
        let operations = self.entries.keys();
        let operations = operations.filter(|entry| entry.kind == Kind::Operation);
        let operations: Vec<String> = operations.map(|entry| entry.name.clone()).collect();
        for item in module.content.iter().flat_map(|(_, items)| items) {
            let Item::Struct(item) = item else { continue };
            let owner = operations.iter().find(|name| item.ident == pascal(name));
            let Some(owner) = owner else {
                continue;
            };
            for field in &item.fields {
                let name = field
                    .ident
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                if name != "client" {
                    let ty = text(&field.ty);
                    let ty = ty
                        .strip_prefix("Result<")
                        .and_then(|t| t.strip_suffix(", String>"));
                    let ty = ty.map_or_else(|| text(&field.ty), String::from);
                    self.add(Kind::Parameter, format!("{owner}.{name}"), ty);
                }
            }
        }
    }

    fn types(&mut self, module: &ItemMod) {
        for item in module.content.iter().flat_map(|(_, items)| items) {
            match item {
                Item::Struct(item) => {
                    let owner = item.ident.to_string();
                    self.documentation.insert(owner.clone(), docs(&item.attrs));
                    match &item.fields {
                        Fields::Named(fields) => {
                            self.add(Kind::Type, &owner, "struct");
                            for field in &fields.named {
                                let name = field
                                    .ident
                                    .as_ref()
                                    .map(ToString::to_string)
                                    .unwrap_or_default();
                                let name = format!("{owner}.{name}");
                                self.documentation.insert(name.clone(), docs(&field.attrs));
                                self.add(Kind::Field, name, text(&field.ty));
                            }
                        }
                        other => self.add(Kind::Type, &owner, text(other)),
                    }
                }
                Item::Enum(item) => {
                    let owner = item.ident.to_string();
                    self.documentation.insert(owner.clone(), docs(&item.attrs));
                    self.add(Kind::Type, &owner, "enum");
                    for variant in item.variants.iter().filter(|v| v.ident != "Unknown") {
                        let name = format!("{owner}::{}", variant.ident);
                        self.add(Kind::Value, name, docs(&variant.attrs));
                    }
                }
                Item::Type(item) => self.add(Kind::Type, item.ident.to_string(), text(&*item.ty)),
                _ => {}
            }
        }
    }

    /// One line for each difference: added, removed, altered.
    pub(crate) fn changes_from(&self, old: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        let keys: std::collections::BTreeSet<&Entry> =
            self.entries.keys().chain(old.entries.keys()).collect();
        for key in keys {
            let what = format!("{} {}", key.kind.word(), key.name);
            match (old.entries.get(key), self.entries.get(key)) {
                (None, Some(new)) => lines.push(format!("added    {what}: {new}")),
                (Some(old), None) => lines.push(format!("removed  {what}: {old}")),
                (Some(old), Some(new)) if old != new => {
                    lines.push(format!("altered  {what}: {old} → {new}"));
                }
                _ => {}
            }
        }
        let reworded = self
            .documentation
            .iter()
            .filter(|(name, text)| old.documentation.get(*name).is_some_and(|old| old != *text))
            .count();
        if reworded > 0 {
            lines.push(format!("altered  documentation of {reworded} items"));
        }
        lines
    }

    /// How much of each kind there is.
    pub(crate) fn size(&self) -> String {
        let count = |kind| {
            self.entries
                .keys()
                .filter(|entry| entry.kind == kind)
                .count()
        };
        format!(
            "{} operations, {} types, {} fields",
            count(Kind::Operation),
            count(Kind::Type),
            count(Kind::Field)
        )
    }
}

/// A type as people write it.
fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (long, short) in [
        (" ", ""),
        (",>", ">"),
        (",", ", "),
        ("::std::option::", ""),
        ("::std::string::", ""),
        ("::std::vec::", ""),
        ("::std::collections::", ""),
        ("::serde_json::", ""),
        ("::chrono::offset::", ""),
        ("::chrono::", ""),
        ("crate::types::", ""),
        ("types::", ""),
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

    fn surface(file: File) -> Surface {
        Surface::of(&file)
    }

    #[test]
    fn every_kind_of_change_has_a_line() {
        let old = surface(syn::parse_quote! {
            pub const OPERATIONS: &[Operation] = &[
                Operation { name: "a_get", method: "GET", path: "/a", idempotent: true,
                    responses: &["200", "404"], answer: "A" },
                Operation { name: "b_1_get", method: "GET", path: "/b", idempotent: true, responses: &[] },
            ];
            pub mod builder {
                pub struct AGet { client: &'a Client, id: Result<::std::string::String, String> }
                pub struct B1Get { client: &'a Client, at: Result<i64, String> }
            }
            pub mod types {
                #[doc = " Old words."]
                pub struct A { pub x: ::std::option::Option<i64>, pub y: bool }
                pub enum E { One, Unknown(String) }
            }
        });
        let new = surface(syn::parse_quote! {
            pub const OPERATIONS: &[Operation] = &[
                Operation { name: "a_get", method: "GET", path: "/a", idempotent: true,
                    responses: &["200", "410"], answer: "B" },
            ];
            pub mod builder { pub struct AGet { client: &'a Client, key: Result<Option<types::E>, String> } }
            pub mod types {
                #[doc = " New words."]
                pub struct A { pub x: ::std::option::Option<f64>, pub z: bool }
                pub enum E { One, #[doc = " `two`"] Two, Unknown(String) }
            }
        });
        insta::assert_snapshot!(new.changes_from(&old).join("\n"), @r"
        removed  operation b_1_get: GET /b, may be sent again
        removed  parameter a_get.id: String
        added    parameter a_get.key: Option<E>
        removed  parameter b_1_get.at: i64
        altered  response a_get 200: A → B
        removed  response a_get 404: error
        added    response a_get 410: error
        altered  field A.x: Option<i64> → Option<f64>
        removed  field A.y: bool
        added    field A.z: bool
        added    value E::Two: `two`
        altered  documentation of 1 items
        ");
        assert!(new.changes_from(&new).is_empty());
    }
}

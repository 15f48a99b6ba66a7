//! The names in the present generated code. Users wrote them into their programs, so whoever has
//! one keeps it.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;
use syn::{Expr, ExprCall, File, Item, ItemConst, ItemMacro, ItemStruct, Lit};

use super::operations::Operation;

#[derive(Debug, Default)]
pub(crate) struct Previous {
    /// By method and path: the id and the name of the client's method.
    operations: BTreeMap<(String, String), (String, String)>,
    /// By the name of the type: its fields, or the values of an enum.
    types: BTreeMap<String, BTreeSet<String>>,
}

impl Previous {
    /// Reads the code; what is not Rust has no names.
    pub(crate) fn parse(code: &str) -> Self {
        let mut previous = Self::default();
        let Ok(file) = syn::parse_file(code) else {
            return previous;
        };
        previous.read(&file);
        previous
    }

    fn read(&mut self, file: &File) {
        for item in &file.items {
            let Item::Mod(module) = item else { continue };
            let items = module.content.iter().flat_map(|(_, items)| items);
            for item in items {
                match item {
                    Item::Const(constant) if module.ident == "operations" => {
                        self.read_operation(constant);
                    }
                    Item::Struct(item) if module.ident == "types" => self.read_type(item),
                    Item::Macro(item) if module.ident == "types" => self.read_enum(item),
                    _ => {}
                }
            }
        }
    }

    fn read_operation(&mut self, constant: &ItemConst) {
        let mut texts = Texts::default();
        texts.visit_expr(&constant.expr);
        if let [id, method, path] = texts.0.as_slice() {
            let name = constant.ident.to_string().to_lowercase();
            self.operations
                .insert((method.clone(), path.clone()), (id.clone(), name));
        }
    }

    fn read_type(&mut self, item: &ItemStruct) {
        let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
        let fields = fields.map(|ident| ident.to_string()).collect();
        self.types.insert(item.ident.to_string(), fields);
    }

    /// `crate::open_enum! { … enum Name { Variant = "value", … } }`.
    fn read_enum(&mut self, item: &ItemMacro) {
        let tokens: Vec<String> = item
            .mac
            .tokens
            .to_string()
            .split_whitespace()
            .map(String::from)
            .collect();
        let Some(at) = tokens.iter().rposition(|token| token == "enum") else {
            return;
        };
        let values = tokens[at..]
            .iter()
            .filter_map(|token| token.strip_prefix('"'));
        let values = values.filter_map(|value| Some(value.split_once('"')?.0.to_string()));
        self.types.insert(tokens[at + 1].clone(), values.collect());
    }

    /// The name of this operation's method, if it is in the present code.
    pub(crate) fn operation(&self, operation: &Operation) -> Option<&str> {
        let key = (operation.method.clone(), operation.path.clone());
        let (id, name) = self.operations.get(&key)?;
        (*id == operation.id).then_some(name)
    }

    /// How much of the present type of this name the fields are, in percent.
    pub(crate) fn likeness(&self, name: &str, fields: &BTreeSet<String>) -> Option<usize> {
        let present = self.types.get(name)?;
        let all = present.union(fields).count().max(1);
        Some(present.intersection(fields).count() * 100 / all)
    }
}

/// The strings that a call is made with.
#[derive(Default)]
struct Texts(Vec<String>);

impl Visit<'_> for Texts {
    fn visit_expr_call(&mut self, call: &ExprCall) {
        for argument in &call.args {
            if let Expr::Lit(literal) = argument
                && let Lit::Str(text) = &literal.lit
            {
                self.0.push(text.value());
            }
        }
        syn::visit::visit_expr_call(self, call);
    }
}

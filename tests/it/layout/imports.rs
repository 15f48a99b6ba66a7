//! Which file of a crate uses which, as its `use` declarations and paths say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{Attribute, Item, ItemMod, UseTree};

/// A module's path from the crate's root, which is the empty one.
type Module = Vec<String>;

/// The modules of a crate that are files, without those compiled for tests only.
pub(crate) struct Crate {
    modules: BTreeMap<Module, File>,
}

struct File {
    path: PathBuf,
    /// What the file's `use` declarations bind, with the path of each.
    bindings: HashMap<String, Vec<String>>,
    /// All paths of the file that start with `crate`, `self` or `super`, made absolute.
    paths: BTreeSet<Vec<String>>,
}

impl Crate {
    /// Reads the crate whose root file this is.
    pub(crate) fn read(root: &Path) -> Self {
        let mut modules = BTreeMap::new();
        let folder = root.parent().unwrap();
        read_module(root, folder, Vec::new(), &mut modules);
        Self { modules }
    }

    /// The groups of more than `limit` files of which each uses each other, at least indirectly.
    pub(crate) fn circles(&self, limit: usize) -> Vec<Vec<String>> {
        let reachable: BTreeMap<&Module, BTreeSet<&Module>> = self
            .modules
            .keys()
            .map(|module| (module, self.reachable(module)))
            .collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for (module, targets) in &reachable {
            if !seen.insert(*module) {
                continue;
            }
            let circle: Vec<_> = targets
                .iter()
                .copied()
                .filter(|target| reachable[target].contains(module))
                .collect();
            seen.extend(&circle);
            if circle.len() > limit {
                let name = |module: &Module| self.modules[module].path.display().to_string();
                circles.push(circle.into_iter().map(name).collect());
            }
        }
        circles
    }

    fn reachable(&self, module: &Module) -> BTreeSet<&Module> {
        let mut found = BTreeSet::new();
        let mut next: Vec<_> = self.uses(module);
        while let Some(module) = next.pop() {
            if found.insert(module) {
                next.extend(self.uses(module));
            }
        }
        found
    }

    /// The files that a file uses.
    fn uses(&self, module: &Module) -> Vec<&Module> {
        let file = &self.modules[module];
        let targets = file.paths.iter().map(|path| self.resolve(path, 0));
        targets.filter(|target| *target != module).collect()
    }

    /// The file that a path leads to: re-exports are followed to the defining file.
    fn resolve(&self, path: &[String], depth: usize) -> &Module {
        let known = (0..=path.len()).rev().find_map(|length| {
            let (module, file) = self.modules.get_key_value(&path[..length])?;
            Some((length, module, file))
        });
        let (length, module, file) = known.expect("the root is a module");
        let Some(name) = path.get(length).filter(|_| depth < 8) else {
            return module;
        };
        match file.bindings.get(name) {
            Some(target) => {
                let target = [target, &path[length + 1..]].concat();
                self.resolve(&target, depth + 1)
            }
            None => module,
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        list.is_ok_and(|list| list.path.is_ident("cfg") && list.tokens.to_string() == "test")
    })
}

fn read_module(path: &Path, folder: &Path, module: Module, found: &mut BTreeMap<Module, File>) {
    let source = std::fs::read_to_string(path).unwrap();
    let file = syn::parse_file(&source).unwrap();
    let mut reader = Reader {
        module: module.clone(),
        bindings: HashMap::new(),
        paths: BTreeSet::new(),
    };
    for item in &file.items {
        match item {
            Item::Mod(child) if child.content.is_none() => {
                let name = child.ident.to_string();
                if is_test(&child.attrs) {
                    continue;
                }
                let child = [module.as_slice(), std::slice::from_ref(&name)].concat();
                let inside = folder.join(&name);
                let file = [folder.join(format!("{name}.rs")), inside.join("mod.rs")]
                    .into_iter()
                    .find(|file| file.exists())
                    .unwrap_or_else(|| panic!("{}: no file of mod {name}", path.display()));
                read_module(&file, &inside, child, found);
            }
            item => reader.visit_item(item),
        }
    }
    let file = File {
        path: path.to_owned(),
        bindings: reader.bindings,
        paths: reader.paths,
    };
    found.insert(module, file);
}

struct Reader {
    module: Module,
    bindings: HashMap<String, Vec<String>>,
    paths: BTreeSet<Vec<String>>,
}

impl Reader {
    /// The absolute form of a path within the crate, `None` for one of another crate.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            _ => return None,
        };
        let mut rest = &path[1..];
        if path[0] == "super" {
            base.pop();
            while rest.first().is_some_and(|segment| segment == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    fn declare(&mut self, prefix: &[String], tree: &UseTree, is_used: bool) {
        let join = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => {
                let prefix = join(path.ident.to_string());
                self.declare(&prefix, &path.tree, is_used);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.declare(prefix, tree, is_used);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let bound = prefix.last().cloned().unwrap_or_default();
                self.bind(bound, prefix, is_used);
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.bind(name.clone(), &join(name), is_used);
            }
            UseTree::Rename(rename) => {
                let path = join(rename.ident.to_string());
                self.bind(rename.rename.to_string(), &path, is_used);
            }
            // Which names it binds is not known: it uses the module.
            UseTree::Glob(_) => self.bind("*".to_owned(), prefix, is_used),
        }
    }

    fn bind(&mut self, name: String, path: &[String], is_used: bool) {
        // `pub use error::Error` names a child without `self`.
        let path = self.absolute(path).unwrap_or_else(|| {
            let own = self.module.iter().chain(path).cloned();
            own.collect()
        });
        if is_used {
            self.paths.insert(path.clone());
        }
        self.bindings.insert(name, path);
    }
}

impl Visit<'_> for Reader {
    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        // A re-export is a name for others: the file itself uses nothing of it.
        let is_private = matches!(item.vis, syn::Visibility::Inherited);
        self.declare(&[], &item.tree, is_private);
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        // An inline module's `super` is this file.
        if let (false, Some((_, items))) = (is_test(&item.attrs), &item.content) {
            let name = item.ident.to_string();
            self.module.push(name);
            for item in items {
                self.visit_item(item);
            }
            self.module.pop();
        }
    }

    // `pub(super)` uses nothing of the parent.
    fn visit_visibility(&mut self, _: &syn::Visibility) {}

    fn visit_path(&mut self, path: &syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.paths.extend(self.absolute(&segments));
        syn::visit::visit_path(self, path);
    }
}

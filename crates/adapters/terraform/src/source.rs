//! The files of a root module: their text and what it parses to.

use std::ops::Range;
use std::path::Path;

use hcl_edit::structure::{Block, Body};
use hcl_edit::{Span as _, parser};

use crate::TerraformError;
use crate::stack::StackDir;

/// The file that gives a stack a backend block where it has none. Ours, and never part of a module.
pub(crate) const OVERRIDE_FILE: &str = "lamplighter_override.tf";

/// No file of a stack is as large as this.
const LARGEST: u64 = 8 * 1024 * 1024;

/// A root module, as it is read and as edits leave it.
#[derive(Debug)]
pub(crate) struct Module {
    /// The folder relative to the repository.
    pub(crate) dir: String,
    files: Vec<SourceFile>,
    /// Variables whose value comes from where it is not read: the environment, a `.tfvars.json` file.
    pub(crate) set_elsewhere: Vec<String>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) body: Body,
    original: Option<String>,
}

/// A file that edits have changed.
#[derive(Debug, Clone)]
pub(crate) struct Edited {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// A block at the top of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TopBlock<'m> {
    pub(crate) file: usize,
    pub(crate) block: &'m Block,
}

impl TopBlock<'_> {
    pub(crate) fn label(&self, index: usize) -> Option<&str> {
        self.block.labels.get(index).map(hcl_edit::structure::BlockLabel::as_str)
    }

    pub(crate) fn range(&self) -> Range<usize> {
        self.block.span().unwrap_or_default()
    }
}

impl Module {
    /// Reads the `.tf` files and the `.tfvars` files that Terraform loads by itself. `variables` are those
    /// that the environment sets.
    pub(crate) fn read<'v>(dir: &StackDir, variables: impl Iterator<Item = &'v str>) -> Result<Self, TerraformError> {
        let failed = |source| TerraformError::File { doing: "read", path: dir.path.clone(), source };
        let mut names: Vec<String> = Vec::new();
        for entry in std::fs::read_dir(&dir.path).map_err(failed)? {
            names.extend(entry.map_err(failed)?.file_name().into_string());
        }
        names.sort();
        let mut module = Self {
            dir: dir.relative.clone(),
            files: Vec::new(),
            set_elsewhere: variables.map(str::to_owned).collect(),
        };
        for name in names {
            let path = dir.path.join(&name);
            if is_configuration(&name) || is_loaded_tfvars(&name) {
                let text = read(&path)?;
                module.files.push(SourceFile::parse(&module.dir, name, text)?);
            } else if name == "terraform.tfvars.json" || name.ends_with(".auto.tfvars.json") {
                let values: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(&read(&path)?).unwrap_or_default();
                module.set_elsewhere.extend(values.into_iter().map(|(name, _)| name));
            }
        }
        Ok(module)
    }

    /// A module from texts, by file name.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(name, text)| SourceFile::parse("stacks/s", (*name).to_owned(), (*text).to_owned()).unwrap())
            .collect();
        Self { dir: "stacks/s".to_owned(), files, set_elsewhere: Vec::new() }
    }

    pub(crate) fn file(&self, index: usize) -> Option<&SourceFile> {
        self.files.get(index)
    }

    /// The `.tf` files with their places in the module.
    pub(crate) fn configuration(&self) -> impl Iterator<Item = (usize, &SourceFile)> {
        self.files.iter().enumerate().filter(|(_, file)| is_configuration(&file.name))
    }

    /// The `.tfvars` files in the order in which Terraform reads them: the last one counts.
    pub(crate) fn tfvars(&self) -> impl Iterator<Item = (usize, &SourceFile)> {
        let indexed = || self.files.iter().enumerate();
        let named = indexed().filter(|(_, file)| file.name == "terraform.tfvars");
        named.chain(indexed().filter(|(_, file)| file.name.ends_with(".auto.tfvars")))
    }

    /// The top-level blocks of this kind.
    pub(crate) fn blocks<'m>(&'m self, ident: &'static str) -> impl Iterator<Item = TopBlock<'m>> {
        self.configuration()
            .flat_map(move |(file, source)| source.body.get_blocks(ident).map(move |block| TopBlock { file, block }))
    }

    /// Puts `text` in the place of `range` of a file. Everything else in it stays, byte for byte.
    pub(crate) fn splice(&mut self, file: usize, range: Range<usize>, text: &str) -> Result<(), TerraformError> {
        let out_of_place = || TerraformError::Internal("an edit has no place in its file".to_owned());
        let source = self.files.get_mut(file).ok_or_else(out_of_place)?;
        let (head, tail) = (source.text.get(..range.start), source.text.get(range.end..));
        let (Some(head), Some(tail)) = (head, tail) else { return Err(out_of_place()) };
        let edited = SourceFile::parse(&self.dir, source.name.clone(), format!("{head}{text}{tail}"))?;
        let original = source.original.take().unwrap_or_else(|| std::mem::take(&mut source.text));
        *source = SourceFile { original: Some(original), ..edited };
        Ok(())
    }

    /// The files that differ from what was read.
    pub(crate) fn edited(&self) -> Vec<Edited> {
        let changed = self.files.iter().filter_map(|file| {
            let before = file.original.as_ref().filter(|original| **original != file.text)?;
            Some(Edited { name: file.name.clone(), before: before.clone(), after: file.text.clone() })
        });
        changed.collect()
    }

    /// The path of one of its files relative to the repository.
    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.dir.is_empty() { name.to_owned() } else { format!("{}/{name}", self.dir) }
    }
}

impl SourceFile {
    fn parse(dir: &str, name: String, text: String) -> Result<Self, TerraformError> {
        let body = parser::parse_body(&text)
            .map_err(|error| TerraformError::Syntax { file: format!("{dir}/{name}"), line: error.location().line() })?;
        Ok(Self { name, text, body, original: None })
    }

    /// The line of a byte, counted from 1.
    pub(crate) fn line_of(&self, byte: usize) -> u32 {
        let before = self.text.get(..byte).unwrap_or_default();
        u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
    }

    /// How its lines end.
    pub(crate) fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }
}

fn is_configuration(name: &str) -> bool {
    // Terraform ignores hidden files and the backups of editors.
    name.strip_suffix(".tf").is_some_and(|stem| !stem.is_empty())
        && !name.starts_with(['.', '#'])
        && name != OVERRIDE_FILE
}

fn is_loaded_tfvars(name: &str) -> bool {
    name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
}

fn read(path: &Path) -> Result<String, TerraformError> {
    let failed = |source| TerraformError::File { doing: "read", path: path.to_owned(), source };
    if path.metadata().map_err(failed)?.len() > LARGEST {
        return Err(failed(std::io::Error::from(std::io::ErrorKind::FileTooLarge)));
    }
    std::fs::read_to_string(path).map_err(failed)
}

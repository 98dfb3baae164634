//! Refusals, field by field.

use contracts::problem::FieldProblem;

/// Why a text is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// A stable name for programs.
    pub code: &'static str,
    /// One sentence for a person.
    pub detail: &'static str,
}

impl Invalid {
    pub fn new(code: &'static str, detail: &'static str) -> Self {
        Self { code, detail }
    }

    /// The refusal of the field called `name`.
    pub fn of(self, name: &str) -> FieldProblem {
        FieldProblem { field: name.to_owned(), code: self.code.to_owned(), detail: self.detail.to_owned() }
    }
}

/// Collects what is wrong, so that a person learns all of it at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldProblem>);

impl Fields {
    /// The value, or `None` and a remembered refusal.
    pub fn take<T>(&mut self, name: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.0.push(invalid.of(name))).ok()
    }

    /// The same for a field that may be left out.
    pub fn take_given<T>(&mut self, name: &str, parsed: Option<Result<T, Invalid>>) -> Option<T> {
        self.take(name, parsed?)
    }

    /// What was refused so far.
    pub fn refused(self) -> Vec<FieldProblem> {
        self.0
    }
}

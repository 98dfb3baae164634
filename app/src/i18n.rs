mod lang;
mod strings;

pub use lang::Lang;

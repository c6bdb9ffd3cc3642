//! A hash of code: another one, most likely, if it does something else. Comments, documentation and white space do not matter.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ImplItem;

/// Hashes items of a block.
pub(crate) fn hash(items: &[ImplItem]) -> u64 {
    let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
    for item in items {
        let mut part = item.clone();
        if let ImplItem::Fn(method) = &mut part {
            method.attrs.retain(|attribute| {
                !["doc", "allow", "expect", "must_use"]
                    .iter()
                    .any(|name| attribute.path().is_ident(name))
            });
        }
        fnv.tokens(part.into_token_stream());
    }
    fnv.0
}

/// FNV-1a, see [its authors' page](http://www.isthe.com/chongo/tech/comp/fnv/): the hash is stored, so every compiler has to
/// come to the same one.
struct Fnv(u64);

impl Fnv {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.text(open);
                    self.tokens(group.stream());
                    self.text(close);
                }
                TokenTree::Ident(ident) => self.text(&ident.to_string()),
                TokenTree::Punct(punct) => self.text(punct.as_char().encode_utf8(&mut [0; 4])),
                TokenTree::Literal(literal) => self.text(&literal.to_string()),
            }
        }
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

pub(crate) fn derive(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    input
}

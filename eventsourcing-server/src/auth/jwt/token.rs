use axum::extract::Request;
use axum::http::{HeaderMap, header};

/// The token that a request brings.
pub(super) fn of<'a>(request: &'a Request, cookie: Option<&str>) -> Option<&'a str> {
    let headers = request.headers();
    if headers.contains_key(header::AUTHORIZATION) {
        return in_header(headers);
    }
    in_subprotocol(headers).or_else(|| in_cookie(headers, cookie?))
}

/// An empty one if the header says something else: then it is not valid, whatever the cookie says.
fn in_header(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or_default();
    Some(if scheme.eq_ignore_ascii_case("bearer") {
        token.trim()
    } else {
        ""
    })
}

fn in_subprotocol(headers: &HeaderMap) -> Option<&str> {
    values(headers, header::SEC_WEBSOCKET_PROTOCOL, ',').find_map(|protocol| protocol.strip_prefix("bearer."))
}

fn in_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    values(headers, header::COOKIE, ';').find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='))
}

fn values(headers: &HeaderMap, name: header::HeaderName, separator: char) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(move |value| value.split(separator))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn token(headers: &[(&str, &str)]) -> Option<String> {
        let request = headers
            .iter()
            .fold(Request::builder(), |request, (name, value)| {
                request.header(*name, *value)
            })
            .body(Body::empty())
            .unwrap();
        of(&request, Some("session")).map(str::to_owned)
    }

    #[test]
    fn it_is_in_the_header_the_subprotocol_or_the_cookie() {
        assert_eq!(token(&[]), None);
        assert_eq!(token(&[("authorization", "Bearer a.b.c")]).unwrap(), "a.b.c");
        assert_eq!(
            token(&[("sec-websocket-protocol", "eventsourcing.v1, bearer.a.b.c")]).unwrap(),
            "a.b.c"
        );
        assert_eq!(
            token(&[("cookie", "theme=dark; session=a.b.c")]).unwrap(),
            "a.b.c"
        );
        assert_eq!(token(&[("cookie", "xsession=a.b.c; session2=d")]), None);
    }

    #[test]
    fn the_header_comes_first_and_nothing_makes_up_for_it() {
        let both = [("authorization", "Bearer header"), ("cookie", "session=cookie")];
        assert_eq!(token(&both).unwrap(), "header");
        assert_eq!(
            token(&[("authorization", "Basic x"), ("cookie", "session=cookie")]).unwrap(),
            ""
        );
    }
}

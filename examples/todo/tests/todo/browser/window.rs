use serde_json::{Value, json};

use super::chromium::Chromium;
use crate::program::PATIENCE;

/// A page in a window of its own.
pub(super) struct Window<'a> {
    chromium: &'a Chromium,
    session: String,
}

impl<'a> Window<'a> {
    pub(super) async fn open(chromium: &'a Chromium, address: &str) -> Self {
        let blank = json!({"url": "about:blank", "newWindow": true});
        let target = chromium.call(None, "Target.createTarget", blank).await;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = chromium.call(None, "Target.attachToTarget", attach).await;
        let window = Self {
            chromium,
            session: attached["sessionId"].as_str().unwrap().to_owned(),
        };
        for domain in ["Log", "Page", "Runtime"] {
            window.call(&format!("{domain}.enable"), json!({})).await;
        }
        window
            .load("Page.navigate", json!({ "url": address }))
            .await;
        window
    }

    pub(super) async fn reload(&self) {
        self.load("Page.reload", json!({})).await;
    }

    /// Waits until a condition holds. `text(selector)` in it is what a person reads there.
    pub(super) async fn until(&self, condition: &str) {
        let promise = format!(
            "new Promise((resolve, reject) => {{
                const read = (node) => node.innerText.replace(/\\s+/g, ' ').trim();
                const text = (selector) => [...document.querySelectorAll(selector)].map(read).join(' ');
                const check = () => {{ if ({condition}) resolve(observer.disconnect()); }};
                const observer = new MutationObserver(check);
                const all = {{ subtree: true, childList: true, attributes: true, characterData: true }};
                observer.observe(document, all);
                setTimeout(() => reject('in vain; the page says: ' + text('body')), {});
                check();
            }})",
            PATIENCE.as_millis()
        );
        self.evaluate(&promise).await;
    }

    /// Goes to an element with the keyboard.
    pub(super) async fn focus(&self, selector: &str) {
        self.call("Page.bringToFront", json!({})).await;
        self.evaluate(&format!("document.querySelector(`{selector}`).focus()"))
            .await;
    }

    pub(super) async fn click(&self, selector: &str) {
        self.evaluate(&format!("document.querySelector(`{selector}`).click()"))
            .await;
    }

    pub(super) async fn write(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    pub(super) async fn press_enter(&self) {
        let key = |kind| json!({"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"});
        for kind in ["keyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", key(kind)).await;
        }
    }

    async fn load(&self, method: &str, parameters: Value) {
        self.chromium
            .call_until(&self.session, method, parameters, "Page.loadEventFired")
            .await;
    }

    async fn evaluate(&self, expression: &str) {
        let parameters = json!({"expression": expression, "awaitPromise": true});
        let result = self.call("Runtime.evaluate", parameters).await;
        let failure = &result["exceptionDetails"]["exception"];
        assert!(failure.is_null(), "{expression}: {failure}");
    }

    async fn call(&self, method: &str, parameters: Value) -> Value {
        self.chromium
            .call(Some(&self.session), method, parameters)
            .await
    }
}

//! A real Chromium, driven through chromedriver: what a person does, and waiting for what a person
//! would see. Nothing sleeps; every wait has a deadline.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

const DEADLINE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// chromedriver, ended with the test that started it.
pub struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    /// None where the machine has no chromedriver; the gate always has one.
    pub fn start() -> Option<Self> {
        let program = std::env::var_os("OASES_CHROMEDRIVER").filter(|path| !path.is_empty())?;
        let mut process =
            Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut lines = BufReader::new(process.stdout.take()?).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            line.contains("started successfully")
                .then(|| line.trim_end_matches('.').rsplit(' ').next()?.parse().ok())?
        });
        let port: u16 = port.expect("chromedriver says its port");
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Some(Self { process, address: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// How a browser is set up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup {
    pub without_scripts: bool,
}

/// One browser window with a profile of its own.
pub struct Browser {
    client: Client,
    base: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub async fn open(driver: &Driver, base: &str, setup: Setup) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut options = json!({ "args": [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--lang=en", "--window-size=1440,1000", folder,
        ]});
        if setup.without_scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let Value::Object(wanted) = wanted else { unreachable!("an object was written") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&driver.address)
            .await
            .expect("Chromium behind chromedriver");
        Self { client, base: base.to_owned(), _profile: profile }
    }

    pub async fn close(self) {
        let _ = self.client.close().await;
    }

    pub async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Where one is, without the server's address.
    pub async fn path(&self) -> String {
        let address = self.client.current_url().await.expect("an address").to_string();
        address.strip_prefix(&self.base).unwrap_or(&address).to_owned()
    }

    /// Waits until something holds.
    pub async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if start.elapsed() > DEADLINE {
                let (path, page) = (self.path().await, self.text().await);
                panic!("waited in vain for {what} on {path}:\n{page}");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// What is written on the page, as a person sees it.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    pub async fn sees(&self, words: &str) {
        self.until(&format!("“{words}”"), async || self.text().await.contains(words).then_some(())).await;
    }

    pub async fn does_not_see(&self, words: &str) {
        let page = self.text().await;
        assert!(!page.contains(words), "“{words}” is on the page:\n{page}");
    }

    pub async fn is_at(&self, path: &str) {
        self.until(path, async || (self.path().await == path).then_some(())).await;
    }

    pub async fn is_under(&self, start: &str) -> String {
        self.until(start, async || Some(self.path().await).filter(|path| path.starts_with(start))).await
    }

    /// The first element, shown, that fits.
    pub async fn element(&self, css: &str) -> Element {
        self.until(css, async || {
            for element in self.client.find_all(Locator::Css(css)).await.ok()? {
                if element.is_displayed().await.unwrap_or(false) {
                    return Some(element);
                }
            }
            None
        })
        .await
    }

    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.expect("elements").len()
    }

    pub async fn press(&self, css: &str) {
        self.until(&format!("{css}, to press it"), async || self.element(css).await.click().await.ok()).await;
    }

    /// Presses the link or button with these words.
    pub async fn follow(&self, words: &str) {
        let path = format!("//*[self::a or self::button or self::summary][normalize-space()='{words}']");
        self.until(&format!("“{words}”, to press it"), async || {
            for element in self.client.find_all(Locator::XPath(&path)).await.ok()? {
                if element.is_displayed().await.unwrap_or(false) && element.click().await.is_ok() {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Opens what is folded around a form, if it is.
    pub async fn unfold(&self, css: &str) {
        let inside = format!("details:not([open]):has({css}) > summary");
        if self.count(&inside).await > 0 {
            self.press(&inside).await;
        }
    }

    pub async fn fill(&self, css: &str, value: &str) {
        let field = self.element(css).await;
        if field.attr("type").await.expect("a kind of field").as_deref() == Some("date") {
            let [year, month, day]: [&str; 3] = value.split('-').collect::<Vec<_>>().try_into().expect("a day");
            // Typed as an American browser asks for it; the machine's language is set above.
            field.send_keys(&format!("{month}{day}{year}")).await.expect("a day typed");
            return;
        }
        if field.attr("type").await.expect("a kind of field").as_deref() != Some("file") {
            field.clear().await.expect("an empty field");
        }
        field.send_keys(value).await.expect("a field filled in");
    }

    pub async fn choose(&self, css: &str, value: &str) {
        self.element(css).await.select_by_value(value).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Chooses the first choice that is one.
    pub async fn choose_any(&self, css: &str) {
        self.press(&format!("{css} option:not([value=''])")).await;
    }

    /// Types wherever one is; `\u{e007}` is Enter, `\u{e015}` down, `\u{e00c}` Escape.
    pub async fn type_keys(&self, keys: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.expect("keys typed");
    }

    pub async fn together(&self, held: char, key: char) {
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: held });
        self.client.perform_actions(actions).await.expect("keys typed");
    }

    pub async fn execute(&self, script: &str, args: Vec<Value>) -> Value {
        self.client.execute(script, args).await.unwrap_or_else(|error| panic!("{script:.80}: {error}"))
    }

    pub async fn execute_async(&self, script: &str, args: Vec<Value>) -> Value {
        self.client.execute_async(script, args).await.unwrap_or_else(|error| panic!("{script:.80}: {error}"))
    }

    /// Waits until a script answers true.
    pub async fn until_true(&self, script: &str) {
        self.until(script, async || (self.execute(script, vec![]).await == Value::Bool(true)).then_some(())).await;
    }

    /// How wide the window is, down to what no real window is.
    pub async fn width(&self, width: u32) {
        self.size(width, 1000).await;
    }

    pub async fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Nothing moves, so that what is looked at is what stays.
    pub async fn still(&self) {
        let features = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Pages look as they are printed, on A4 laid on its side.
    pub async fn on_paper(&self) {
        self.size(1032, 700).await;
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    }

    pub async fn cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "url": self.base });
        self.devtools("Network.setCookie", cookie).await;
    }

    /// Ends every session that the browser holds.
    pub async fn forget_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", json!({})).await;
    }

    async fn devtools(&self, command: &'static str, params: Value) {
        let sent = Sent { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": params }) };
        self.issue(sent).await.unwrap_or_else(|error| panic!("{command}: {error}"));
    }

    /// What the window shows, as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a picture")
    }

    /// What the browser complained of since last asked.
    pub async fn complaints(&self) -> Vec<String> {
        let sent = Sent { path: "se/log", body: json!({ "type": "browser" }) };
        let entries = self.issue(sent).await.expect("the console");
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING")
            .filter_map(|entry| entry["message"].as_str().map(str::to_owned))
            .collect()
    }

    async fn issue(&self, sent: Sent) -> Result<Value, CmdError> {
        self.client.issue_cmd(sent).await
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Sent {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Sent {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

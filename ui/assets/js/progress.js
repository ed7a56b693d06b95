const CONTROLS = "a[href], button, input, select, textarea";

// A control by what it does, to find it again in a page drawn anew.
function mark(control) {
  return control.matches(CONTROLS) ? [control.localName, control.form?.getAttribute("action"), control.getAttribute("href"), control.name, control.textContent].join("|") : null;
}

// A page that tells progress draws itself anew while work goes on; without scripts one reloads.
export function progress() {
  const box = document.querySelector("[data-poll]");
  if (!box) return;
  const timer = setInterval(async () => {
    const answer = await fetch(location.href, { headers: { "hx-request": "true" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#main");
    const now = document.querySelector("#main");
    if (fresh && now) {
      const held = now.contains(document.activeElement) ? mark(document.activeElement) : null;
      now.replaceChildren(...fresh.childNodes);
      if (held) [...now.querySelectorAll(CONTROLS)].find((one) => mark(one) === held)?.focus({ preventScroll: true });
    }
    if (!document.querySelector("[data-poll]")) clearInterval(timer);
  }, 1000);
}

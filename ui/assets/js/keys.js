// Keys for lists and records: j and k move, x picks, Enter opens, e edits, n makes a new one, g goes
// to a page, ? helps. They can be switched off, since single keys get in the way of speech input.
const SWITCH = "keys:off";

// Whether a key is part of what somebody writes. A field that has just been put away, with its
// dialog, holds the focus until the browser draws anew: whoever types on then writes nothing.
export function writing(event) {
  const field = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  return Boolean(field?.checkVisibility());
}

export function keys() {
  const rows = () => [...document.querySelectorAll("tr[data-href]")];
  let at = -1;
  let going = 0;

  for (const row of rows()) {
    row.addEventListener("click", (event) => {
      if (event.target.closest("a, button, input, label, select, summary, .pick")) return;
      if (!String(window.getSelection())) location.href = row.dataset.href;
    });
    row.addEventListener("focusin", () => { at = rows().indexOf(row); });
  }

  const off = () => localStorage.getItem(SWITCH) === "yes";
  const sheet = document.getElementById("shortcuts");
  const box = sheet?.querySelector("[data-keys-off]");
  if (box) {
    box.checked = !off();
    box.addEventListener("change", () => { localStorage.setItem(SWITCH, box.checked ? "no" : "yes"); announce(); });
  }

  // Those who hear the page are told the keys where they work.
  function announce() {
    for (const link of document.querySelectorAll("a[data-key]")) {
      if (off()) link.removeAttribute("aria-keyshortcuts");
      else link.setAttribute("aria-keyshortcuts", link.dataset.key);
    }
  }
  announce();

  function move(step) {
    const all = rows();
    if (all.length === 0) return;
    all[at]?.classList.remove("at");
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    const row = all[at];
    row.classList.add("at");
    // The link to what a click on the row opens; a row may hold others before it.
    const links = [...row.querySelectorAll(":is(th, td):not(.pick) a")];
    const own = links.find((link) => link.getAttribute("href") === row.dataset.href) ?? links[0];
    own?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function edit() {
    const row = rows()[at];
    if (row?.dataset.edit) location.href = row.dataset.edit;
    else document.querySelector("a[data-key=e]")?.click();
  }

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
    if (busy || writing(event)) return;
    if (event.key === "?") return sheet?.showModal();
    if (off()) return;
    if (Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector(`a[data-go="${CSS.escape(event.key)}"]`);
      if (link) return link.click();
    }
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x") rows()[at]?.querySelector("input[name=ids]")?.click();
    else if (event.key === "e") edit();
    else if (event.key === "n") document.querySelector("a[data-key=n]")?.click();
    else if (event.key === "g") going = Date.now();
  });
}

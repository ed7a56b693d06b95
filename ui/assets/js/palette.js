// The command palette: search as one types, over records, pages and what can be done.
import { writing } from "./keys.js";

export function palette() {
  const dialog = document.getElementById("palette");
  const opener = document.querySelector("[data-palette]");
  if (!dialog || !opener) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let chosen = 0;
  let asked = 0;
  let drawn = null;

  const places = [...document.querySelectorAll(".rail li a")].map((link) => ({
    label: link.textContent.trim(), sublabel: "", href: link.getAttribute("href"), lang: "",
  }));

  // What is done by a form of this page and has no page of its own.
  const forms = [...document.querySelectorAll("form[action='/sign-out']")].map((form) => ({
    label: form.querySelector("button").textContent.trim(), sublabel: "", href: "", lang: "", form,
  }));

  function fitting(typed) {
    const wanted = typed.toLowerCase();
    return forms.filter((item) => item.label.toLowerCase().includes(wanted));
  }

  let shown = [];

  function go(item) {
    if (item.form) item.form.requestSubmit();
    else location.href = item.href;
  }

  function draw(found) {
    shown = found;
    list.replaceChildren(...found.map((item, place) => {
      const row = document.createElement("li");
      row.id = `palette-${place}`;
      row.setAttribute("role", "option");
      row.dataset.href = item.href;
      const label = document.createElement("span");
      label.textContent = item.label;
      if (item.lang) label.lang = item.lang;
      const sub = document.createElement("span");
      sub.className = "muted small";
      sub.textContent = item.sublabel;
      row.append(label, sub);
      row.addEventListener("click", () => go(item));
      return row;
    }));
    if (found.length === 0) {
      const none = document.createElement("li");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = dialog.dataset.empty;
      list.append(none);
    }
    choose(0);
  }

  function choose(place) {
    const rows = [...list.querySelectorAll("[data-href]")];
    if (rows.length === 0) return input.removeAttribute("aria-activedescendant");
    chosen = (place + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", at === chosen ? "true" : "false"));
    rows[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[chosen].id);
  }

  async function search() {
    const typed = input.value.trim();
    const mine = ++asked;
    // The places of the rail are there at once; the rest is asked for.
    if (!typed) draw(places);
    drawn = null;
    const answer = await fetch(`/search/suggest?q=${encodeURIComponent(typed)}`, { headers: { "hx-request": "true" } });
    if (mine !== asked || !answer.ok) return;
    draw([...await answer.json(), ...fitting(typed)]);
    drawn = typed;
  }

  function open(event) {
    event.preventDefault();
    input.value = opener.value;
    dialog.showModal();
    search();
  }

  opener.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if ((event.key === "/" && !writing(event)) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) open(event);
  });
  let waiting;
  function soon() { clearTimeout(waiting); waiting = setTimeout(search, 80); }
  // Letters on their way to become characters are no words yet, and the keys that choose among them are not ours.
  input.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  input.addEventListener("compositionend", soon);
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    // In a search field this key only empties it; here it closes, as in any dialog.
    if (event.key === "Escape") { event.preventDefault(); dialog.close(); }
    if (event.key === "Enter") {
      event.preventDefault();
      // Who types fast means what is typed, not what the list still shows.
      if (drawn !== input.value.trim()) {
        clearTimeout(waiting);
        await search();
      }
      const item = shown[chosen];
      if (item) go(item);
      else location.href = `/search?q=${encodeURIComponent(input.value)}`;
    }
  });
}

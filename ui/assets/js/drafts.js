// Long forms keep what was filled in in this browser until it is taken, each person's apart. Whoever signs out leaves none.
const PREFIX = "draft:";
// The draft of the form that was sent last, until a page answers.
const SENT = "draft-sent";
const TICKED = ["checkbox", "radio"];

function forget(fits) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && fits(name)) localStorage.removeItem(name);
  }
}

// Every field by its name with all that it holds; one that holds nothing says so, since nothing may be what was chosen.
function held(fields) {
  const values = {};
  for (const field of fields) {
    const list = (values[field.name] ??= []);
    if (TICKED.includes(field.type)) {
      if (field.checked) list.push(field.value);
    } else if (field.type === "select-multiple") {
      list.push(...[...field.selectedOptions].map((option) => option.value));
    } else {
      list.push(field.value);
    }
  }
  return values;
}

// Puts the values back and answers whether that changed anything. What the address asks for stays.
function restore(fields, values) {
  const asked = new URLSearchParams(location.search);
  const taken = {};
  let put = false;
  for (const field of fields) {
    const list = values[field.name];
    if (!Array.isArray(list) || asked.has(field.name)) continue;
    if (TICKED.includes(field.type)) {
      const checked = list.includes(field.value);
      put ||= checked !== field.checked;
      field.checked = checked;
    } else if (field.type === "select-multiple") {
      for (const option of field.options) {
        const selected = list.includes(option.value);
        put ||= selected !== option.selected;
        option.selected = selected;
      }
    } else {
      const place = (taken[field.name] = (taken[field.name] ?? -1) + 1);
      const value = list[place];
      if (value === undefined || value === field.value) continue;
      // A choice that is no longer offered leaves the field as it is.
      if (field.type === "select-one" && ![...field.options].some((option) => option.value === value)) continue;
      field.value = value;
      put = true;
    }
  }
  return put;
}

// A page that came in answer and does not refuse has taken what was sent. No answer, a refusal, or a sign-in on the way,
// and it is kept: going back to the form finds it.
function settle(person) {
  const { name: sent, from } = JSON.parse(sessionStorage.getItem(SENT) ?? "{}");
  sessionStorage.removeItem(SENT);
  // Only the page that answers comes from the form's own.
  const before = document.referrer && new URL(document.referrer).pathname;
  const way = performance.getEntriesByType("navigation")[0];
  const came = way?.type === "navigate";
  const refused = way?.responseStatus >= 400 || document.querySelector("[data-failed], form[data-draft] [aria-invalid=true], form[data-draft] .problem, .summary");
  if (sent && person && came && before === from && !refused) localStorage.removeItem(sent);
}

export function drafts() {
  const person = document.body.dataset.person;
  settle(person);
  // Those that say no person could be anybody's.
  forget((name) => name.startsWith(`${PREFIX}/`));
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => forget(() => true));
  if (!person) return;
  for (const form of document.querySelectorAll("form[data-draft]")) {
    // By what it is sent to: the page that refuses it has another address than the one it was begun on.
    const name = `${PREFIX}${person}:${new URL(form.getAttribute("action"), location).pathname}`;
    const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "password", "file"].includes(field.type));
    const untouched = !form.querySelector("[aria-invalid=true], .problem");
    // What was filled in over a record that has changed since would take back what others did.
    const version = form.elements.version?.value ?? "";
    const kept = JSON.parse(localStorage.getItem(name) ?? "null");
    if (kept?.values && kept.version === version && untouched && restore(fields(), kept.values)) tell(form, name);
    form.addEventListener("input", () => {
      localStorage.setItem(name, JSON.stringify({ version, values: held(fields()) }));
    });
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, JSON.stringify({ name, from: location.pathname })));
  }
}

// Says that the form is not empty, and why; one button makes it so again.
function tell(form, name) {
  const note = document.getElementById("draft-kept")?.content.firstElementChild.cloneNode(true);
  if (!note) return;
  form.before(note);
  note.querySelector("button").addEventListener("click", () => {
    localStorage.removeItem(name);
    form.reset();
    note.remove();
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
}

// Long forms keep what was typed in this browser until they are sent, each person's apart. Whoever signs out leaves none.
const PREFIX = "draft:";

function forget(fits) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && fits(name)) localStorage.removeItem(name);
  }
}

export function drafts() {
  const person = document.body.dataset.person;
  // Those that say no person could be anybody's.
  forget((name) => name.startsWith(`${PREFIX}/`));
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => forget(() => true));
  if (!person) return;
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const name = `${PREFIX}${person}:${location.pathname}`;
    const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "password", "file"].includes(field.type));
    const untouched = !form.querySelector("[aria-invalid=true]");
    const kept = JSON.parse(localStorage.getItem(name) ?? "null");
    let put = false;
    if (kept && untouched) {
      for (const field of fields()) {
        const value = kept[field.name];
        if (value === undefined || field.value || field.type === "checkbox" || field.type === "radio") continue;
        field.value = value;
        put = true;
      }
    }
    if (put) tell(form, name);
    form.addEventListener("input", () => {
      const typed = Object.fromEntries(fields().filter((field) => field.value).map((field) => [field.name, field.value]));
      localStorage.setItem(name, JSON.stringify(typed));
    });
    form.addEventListener("submit", () => localStorage.removeItem(name));
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

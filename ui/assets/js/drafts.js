// Long forms keep what was typed in this browser until they are sent.
export function drafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const name = `draft:${location.pathname}`;
    const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "password", "file"].includes(field.type));
    const untouched = !form.querySelector("[aria-invalid=true]");
    const kept = JSON.parse(localStorage.getItem(name) ?? "null");
    if (kept && untouched) {
      for (const field of fields()) {
        const value = kept[field.name];
        if (value !== undefined && !field.value && field.type !== "checkbox" && field.type !== "radio") field.value = value;
      }
    }
    form.addEventListener("input", () => {
      const typed = Object.fromEntries(fields().filter((field) => field.value).map((field) => [field.name, field.value]));
      localStorage.setItem(name, JSON.stringify(typed));
    });
    form.addEventListener("submit", () => localStorage.removeItem(name));
  }
}

// Deciding of a pair by keyboard alone: s same, r related, d different, l later, u takes back, n next, m merges. On the
// page after, u takes back what was just said. They fall silent with all other keys.
export function review() {
  const page = document.querySelector("[data-review]");
  if (!page && !document.querySelector(".flash form[action^='/enterprises/review/']")) return;
  const off = () => localStorage.getItem("keys:off") === "yes";
  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]");
    if (busy || off() || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const own = page?.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
    const pressed = own ?? (event.key === "u" ? document.querySelector(".flash form button") : null);
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
  });
}

// Keys for lists and records: j and k move, Enter opens, e edits, n makes a new one, ? helps.
export function keys() {
  const rows = () => [...document.querySelectorAll("tr[data-href]")];
  let at = -1;

  for (const row of rows()) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a, button, input, label, summary")) location.href = row.dataset.href;
    });
  }

  function move(step) {
    const all = rows();
    if (all.length === 0) return;
    all[at]?.classList.remove("at");
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    all[at].classList.add("at");
    all[at].querySelector("a")?.focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
    if (busy || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "e") document.querySelector("a[data-key=e]")?.click();
    else if (event.key === "n") document.querySelector("a[data-key=n]")?.click();
    else if (event.key === "?") document.getElementById("shortcuts")?.showModal();
  });
}

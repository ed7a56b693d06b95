// Picking rows of a list: the bar of what can be done with them shows once something is picked.
export function picking() {
  const bar = document.querySelector("[data-selection]");
  const boxes = [...document.querySelectorAll("input[name=ids][form=selection]")];
  if (!bar || boxes.length === 0) return;
  const status = bar.querySelector("[role=status]");
  let last = null;

  // Below the table it can stick to the foot of the window without covering what is above it.
  document.querySelector(".list")?.closest(".scroll")?.after(bar);

  // One box over all, which only means something where a script can answer it.
  const head = document.querySelector("th.pick");
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", head.textContent.trim());
  head.replaceChildren(all);
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });

  function tell() {
    const picked = boxes.filter((box) => box.checked).length;
    bar.dataset.picked = picked;
    status.textContent = picked === 1 ? status.dataset.one : status.dataset.many.replace("#", picked);
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }

  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      tell();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || bar.dataset.picked === "0" || document.querySelector("dialog[open]")) return;
    for (const box of boxes) box.checked = false;
    tell();
  });
  // What the browser kept ticked over a reload counts too.
  window.addEventListener("pageshow", tell);
  tell();
}

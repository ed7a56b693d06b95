// The rail stays folded or open as it was left. This file is read before the page is drawn, so
// that nothing jumps.
(() => {
  const root = document.documentElement;
  const kept = localStorage.getItem("rail");
  if (kept) root.dataset.rail = kept;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-fold]");
    if (!button) return;
    const rail = button.closest(".rail");
    const show = () => {
      const folded = rail.offsetWidth < 100;
      button.setAttribute("aria-expanded", String(!folded));
      for (const link of rail.querySelectorAll("li a")) link.title = folded ? link.textContent.trim() : "";
      return folded;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.rail = show() ? "open" : "folded";
      localStorage.setItem("rail", root.dataset.rail);
      show();
    });
    show();
  });
})();

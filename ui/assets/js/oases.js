// Small behaviours on top of pages that work without them.
import { palette } from "./palette.js";
import { keys } from "./keys.js";
import { picking } from "./lists.js";
import { drafts } from "./drafts.js";
import { progress } from "./progress.js";
import { board } from "./board.js";
import { resembling } from "./resembling.js";
import { review } from "./review.js";

palette();
keys();
picking();
drafts();
progress();
board();
resembling();
review();

// On a narrow screen the present tab is not left out of sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const bar = tab.closest(".tabs");
  const [inner, outer] = [tab.getBoundingClientRect(), bar.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) bar.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}

// A form goes out once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // What a button only asks for, such as a file, may be asked for again.
  const method = event.submitter?.formMethod || form.method;
  if (event.defaultPrevented || method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What is wrong with a form is read out first; each line of it leads into its field.
document.querySelector(".summary")?.focus();
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "nearest" });
  field.focus({ preventScroll: true });
});

// A menu closes when one goes elsewhere, or with Escape.
const menus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A browser brings the caret of a long field into sight, and may leave its end behind the bar at a phone's foot.
document.addEventListener("keyup", (event) => {
  if (event.key === "Tab" && event.target.localName === "textarea") event.target.scrollIntoView({ block: "nearest" });
});

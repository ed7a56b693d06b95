// Small behaviours on top of pages that work without them.
import { palette } from "./palette.js";
import { keys } from "./keys.js";
import { picking } from "./lists.js";
import { drafts } from "./drafts.js";
import { progress } from "./progress.js";
import { board } from "./board.js";

palette();
keys();
picking();
drafts();
progress();
board();

// A question before what can't be undone; without scripts the server's own page asks it.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A menu closes when one goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The board: cards are dragged to a stage, or taken up by keyboard. A drop sends the same form as
// the plain "Move to" menu, so that a gate that refuses shows what is missing, with fields for it.
export function board() {
  const region = document.querySelector("[data-board]");
  if (!region) return;
  const columns = [...region.querySelectorAll("section[data-stage]")];
  const said = document.getElementById("board-said");
  const help = document.getElementById("board-keys");
  if (help) help.hidden = false;
  let taken = null;
  let over = null;

  const say = (words, name, value) => { if (said) said.textContent = words.replace(`{${name}}`, value); };
  const home = (card) => card.closest("section");

  function mark(column) {
    over?.classList.remove("over");
    over = column;
    over?.classList.add("over");
  }

  function leave() {
    taken?.classList.remove("taken");
    taken?.querySelector(".grip").setAttribute("aria-pressed", "false");
    taken = null;
    mark(null);
  }

  function take(card) {
    leave();
    taken = card;
    card.classList.add("taken");
    card.querySelector(".grip").setAttribute("aria-pressed", "true");
    mark(home(card));
  }

  function drop(column) {
    const card = taken;
    if (!card || !column || column === home(card)) return leave();
    const form = document.createElement("form");
    form.method = "post";
    form.action = `/projects/${card.dataset.card}/move`;
    for (const [name, value] of [["into", column.dataset.stage], ["back", region.dataset.back]]) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    sessionStorage.setItem("board-scroll", String(region.scrollLeft));
    form.submit();
  }

  for (const card of region.querySelectorAll(".card")) {
    if (!card.querySelector("form")) continue;
    const name = card.querySelector("a").textContent;
    card.draggable = true;
    // A button of its own: a card holds links, and may not be one itself.
    const grip = document.createElement("button");
    grip.type = "button";
    grip.className = "grip";
    grip.textContent = "\u2807";
    grip.setAttribute("aria-label", region.dataset.grip.replace("{card}", name));
    grip.setAttribute("aria-describedby", "board-keys");
    grip.setAttribute("aria-pressed", "false");
    card.prepend(grip);
    card.addEventListener("dragstart", (event) => {
      take(card);
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.card);
    });
    card.addEventListener("dragend", leave);
    grip.addEventListener("keydown", (event) => {
      if (!taken) {
        if (event.key === " " || event.key === "Enter") {
          event.preventDefault();
          take(card);
          say(region.dataset.saidTaken, "card", name);
        }
        return;
      }
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) {
        const place = Math.min(Math.max(columns.indexOf(over) + step, 0), columns.length - 1);
        mark(columns[place]);
        over.scrollIntoView({ block: "nearest", inline: "nearest" });
        say(region.dataset.saidOver, "stage", over.dataset.name);
      } else if (event.key === "Enter" || event.key === " ") drop(over);
      else if (event.key === "Escape" || event.key === "Tab") {
        leave();
        say(region.dataset.saidLeft, "", "");
        if (event.key === "Tab") return;
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      if (!taken) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      if (over !== column) mark(column);
    });
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      drop(column);
    });
  }

  // Where one was is where one comes back to.
  const scroll = sessionStorage.getItem("board-scroll");
  if (scroll) region.scrollLeft = Number(scroll);
  sessionStorage.removeItem("board-scroll");
}

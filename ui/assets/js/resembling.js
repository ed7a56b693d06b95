// What resembles a name appears while it is typed, beneath the names: the count is told to those who hear the page, the
// list is reached with Tab. Without scripts the same is said once the form is sent.
const WAIT = 300;

export function resembling() {
  for (const region of document.querySelectorAll("[data-resembling]")) watch(region);
}

function watch(region) {
  const form = region.closest("form");
  const said = region.querySelector("[role=status]");
  const list = region.querySelector("div");
  const names = ["name", "name_en", "name_zh_hant", "name_zh_hans", "name_other"];
  const others = ["website", "lei", "registry", "registry_number", "exchange", "listing_code", "incorporation", "headquarters", "reporting_origin"];
  let waiting;
  let asking = null;
  let asked = "";

  function question() {
    const data = new FormData(form);
    const pairs = [...names, ...others].flatMap((field) => data.getAll(field).map((value) => [field, String(value).trim()]));
    const given = pairs.filter(([, value]) => value);
    // One Latin letter is no name yet; one Chinese character may be.
    const typed = given.some(([field, value]) => names.includes(field) && (value.length > 1 || value > "\u2e7f"));
    // An address of the web says whose it is, too.
    const site = given.some(([field, value]) => field === "website" && /[^.\s]\.[^.\s]{2,}/.test(value));
    return typed || site ? new URLSearchParams(given).toString() : "";
  }

  async function ask() {
    const query = question();
    if (query === asked) return;
    asked = query;
    asking?.abort();
    if (!query) {
      said.textContent = "";
      list.replaceChildren();
      return;
    }
    asking = new AbortController();
    const address = new URL(region.dataset.resembling, location.href);
    for (const [name, value] of new URLSearchParams(query)) address.searchParams.append(name, value);
    try {
      const answer = await fetch(address, { headers: { "hx-request": "true" }, signal: asking.signal });
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-found]");
      const words = found?.querySelector("p");
      if (!words) return;
      said.textContent = words.textContent;
      words.remove();
      // What is opened stays open where the same is told again.
      const open = new Set([...list.querySelectorAll("details[open]")].map((one) => one.dataset.of));
      list.replaceChildren(...found.childNodes);
      for (const one of list.querySelectorAll("details")) one.open = open.has(one.dataset.of);
      region.dataset.found = found.dataset.found;
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = "";
    }
  }

  form.addEventListener("input", (event) => {
    // While characters are being composed what stands in the field is not yet meant.
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  });
  form.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  });
  if (question() && form.matches("[data-draft]")) ask();
}

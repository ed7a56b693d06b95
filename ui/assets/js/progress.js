// A page that tells progress draws itself anew while work goes on; without scripts one reloads.
export function progress() {
  const box = document.querySelector("[data-poll]");
  if (!box) return;
  const timer = setInterval(async () => {
    const answer = await fetch(location.href, { headers: { "hx-request": "true" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#main");
    const now = document.querySelector("#main");
    if (fresh && now) now.replaceChildren(...fresh.childNodes);
    if (!document.querySelector("[data-poll]")) clearInterval(timer);
  }, 1000);
}

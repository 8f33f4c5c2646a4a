// Puts the page together.
function theme() {
  const button = byId("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = (on) => { document.documentElement.dataset.theme = on ? "dark" : "light"; button.setAttribute("aria-pressed", String(on)); };
  button.setAttribute("aria-pressed", String(dark.matches));
  dark.addEventListener("change", () => { delete document.documentElement.dataset.theme; button.setAttribute("aria-pressed", String(dark.matches)); });
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
}

async function download() {
  const url = URL.createObjectURL(await readResult());
  const link = el("a", { href: url, download: "hubscan-result.json" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  say("The result is downloaded");
}

// What the address asks for; an address may be anything.
function asked() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
}

// What a link leads to is shown, whatever it is folded into.
function unfold() {
  const id = asked();
  const target = id && byId(id);
  if (!target) return;
  for (let around = target.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  target.scrollIntoView();
}

// Paper has no scroll bars: the first findings and hubs and every fold are printed.
const PRINTED = 200;
const CARDS_PRINTED = 24;

function printing(findings, hubs) {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")].filter((one) => !one.closest(".policy, .hub, dialog"));
    for (const one of folded) one.open = true;
    findings.table.whole = PRINTED;
    findings.table.update(true);
    while (hubs.shown < Math.min(CARDS_PRINTED, hubs.found.length)) hubs.more();
    [...hubs.cards.children].forEach((card, index) => card.classList.toggle("unprinted", index >= CARDS_PRINTED));
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    findings.table.whole = false;
    findings.table.update(true);
  });
}

async function start() {
  const data = await readView();
  const detail = new Detail(data);
  for (const element of document.querySelectorAll("[data-scripted]")) element.hidden = false;
  const findings = new Findings(data, (index) => detail.open(index));
  const hubs = new Hubs(data, findings, (index) => detail.open(index));
  theme();
  printing(findings, hubs);
  byId("download").addEventListener("click", download);
  byId("download-again").addEventListener("click", download);
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-policy], [data-control], [data-hub]");
    if (!asked) return;
    event.preventDefault();
    if (asked.dataset.hub !== undefined) hubs.only(asked.dataset.hub);
    else findings.only(asked.dataset.policy !== undefined ? { policy: asked.dataset.policy } : { control: asked.dataset.control });
  });
  addEventListener("hashchange", unfold);
  const wanted = /^finding-(.+)$/.exec(asked());
  const index = wanted ? data.rows.findIndex((row) => row[data.place.fingerprint] === wanted[1]) : -1;
  if (index >= 0) detail.open(index);
  else unfold();
  document.documentElement.dataset.ready = "true";
}

start().catch((problem) => {
  byId("said").classList.remove("unseen");
  byId("said").textContent = `The script of this page cannot run in this browser (${problem.message}); what you see is the part that needs none.`;
});

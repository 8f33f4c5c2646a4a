// A card for each hub, more of them as one scrolls.
const CARDS = 12;
const BESIDE = 5;

class Hubs {
  constructor(data, findings, open) {
    this.data = data;
    this.findings = findings;
    this.open = open;
    this.cards = byId("hub-cards");
    this.one = null;
    this.search = byId("hub-search");
    let waiting = 0;
    this.search.addEventListener("input", () => { this.one = null; clearTimeout(waiting); waiting = setTimeout(() => this.apply(), 80); });
    byId("hub-order").addEventListener("input", () => this.apply());
    this.search.form.addEventListener("submit", (event) => event.preventDefault());
    byId("hub-more").addEventListener("click", () => this.more());
    new IntersectionObserver((seen) => { if (seen.some((entry) => entry.isIntersecting) && !matchMedia("print").matches) this.more(); }, { rootMargin: "400px" }).observe(byId("hub-more"));
    this.weights = data.hubs.map((hub) => this.weigh(hub));
    this.apply();
  }

  weigh(hub) {
    const { data } = this;
    const counts = data.severities.map(() => 0);
    let [unknown, exempt] = [0, 0];
    for (const index of hub.rows) {
      const verdict = data.rows[index][data.place.verdict];
      if (verdict === 0) counts[data.rows[index][data.place.severity]] += 1;
      else if (verdict === 1) unknown += 1;
      else if (verdict === 2) exempt += 1;
    }
    const modes = { disabled: 3, allowinternetoutbound: 2, allowonlyapprovedoutbound: 0 };
    const own = hub.egress?.rules.filter((rule) => rule[2] !== "platform") ?? [];
    const wide = hub.egress ? [hub.egress.mode === null ? 1 : modes[hub.egress.mode.toLowerCase()] ?? 1, own.filter((rule) => rule[5] === "any").length, own.filter((rule) => rule[5]).length, own.reduce((sum, rule) => sum + rule[3].length, 0)] : [-1];
    return { counts, unknown, exempt, worst: [...counts, unknown, exempt], wide, endpoints: [hub.egress?.totals.PrivateEndpoint ?? 0] };
  }

  apply() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.data.hubs.filter((hub) => (this.one !== null ? hub.index === this.one : words.every((word) => this.hay(hub).includes(word))));
    const key = byId("hub-order").value;
    const byName = (a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : a.name.toLowerCase() > b.name.toLowerCase() ? 1 : a.index - b.index);
    found.sort((a, b) => {
      const [one, other] = [this.weights[a.index][key] ?? [], this.weights[b.index][key] ?? []];
      for (let index = 0; index < one.length; index++) if (one[index] !== (other[index] ?? 0)) return (other[index] ?? 0) - one[index];
      return byName(a, b);
    });
    this.found = found;
    this.shown = 0;
    this.cards.replaceChildren();
    byId("hub-count").textContent = `${count(found.length)} of ${numberOf(this.data.hubs.length, "hub")}.`;
    say(byId("hub-count").textContent);
    this.more();
  }

  hay(hub) {
    hub.hay ??= [hub.name, hub.id, hub.kind, hub.group, hub.subscription, hub.egress?.mode, ...(hub.egress?.rules.flatMap((rule) => [rule[0], ...rule[3]]) ?? [])].join("\n").toLowerCase();
    return hub.hay;
  }

  more() {
    const next = this.found.slice(this.shown, this.shown + CARDS);
    this.shown += next.length;
    this.cards.append(...next.map((hub) => this.card(hub)));
    byId("hub-more").hidden = this.shown >= this.found.length;
  }

  only(id) {
    const hub = this.data.hubs.find((one) => one.id === id) ?? this.data.hubs.find((one) => one.id.toLowerCase() === id.toLowerCase());
    if (!hub) return;
    this.one = hub.index;
    this.search.value = hub.name;
    this.apply();
    byId("hubs").scrollIntoView();
    this.search.focus({ preventScroll: true });
  }

  card(hub) {
    const weight = this.weights[hub.index];
    const { severities } = this.data;
    const badges = severities.flatMap((severity, index) => (weight.counts[index] ? [el("span", { class: `tag ${severity}` }, el("b", { "aria-hidden": "true" }, severity[0].toUpperCase()), `${count(weight.counts[index])} ${severity}`)] : []));
    if (weight.unknown) badges.push(el("span", { class: "verdict unknown" }, `${count(weight.unknown)} unknown`));
    if (weight.exempt) badges.push(el("span", { class: "verdict exempt" }, `${count(weight.exempt)} exempt`));
    if (hub.gaps) badges.push(el("span", { class: "verdict unknown" }, `${numberOf(hub.gaps, "gap")}`));
    if (!hub.judged) badges.push(el("span", { class: "verdict skip" }, `no policy judges the kind ${clip(hub.kind, 30)}`));
    if (!badges.length) badges.push(el("span", { class: "verdict none" }, "no finding"));
    const button = hub.rows.length ? el("button", { type: "button", onclick: () => this.findings.only({ hub: hub.index }) }, `Findings of ${clip(hub.name, 40)}`) : null;
    const title = `hub-${hub.index}`;
    return el("article", { class: "card hub", "aria-labelledby": title },
      el("header", null, el("h3", { id: title }, name(hub.name)), el("p", { class: "badges" }, ...badges), button),
      el("p", { class: "small" }, [hub.kind, hub.live ? null : "in code", hub.group, hub.subscription].filter(Boolean).join(" · ")),
      el("div", { class: "inside" },
        ...(hub.egress ? [this.drawing(hub)] : [el("p", { class: "empty" }, hub.kind.toLowerCase() === "project" ? "A project lives in the network of its hub." : "The result tells nothing of its outbound rules.")]),
        this.worst(hub)),
      hub.egress ? this.rules(hub) : null);
  }

  // Where the picture is wider than the screen, the keyboard scrolls it.
  drawing(hub) {
    const narrow = matchMedia("(max-width: 900px)").matches;
    return el("div", { class: "drawing", ...(narrow && { tabindex: "0", role: "group", "aria-label": `Egress of ${hub.name}` }) }, drawEgress(this.data, hub));
  }

  // The findings that matter most, beside the picture.
  worst(hub) {
    const { data } = this;
    const at = (index, field) => data.rows[index][data.place[field]];
    const listed = hub.rows.filter((index) => at(index, "verdict") < 3)
      .sort((a, b) => (at(a, "verdict") > 1) - (at(b, "verdict") > 1) || at(a, "severity") - at(b, "severity") || at(a, "verdict") - at(b, "verdict") || a - b);
    if (!listed.length) return null;
    const lines = listed.slice(0, BESIDE).map((index) => {
      const item = at(index, "item");
      const button = el("button", { type: "button", class: "open", "aria-haspopup": "dialog", onclick: () => this.open(index) }, data.policies[at(index, "policy")]?.id ?? at(index, "message"));
      return el("li", null, severityTag(data.severities[at(index, "severity")]), " ", at(index, "verdict") ? verdictTag(data.verdicts[at(index, "verdict")]) : null, " ", button, item === null ? null : el("span", { class: "item" }, name(item)));
    });
    if (listed.length > BESIDE) lines.push(el("li", { class: "small" }, `and ${count(listed.length - BESIDE)} more`));
    return el("ul", { class: "beside", "aria-label": `Worst findings of ${hub.name}` }, ...lines);
  }

  rules(hub) {
    const { rules, totals, doubt } = hub.egress;
    const all = Object.values(totals).reduce((sum, number) => sum + number, 0);
    const body = el("div");
    const details = el("details", null, el("summary", null, `${numberOf(all, "outbound rule")} as a table`), body);
    details.addEventListener("toggle", () => {
      if (!details.open || body.firstChild) return;
      const marks = ruleMarks(this.data, hub);
      const heads = ["Rule", "Type", "Made by", "Destination", "Status", "Marks"].map((text) => el("th", { scope: "col" }, text));
      const lines = rules.map(([label, type, origin, destinations, status, breadth]) => el("tr", null,
        el("th", { scope: "row" }, name(label)), el("td", null, type ?? "not known"), el("td", null, origin),
        el("td", null, ...destinations.flatMap((one, index) => (index ? [el("br"), name(one)] : [name(one)]))), el("td", null, status ?? ""),
        el("td", null, [...(marks.get(label)?.told ?? []), ...(breadth ? [`over-broad: ${BREADTH[breadth] ?? breadth}`] : [])].join("; "))));
      body.append(el("table", { class: "wide" }, el("caption", { class: "unseen" }, `Outbound rules of ${hub.name}`), el("thead", null, el("tr", null, ...heads)), el("tbody", null, ...lines)));
      if (all > rules.length) body.append(el("p", { class: "small" }, `And ${all - rules.length} more.`));
    });
    if (doubt) body.before(el("p", { class: "small" }, `There may be others: ${doubt}.`));
    return details;
  }
}

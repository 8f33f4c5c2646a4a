// Findings with filter, search and sort.
class Findings {
  constructor(data, open) {
    this.data = data;
    this.filter = { hub: null, policy: null, control: null };
    this.order = { key: "severity", down: false };
    this.table = new Rows(byId("window"), byId("rows"), (index, active) => this.draw(index, active, open));
    this.ranks();
    this.controls();
    this.apply();
  }

  get(row, field) {
    return row[this.data.place[field]];
  }

  ranks() {
    const { hubs, policies } = this.data;
    const rank = (things, key) => {
      const order = things.map((thing, index) => [key(thing).toLowerCase(), index]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
      const ranks = new Uint32Array(things.length);
      order.forEach(([, index], position) => { ranks[index] = position; });
      return ranks;
    };
    this.hubRank = rank(hubs, (hub) => `${hub.name}\0${hub.id}`);
    this.policyRank = rank(policies, (policy) => policy.id);
  }

  controls() {
    const form = byId("filters");
    let waiting = 0;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => this.apply(), 80); };
    form.addEventListener("input", soon);
    form.addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => this.reset());
    const subscriptions = [...new Set(this.data.hubs.map((hub) => hub.subscription).filter(Boolean))].sort();
    byId("subscription").append(...subscriptions.slice(0, 1000).map((id) => el("option", { value: id }, id)));
    const shown = new Set(this.data.rows.map((row) => this.get(row, "verdict")));
    for (const chip of form.querySelectorAll("[data-verdict]")) {
      const verdict = this.data.verdicts.indexOf(chip.dataset.verdict);
      chip.hidden = !shown.has(verdict) && verdict > 2;
    }
    for (const head of byId("rows").tHead.rows[0].cells) {
      const button = el("button", { type: "button", onclick: () => this.sort(head.dataset.sort) }, head.textContent);
      head.dataset.label = head.textContent;
      head.replaceChildren(button);
    }
  }

  reset() {
    this.filter = { hub: null, policy: null, control: null };
    byId("filters").reset();
    this.apply();
  }

  only(filter) {
    byId("filters").reset();
    this.filter = { hub: null, policy: null, control: null, ...filter };
    this.apply();
    byId("findings").scrollIntoView();
    byId("search").focus({ preventScroll: true });
  }

  sort(key) {
    this.order = { key, down: this.order.key === key && !this.order.down };
    this.apply();
  }

  matching() {
    const { data, filter } = this;
    const form = new FormData(byId("filters"));
    const chosen = (field, words) => new Set(form.getAll(field).map((word) => words.indexOf(word)));
    const [severities, verdicts] = [chosen("severity", data.severities), chosen("verdict", data.verdicts)];
    const [category, subscription, baseline] = ["category", "subscription", "baseline"].map((id) => byId(id).value);
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = data.policies.map((policy) =>
      (!category || policy.category === category) && (!filter.policy || policy.id === filter.policy)
      && (!filter.control || policy.controls.includes(filter.control)));
    const free = !category && !filter.policy && !filter.control;
    const found = [];
    data.rows.forEach((row, index) => {
      const policy = this.get(row, "policy");
      const hub = this.get(row, "hub");
      if (!severities.has(this.get(row, "severity")) || !verdicts.has(this.get(row, "verdict"))) return;
      if (policy < 0 ? !free : !wanted[policy]) return;
      if (filter.hub !== null && filter.hub !== hub) return;
      if (subscription && data.hubs[hub].subscription !== subscription) return;
      if (baseline && this.get(row, "baseline") !== baseline) return;
      if (words.length && !words.every((word) => this.hay(index).includes(word))) return;
      found.push(index);
    });
    return found;
  }

  hay(index) {
    this.texts ??= [];
    if (this.texts[index] === undefined) {
      const row = this.data.rows[index];
      const policy = this.data.policies[this.get(row, "policy")];
      const hub = this.data.hubs[this.get(row, "hub")];
      this.texts[index] = [hub.name, hub.id, policy?.id, policy?.title, this.get(row, "item"), this.get(row, "message"), this.get(row, "place"), this.get(row, "fingerprint")].join("\n").toLowerCase();
    }
    return this.texts[index];
  }

  // Where each row stands in the order of one of its texts; equal texts stand at the same place.
  textRanks(field) {
    this.ranked ??= {};
    if (!this.ranked[field]) {
      const texts = this.data.rows.map((row) => this.get(row, field) ?? "");
      const places = new Map([...new Set(texts)].sort().map((one, index) => [one, index]));
      this.ranked[field] = Uint32Array.from(texts, (one) => places.get(one));
    }
    return this.ranked[field];
  }

  sorted(found) {
    const { rows } = this.data;
    const at = (field) => (a, b) => this.get(rows[a], field) - this.get(rows[b], field);
    const text = (field) => {
      const ranks = this.textRanks(field);
      return (a, b) => ranks[a] - ranks[b];
    };
    const ranked = (ranks, field) => (a, b) => (ranks[this.get(rows[a], field)] ?? 0) - (ranks[this.get(rows[b], field)] ?? 0);
    const settled = (a, b) => (this.get(rows[a], "verdict") > 1) - (this.get(rows[b], "verdict") > 1);
    const keys = {
      severity: at("severity"), verdict: at("verdict"), hub: ranked(this.hubRank, "hub"),
      policy: ranked(this.policyRank, "policy"),
    };
    const rest = [settled, keys.severity, keys.verdict, keys.hub, keys.policy, text("item")];
    const first = keys[this.order.key] ?? text(this.order.key);
    const sign = this.order.down ? -1 : 1;
    const order = this.order.key === "severity" && !this.order.down ? rest : [(a, b) => sign * first(a, b), ...rest];
    return found.sort((a, b) => {
      for (const compare of order) {
        const answer = compare(a, b);
        if (answer) return answer;
      }
      return a - b;
    });
  }

  apply() {
    const found = this.sorted(this.matching());
    this.table.show(found);
    byId("finding-count").textContent = `${count(found.length)} of ${numberOf(this.data.rows.length, "finding")} shown.`;
    for (const head of byId("rows").tHead.rows[0].cells) {
      const sorted = head.dataset.sort === this.order.key;
      if (sorted) head.setAttribute("aria-sort", this.order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    const labels = { hub: (index) => this.data.hubs[index].name, policy: (id) => id, control: (key) => key };
    const pills = Object.entries(this.filter).filter(([, value]) => value !== null).map(([key, value]) =>
      el("button", { type: "button", class: "pill", "aria-label": `Remove filter ${key} ${labels[key](value)}`,
        onclick: () => { this.filter[key] = null; this.apply(); byId("search").focus(); } }, `${key}: `, name(labels[key](value)), " ✕"));
    byId("pills").replaceChildren(...pills);
  }

  draw(index, active, open) {
    const row = this.data.rows[index];
    const policy = this.data.policies[this.get(row, "policy")];
    const hub = this.data.hubs[this.get(row, "hub")];
    const item = this.get(row, "item");
    const baseline = this.get(row, "baseline");
    const expires = this.get(row, "expires");
    const what = el("button", { type: "button", class: "open", tabindex: active ? "0" : "-1", "aria-haspopup": "dialog", onclick: () => open(index) }, policy?.id ?? "policy not in this result");
    const told = [verdictTag(this.data.verdicts[this.get(row, "verdict")])];
    if (baseline === "new") told.push(el("span", { class: "mark" }, "new"));
    if (expires) told.push(el("span", { class: "mark" }, `until ${expires}`));
    const message = this.get(row, "message");
    const place = this.get(row, "place") ?? ([hub.group, hub.subscription].filter(Boolean).join("\n") || hub.id);
    return el("tr", null,
      el("td", null, severityTag(this.data.severities[this.get(row, "severity")])),
      el("td", null, ...told),
      el("td", { class: "cut", title: hub.name }, name(hub.name)),
      el("td", { class: "cut" }, what, item === null ? null : el("br"), item === null ? null : name(item)),
      el("td", { class: "cut", title: message }, el("span", { class: "two" }, message)),
      el("td", { class: "cut", title: place }, el("span", { class: "stack" }, name(place))));
  }
}

// One finding in full: what the row leaves out is read from the result when it is opened.
const FORMS = { azure_cli: "Azure CLI", bicep: "Bicep", terraform: "Terraform", azureml_yaml: "Azure ML YAML" };

class Detail {
  constructor(data) {
    this.data = data;
    this.dialog = byId("detail");
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener("close", () => {
      if (location.hash.startsWith("#finding-")) history.replaceState(null, "", "#findings");
    });
  }

  async open(index) {
    const row = this.data.rows[index];
    const at = (field) => row[this.data.place[field]];
    const policy = this.data.policies[at("policy")];
    const hub = this.data.hubs[at("hub")];
    const close = el("button", { type: "button", class: "close", onclick: () => this.dialog.close() }, "Close");
    const body = el("div", { class: "body" }, el("p", null, "Reading…"));
    this.dialog.replaceChildren(
      el("header", null,
        el("p", null, severityTag(this.data.severities[at("severity")]), " ", verdictTag(this.data.verdicts[at("verdict")])),
        el("h2", { id: "detail-title" }, policy?.title ?? at("message")), close),
      el("p", { class: "message" }, at("message")),
      body);
    if (!this.dialog.open) this.dialog.showModal();
    history.replaceState(null, "", `#finding-${encodeURIComponent(at("fingerprint"))}`);
    try {
      const finding = await readFinding(index);
      body.replaceChildren(...this.parts(finding, hub));
    } catch (problem) {
      body.replaceChildren(el("p", null, `The details cannot be read: ${problem.message}`));
    }
  }

  parts(finding, hub) {
    const pairs = [
      ["Hub", finding.hub.name], ["ARM id", finding.hub.id], ["Item", finding.item], ["Policy", finding.policy],
      ["Why it is unknown", finding.reason], ["Where", finding.location && `${finding.location.path}:${finding.location.line}:${finding.location.column}`],
      ["Baseline", finding.baseline], ["Fingerprint", finding.fingerprint],
    ].filter(([, value]) => value !== null && value !== undefined && value !== "");
    const parts = [el("dl", { class: "pairs" }, ...pairs.flatMap(([key, value]) => [el("dt", null, key), el("dd", null, name(plain(value)))]))];
    if (finding.exemption) {
      const { category, justification, approved_by: by, ticket, expires } = finding.exemption;
      parts.push(el("h3", null, "Exemption"), el("p", null, plain([category, justification, by, ticket, expires ? `until ${expires}` : "no end"].filter(Boolean).join("; "))));
    }
    const forms = finding.remediation ?? {};
    if (forms.text) parts.push(el("h3", null, "How to fix it"), el("p", null, lines(forms.text)));
    for (const [form, label] of Object.entries(FORMS)) {
      if (forms[form]) parts.push(this.code(label, forms[form], form === this.fitting(finding)));
    }
    const evidence = Object.entries(finding.evidence ?? {});
    if (evidence.length) {
      parts.push(el("h3", null, "Evidence"), el("dl", { class: "pairs" }, ...evidence.flatMap(([key, value]) =>
        [el("dt", null, plain(key)), el("dd", null, el("code", null, plain(typeof value === "string" ? value : JSON.stringify(value))))])));
    }
    return parts;
  }

  fitting(finding) {
    const path = finding.location?.path.toLowerCase() ?? "";
    return path.endsWith(".bicep") ? "bicep" : path.endsWith(".tf") ? "terraform" : /\.ya?ml$/.test(path) ? "azureml_yaml" : "azure_cli";
  }

  code(label, text, open) {
    const copy = el("button", { type: "button", onclick: async () => {
      try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; say(`${label} copied`); } catch { copy.textContent = "Select it to copy"; }
    } }, `Copy ${label}`);
    return el("details", { open }, el("summary", null, label), el("pre", { tabindex: "0", "aria-label": label }, lines(text.trim())), copy);
  }
}

// The egress of a hub as a picture: the hub in the middle, private endpoints at its left, hosts at its right,
// service tags below, and what the platform made apart above.
const WIDE = { width: 880, column: 292, node: 22, gap: 5, chip: 280, most: 9, letter: 7.25 };
const MARKS = { bad: "✕", doubt: "?", broad: "!", waived: "~", denied: "–", ok: "" };
const MARK_ORDER = ["bad", "doubt", "broad", "waived", "ok", "denied"];
const BREADTH = {
  any: "opens everything", "any-tenant": "opens every tenant's instances", "public-suffix": "opens names that anyone registers",
  "multi-tenant": "opens a platform of many tenants", lookalike: "opens other people's names that end alike", "user-content": "serves what anyone uploads",
};
// Findings of these categories are never about an outbound rule, whatever their items are called.
const OTHER_ITEMS = new Set(["compute", "connection", "dependency", "endpoint", "identity", "monitoring", "prerequisite"]);

function ruleMarks(data, hub) {
  const marks = new Map();
  for (const index of hub.rows) {
    const row = data.rows[index];
    const item = row[data.place.item];
    const policy = data.policies[row[data.place.policy]];
    if (item === null || OTHER_ITEMS.has(policy?.category)) continue;
    const kind = ["bad", "doubt", "waived"][row[data.place.verdict]];
    if (!kind) continue;
    const known = marks.get(item) ?? { kind, told: [] };
    if (MARK_ORDER.indexOf(kind) < MARK_ORDER.indexOf(known.kind)) known.kind = kind;
    known.told.push(`${data.verdicts[row[data.place.verdict]]} ${policy?.id ?? ""}`);
    marks.set(item, known);
  }
  return marks;
}

// How the data writes what is not known of a destination; the end of one that is too long looks alike.
const OPEN = /…|\(not known\)/;
const LONGEST = 200;

const shortResource = (text) => {
  const match = /\/([^/]+)\/([^/]+) \((.*)\)$/.exec(text);
  return match ? `${match[2]} (${match[3]})` : text;
};

function egressNodes(data, hub) {
  const marks = ruleMarks(data, hub);
  const nodes = { PrivateEndpoint: [], FQDN: [], ServiceTag: [], platform: [] };
  for (const [label, type, origin, destinations, status, breadth] of hub.egress.rules) {
    const found = marks.get(label);
    const idle = status && status.toLowerCase() !== "active" ? ` · ${status}` : "";
    const why = [...(found?.told ?? []), ...(breadth ? [BREADTH[breadth] ?? breadth] : [])];
    for (const destination of destinations.length ? destinations : ["no destination"]) {
      const text = (type === "PrivateEndpoint" ? shortResource(destination) : destination) + idle;
      const unsure = type === null || (OPEN.test(destination) && destination.length < LONGEST);
      const kind = found?.kind ?? (breadth ? "broad" : unsure ? "doubt" : type === "ServiceTag" && destination.startsWith("deny ") ? "denied" : "ok");
      const told = [`rule ${label} (${type ?? "type not known"}${origin === "connection" ? ", of a connection" : ""}): ${destination}`, ...why, ...(status ? [status] : [])].join("; ");
      (origin === "platform" ? nodes.platform : nodes[type] ?? nodes.FQDN).push({ text, kind, told });
    }
  }
  for (const list of Object.values(nodes)) list.sort((a, b) => MARK_ORDER.indexOf(a.kind) - MARK_ORDER.indexOf(b.kind));
  return nodes;
}

const OPEN_MODES = { disabled: "no isolation: any host can be reached", allowinternetoutbound: "any host on the internet" };

function openNode(egress) {
  if (egress.mode === null) return { text: "mode not known: perhaps any host", kind: "doubt", told: "The isolation mode is not known" };
  const text = OPEN_MODES[egress.mode.toLowerCase()];
  if (text) return { text, kind: "bad", told: `Isolation mode ${egress.mode}: ${text}`, big: true };
  return egress.mode.toLowerCase() === "allowonlyapprovedoutbound" ? null : { text: `mode ${egress.mode}: not known what it allows`, kind: "doubt", told: egress.mode };
}

function few(list, most, noun) {
  if (list.length <= most) return list;
  const rest = list.slice(most - 1);
  const worst = rest.reduce((kind, node) => (MARK_ORDER.indexOf(node.kind) < MARK_ORDER.indexOf(kind) ? node.kind : kind), "ok");
  return [...list.slice(0, most - 1), { text: `and ${rest.length} more ${noun}`, kind: worst, told: rest.map((node) => node.text).slice(0, 40).join(", "), rest: true }];
}

function drawNode(node, x, y, width) {
  const letters = Math.floor((width - 32) / WIDE.letter);
  const mark = MARKS[node.kind];
  return svg("g", { class: `node ${node.kind}${node.rest ? " rest" : ""}`, transform: `translate(${x} ${y})` },
    svg("title", null, node.told),
    svg("rect", { width, height: WIDE.node, rx: 3 }),
    mark ? svg("text", { class: "sign", x: 12, y: 15, "text-anchor": "middle" }, mark) : null,
    svg("text", { x: mark ? 24 : 9, y: 15 }, clip(node.text, letters)));
}

const edge = (kind, path) => svg("path", { class: `edge ${kind}`, d: path });

function drawEgress(data, hub) {
  const nodes = egressNodes(data, hub);
  const open = openNode(hub.egress);
  const left = few(nodes.PrivateEndpoint, WIDE.most, "private endpoints");
  const right = [...(open ? [open] : []), ...few(nodes.FQDN, WIDE.most, "hosts")];
  if (hub.egress.doubt) right.push({ text: "there may be more rules", kind: "doubt", told: hub.egress.doubt });
  const tags = few(nodes.ServiceTag, WIDE.most, "service tags");
  const step = WIDE.node + WIDE.gap;
  const platform = platformLines(nodes.platform);
  const top = platform.length ? 16 * platform.length + 22 : 0;
  const tall = Math.max(3, left.length, right.length) * step;
  const rows = Math.ceil(tags.length / 3);
  const height = top + tall + 14 + (rows ? rows * step + 20 : 0);
  const middle = top + tall / 2;
  const [cx, hw, hh] = [WIDE.width / 2, 134, 66];
  const shapes = [];
  const side = (list, x, toward) => list.forEach((node, index) => {
    const y = top + (tall - list.length * step) / 2 + index * step;
    const [from, to] = [cx + toward * hw / 2, toward < 0 ? x + WIDE.column : x];
    const bend = (from + to) / 2;
    shapes.push(edge(node.kind, `M${from} ${middle} C${bend} ${middle} ${bend} ${y + WIDE.node / 2} ${to} ${y + WIDE.node / 2}`), drawNode(node, x, y, WIDE.column));
  });
  side(left, 0, -1);
  side(right, WIDE.width - WIDE.column, 1);
  tags.forEach((node, index) => {
    const inRow = Math.min(3, tags.length - Math.floor(index / 3) * 3);
    const x = cx - (inRow * (WIDE.chip + 20) - 20) / 2 + (index % 3) * (WIDE.chip + 20);
    const y = top + tall + 20 + Math.floor(index / 3) * step;
    // The worst come first, and their lines are drawn last, so that they lie on top.
    if (index < 3) shapes.unshift(edge(node.kind, `M${cx} ${middle + hh / 2} V${top + tall + 7} H${x + WIDE.chip / 2} V${y}`));
    shapes.push(drawNode(node, x, y, WIDE.chip));
  });
  shapes.push(drawPlatform(nodes.platform, platform, cx, middle - hh / 2), drawHub(hub, cx, middle, hw, hh));
  return svg("svg", { class: "egress", viewBox: `-1 0 ${WIDE.width + 2} ${height}`, role: "img", "aria-label": sayEgress(hub, nodes, open) }, ...shapes);
}

// What the platform made: the names of tags and resources, on at most two lines.
function platformLines(list) {
  if (!list.length) return [];
  const names = [...new Set(list.map((node) => node.text.replace(/ (TCP|UDP|ICMP|\*) .*$/, "")))];
  const room = Math.floor((WIDE.width - 18) / 6.65);
  const found = [`${list.length} required:`];
  for (const word of names.map((one, index) => (index < names.length - 1 ? `${one},` : one))) {
    const last = `${found.at(-1)} ${word}`;
    if (last.length <= room) found[found.length - 1] = last;
    else if (found.length < 2) found.push(clip(word, room));
    else { found[1] = clip(last, room); break; }
  }
  return found;
}

function drawPlatform(list, found, cx, bottom) {
  if (!found.length) return null;
  const height = 16 * found.length + 6;
  return svg("g", { class: "platform" }, svg("title", null, `Required, made by the platform: ${list.map((node) => node.text).join("; ")}`),
    svg("rect", { x: 0.5, y: 0.5, width: WIDE.width - 1, height, rx: 3 }),
    ...found.map((line, index) => svg("text", { x: 9, y: 15 + 16 * index }, line)),
    edge("platform", `M${cx} ${height} L${cx} ${bottom}`));
}

function drawHub(hub, cx, cy, width, height) {
  const { mode, firewall } = hub.egress;
  const state = { allowonlyapprovedoutbound: "isolated", allowinternetoutbound: "loose", disabled: "loose" }[mode?.toLowerCase()] ?? "unsure";
  const words = mode === null ? "mode not known" : { disabled: "no isolation", allowinternetoutbound: "internet allowed", allowonlyapprovedoutbound: "approved only" }[mode.toLowerCase()] ?? clip(mode, 18);
  const fire = firewall ? (firewall === "unknown" ? "firewall: not known" : `firewall: ${clip(firewall, 10)}`) : "no firewall";
  const [x, y] = [cx - width / 2, cy - height / 2];
  return svg("g", { class: `hub ${state}` },
    svg("rect", { x, y, width, height, rx: 8 }),
    svg("text", { class: "who", x: cx, y: y + 22, "text-anchor": "middle" }, clip(hub.name, 17)),
    svg("text", { x: cx, y: y + 40, "text-anchor": "middle" }, words),
    svg("text", { x: cx, y: y + 56, "text-anchor": "middle" }, fire));
}

function sayEgress(hub, nodes, open) {
  const own = [...nodes.PrivateEndpoint, ...nodes.FQDN, ...nodes.ServiceTag];
  const marked = (kind) => own.filter((node) => node.kind === kind).length;
  return [
    `Egress of ${hub.name}: ${open ? open.text : "approved destinations only"}`,
    numberOf(nodes.PrivateEndpoint.length, "private endpoint"), numberOf(nodes.FQDN.length, "host"), numberOf(nodes.ServiceTag.length, "service tag"),
    `${nodes.platform.length} required by the platform`,
    `${marked("bad")} break a policy, ${marked("broad")} over-broad, ${marked("doubt")} not known`,
  ].join("; ");
}

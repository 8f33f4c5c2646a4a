// The data of the page: deflated JSON in base64. The view is small and read at once; the result lies in
// blocks, each of which is unpacked when somebody asks for a finding in it.
function packed(element) {
  const text = atob(element.textContent);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
}

const unpack = (element) => new Response(packed(element)).text();

async function readView() {
  const view = JSON.parse(await unpack(byId("view")));
  const hubs = [...view.hubs, ...view.strays].map(([label, id, kind, subscription, group, egress, gaps, judged, live], index) =>
    ({ index, name: label, id, kind, subscription, group, egress, gaps, judged, live, rows: [] }));
  const [severities, verdicts, fields] = [view.words.severities, view.words.verdicts, view.words.fields];
  const place = Object.fromEntries(fields.map((field, index) => [field, index]));
  view.rows.forEach((row, index) => hubs[row[place.hub]].rows.push(index));
  return { hubs, policies: view.policies, rows: view.rows, severities, verdicts, place };
}

const blocks = [...document.querySelectorAll("script.result")];
const findingBlocks = blocks.filter((block) => block.dataset.kind === "findings");
const sizes = [];
let lastBlock = null;

async function readBlock(index) {
  if (lastBlock?.index !== index) {
    const text = (await unpack(findingBlocks[index])).replace(/^[,\s]+/, "");
    lastBlock = { index, findings: JSON.parse(`[${text}]`) };
    sizes[index] = lastBlock.findings.length;
  }
  return lastBlock.findings;
}

// The finding of a row as the result has it: every block but the last holds as many as the first.
async function readFinding(index) {
  sizes[0] ??= (await readBlock(0)).length;
  const block = Math.floor(index / sizes[0]);
  return (await readBlock(block))[index - block * sizes[0]];
}

async function readResult() {
  const parts = [];
  for (const block of blocks) parts.push(await new Response(packed(block)).blob());
  return new Blob(parts, { type: "application/json" });
}

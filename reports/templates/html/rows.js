// A table of any length: rows have one height, and only those in sight are in the document.
class Rows {
  constructor(container, table, draw) {
    this.container = container;
    this.table = table;
    this.body = table.tBodies[0];
    this.draw = draw;
    this.items = [];
    this.active = 0;
    this.first = this.last = -1;
    this.whole = false;
    container.addEventListener("scroll", () => requestAnimationFrame(() => this.update()), { passive: true });
    new ResizeObserver(() => this.update()).observe(container);
    this.body.addEventListener("keydown", (event) => this.move(event));
    this.body.addEventListener("focusin", (event) => {
      const row = event.target.closest("tr[data-row]");
      if (row) this.active = Number(row.dataset.row);
    });
  }

  show(items) {
    this.items = items;
    this.active = 0;
    this.first = -1;
    this.container.scrollTop = 0;
    this.table.setAttribute("aria-rowcount", items.length + 1);
    this.update();
  }

  get height() {
    this.row ??= parseFloat(getComputedStyle(this.table).getPropertyValue("--row")) || 46;
    return this.row;
  }

  update(force = false) {
    const seen = Math.ceil(this.container.clientHeight / this.height) || 20;
    const top = Math.floor(this.container.scrollTop / this.height);
    const first = this.whole ? 0 : Math.max(0, Math.min(top - 8, this.items.length - seen));
    const last = this.whole ? Math.min(this.items.length, this.whole) : Math.min(this.items.length, top + seen + 8);
    if (!force && first === this.first && last === this.last) return;
    const held = this.body.contains(document.activeElement);
    [this.first, this.last] = [first, last];
    const rows = [];
    for (let index = first; index < last; index++) {
      const row = this.draw(this.items[index], index === this.active);
      row.dataset.row = index;
      row.setAttribute("aria-rowindex", index + 2);
      if (index % 2) row.classList.add("odd");
      rows.push(row);
    }
    this.body.replaceChildren(this.spacer(first), ...rows, this.spacer(this.whole ? 0 : this.items.length - last));
    if (held) this.focus();
  }

  spacer(rows) {
    const cell = el("td", { colspan: this.table.tHead.rows[0].cells.length });
    const row = el("tr", { "aria-hidden": "true", class: "spacer" }, cell);
    cell.style.height = `${rows * this.height}px`;
    row.hidden = rows === 0;
    return row;
  }

  focus() {
    this.body.querySelector(`tr[data-row="${this.active}"] button`)?.focus({ preventScroll: true });
  }

  move(event) {
    const page = Math.max(1, Math.floor(this.container.clientHeight / this.height) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.items.length, End: this.items.length };
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.active = Math.max(0, Math.min(this.items.length - 1, this.active + steps[event.key]));
    const head = this.table.tHead.offsetHeight;
    const [top, room] = [this.active * this.height, this.container.clientHeight - head];
    if (top < this.container.scrollTop) this.container.scrollTop = top;
    else if (top + this.height > this.container.scrollTop + room) this.container.scrollTop = top + this.height - room;
    this.update(true);
    this.focus();
  }
}

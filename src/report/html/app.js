// What the page does: unpack the data, draw the charts, and list the findings. Texts of a tenant are only ever set as text.
(async () => {
  "use strict";
  const by = (id) => document.getElementById(id);
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const packed = Uint8Array.from(atob(by("data").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const data = await new Response(stream).json();
  const PAGE = 100;
  const SEVERITIES = ["error", "warning", "info"];

  const charts = Charts();
  charts.bars(by("by-category"), (row) => row[0], [["errors", 1, "--error"], ["warnings", 2, "--warning"], ["info", 3, "--info"]]);
  charts.bars(by("estate"), (row) => `${row[0]}, ${row[1]}`, [["assigned", 2, "--info"], ["free", 3, "--line"]]);
  charts.trends();

  // The table.
  const core = TableCore;
  const severity = (row) => SEVERITIES.indexOf(row.severity);
  // Whose finding it is matters as soon as there are several.
  const isOfSeveral = data.tenants.length > 1;
  const tenantOf = (row) => data.tenants[row.tenant] ?? "";
  const columns = [
    { id: "severity", header: "Severity", accessorFn: severity, filterFn: (row, id, wanted) => row.original.severity === wanted },
    { id: "code", header: "Rule", accessorKey: "code", filterFn: "equalsString" },
    { id: "message", header: "What", accessorKey: "message" },
    { id: "where", header: "Where", accessorFn: (row) => `${row.places[0].path}:${String(row.places[0].line).padStart(9)}` },
    ...["category", "status", "user", "number", "operator"].map((id) => ({ id, accessorKey: id, filterFn: "equalsString" })),
    { id: "tenant", header: "Tenant", accessorFn: (row) => tenantOf(row), filterFn: "equalsString" },
  ];
  const visible = ["severity", "code", ...(isOfSeveral ? ["tenant"] : []), "message", "where"];
  const text = (row) => [row.message, tenantOf(row), row.code, data.rules[row.code]?.name, row.subject, row.category, row.places[0].path, row.id].join("\n").toLowerCase();
  const texts = new Map(data.findings.map((row) => [row, text(row)]));
  const start = () => ({ columnFilters: [{ id: "status", value: "open" }], globalFilter: "", sorting: [], grouping: [], expanded: {} });
  let state = start();
  let limit = PAGE;
  const table = core.createTable({
    data: data.findings,
    columns,
    state: {},
    renderFallbackValue: null,
    getRowId: (row, index) => `${row.id}-${row.tenant}-${index}`,
    getCoreRowModel: core.getCoreRowModel(),
    getFilteredRowModel: core.getFilteredRowModel(),
    getSortedRowModel: core.getSortedRowModel(),
    getGroupedRowModel: core.getGroupedRowModel(),
    globalFilterFn: (row, id, wanted) => wanted.split(/\s+/).every((word) => texts.get(row.original).includes(word)),
    getColumnCanGlobalFilter: (column) => column.id === "message",
    onStateChange: () => {},
  });
  const initial = table.initialState;
  const open = new Set();

  // What stands in backticks is a value.
  const words = (message) => {
    const parts = message.split("`");
    return parts.map((part, index) => (index % 2 === 1 && index < parts.length - 1 ? make("code", {}, part) : index % 2 === 1 ? `\`${part}` : part));
  };

  const details = (row) => {
    const cell = make("td", { colSpan: visible.length });
    for (const place of row.places) {
      const where = `${place.path}:${place.line}:${place.column}`;
      cell.append(make("p", {}, make("code", {}, where), place.label ? `: ${place.label}` : ""));
      if (place.lines) {
        const [first, before, marked, after] = place.lines;
        const lines = make("pre", { tabIndex: 0 });
        lines.setAttribute("aria-label", `lines of ${where}, from line ${first}`);
        lines.append(before, make("mark", {}, marked), after);
        cell.append(lines);
      }
    }
    if (row.more > 0) cell.append(make("p", {}, `and ${row.more} more places`));
    if (row.cause) cell.append(make("p", {}, "Cause: ", ...words(row.cause)));
    if (row.reason) cell.append(make("p", {}, `Accepted: ${row.reason}`));
    cell.append(make("h3", {}, "What to do"), make("p", {}, row.help));
    if (row.commands.length > 0) {
      const commands = row.commands.join("\n");
      const copy = make("button", { type: "button", className: "copy" }, "Copy commands");
      copy.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(commands);
        } catch {
          const area = make("textarea", { value: commands });
          document.body.append(area);
          area.select();
          document.execCommand("copy");
          area.remove();
        }
        copy.textContent = "Copied";
        setTimeout(() => (copy.textContent = "Copy commands"), 2000);
      });
      cell.append(make("pre", { tabIndex: 0 }, commands), copy);
    }
    const rule = data.rules[row.code];
    if (rule) {
      const page = make("div", { className: "page" });
      // The project's own page, without a word of a tenant.
      page.innerHTML = rule.page;
      cell.append(make("details", {}, make("summary", {}, `Rule ${row.code} ${rule.name}: ${rule.title}`), page));
    }
    cell.append(make("p", {}, make("a", { href: `#${row.anchor}` }, "Link to this finding")));
    return make("tr", { className: "details" }, cell);
  };

  const line = (row, body) => {
    const finding = row.original;
    const key = row.id;
    const button = make("button", { type: "button", className: "unfold" }, ...words(finding.message));
    button.setAttribute("aria-expanded", open.has(key));
    const place = finding.places[0];
    const tr = make(
      "tr",
      { id: finding.anchor },
      make("td", { className: `severity-${finding.severity}` }, finding.severity + (finding.status === "open" ? "" : `, ${finding.status}`)),
      make("td", {}, finding.code),
      ...(isOfSeveral ? [make("td", {}, tenantOf(finding))] : []),
      make("td", {}, button),
      make("td", { title: place.path }, `${place.path.split("/").pop()}:${place.line}`),
    );
    body.append(tr);
    const unfold = () => tr.after(details(finding));
    if (open.has(key)) unfold();
    button.addEventListener("click", () => {
      if (open.delete(key)) tr.nextElementSibling.remove();
      else {
        open.add(key);
        unfold();
      }
      button.setAttribute("aria-expanded", open.has(key));
    });
  };

  const heading = () => {
    const row = make("tr");
    for (const id of visible) {
      const sorted = state.sorting.find((one) => one.id === id);
      const button = make("button", { type: "button" }, `${columns.find((one) => one.id === id).header}${sorted ? (sorted.desc ? " ↓" : " ↑") : ""}`);
      button.addEventListener("click", () => {
        state.sorting = [{ id, desc: sorted ? !sorted.desc : false }];
        render();
        by("list").querySelector(`thead th:nth-child(${visible.indexOf(id) + 1}) button`).focus();
      });
      const th = make("th", { scope: "col" }, button);
      if (sorted) th.setAttribute("aria-sort", sorted.desc ? "descending" : "ascending");
      row.append(th);
    }
    return make("thead", {}, row);
  };

  const render = () => {
    table.setOptions((before) => ({ ...before, state: { ...initial, ...state } }));
    const rows = state.grouping.length > 0 ? table.getGroupedRowModel().rows : table.getSortedRowModel().rows;
    const body = make("tbody");
    let left = limit;
    let total = 0;
    for (const row of rows) {
      if (row.getIsGrouped()) {
        const leaves = row.getLeafRows();
        total += leaves.length;
        if (left <= 0) continue;
        const name = row.groupingValue || "of nobody in particular";
        const th = make("th", { colSpan: visible.length, scope: "rowgroup" }, `${name} (${leaves.length})`);
        body.append(make("tr", { className: "group" }, th));
        for (const leaf of leaves.slice(0, left)) line(leaf, body);
        left -= leaves.length;
      } else {
        total += 1;
        if (left-- > 0) line(row, body);
      }
    }
    by("list").replaceChildren(heading(), body);
    by("list").hidden = false;
    by("more").hidden = total <= limit;
    const shown = Math.min(total, limit);
    by("shown").textContent = `${shown} of ${total} findings shown, ${data.findings.length} in all`;
  };

  const choose = (id, value) => {
    state.columnFilters = state.columnFilters.filter((one) => one.id !== id);
    if (value) state.columnFilters.push({ id, value });
  };
  const read = () => {
    state.globalFilter = by("search").value.trim().toLowerCase();
    for (const [id, column] of [["severity", "severity"], ["category", "category"], ["rule", "code"], ["status", "status"], ["tenant", "tenant"]]) choose(column, by(id).value);
    state.grouping = by("group").value ? [by("group").value] : [];
    limit = PAGE;
    render();
  };
  const fill = (id, values) => by(id).append(...[...new Set(values)].sort().map((value) => make("option", {}, value)));
  fill("category", data.findings.map((row) => row.category));
  fill("rule", data.findings.map((row) => row.code));
  fill("tenant", isOfSeveral ? data.tenants : []);
  by("tenants").hidden = !isOfSeveral;
  by("controls").hidden = false;
  by("controls").addEventListener("input", read);
  by("controls").addEventListener("submit", (event) => event.preventDefault());
  by("controls").addEventListener("reset", () => setTimeout(() => ((state = start()), read())));
  by("more").addEventListener("click", () => {
    limit += PAGE;
    render();
  });

  // `#anchor` leads to its finding, whatever was filtered.
  const jump = () => {
    const id = location.hash.slice(1);
    const index = data.findings.findIndex((row) => row.anchor === id);
    if (!id || index < 0) return;
    const row = data.findings[index];
    by("controls").reset();
    state = start();
    if (row.status !== "open") {
      by("status").value = "";
      choose("status", "");
    }
    open.add(`${row.id}-${row.tenant}-${index}`);
    limit = Math.max(PAGE, index + 1);
    setTimeout(() => {
      limit = Math.max(PAGE, index + 1);
      render();
      const target = document.getElementById(id);
      target?.scrollIntoView({ block: "start" });
      target?.querySelector("button").focus({ preventScroll: true });
    });
  };
  addEventListener("hashchange", jump);
  addEventListener("beforeprint", () => {
    limit = data.findings.length;
    render();
  });
  read();
  jump();
  document.documentElement.dataset.ready = "true";
})();

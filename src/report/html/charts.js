// The charts of every page: their numbers are those of the tables below them.
const Charts = () => {
  "use strict";
  const cells = (canvas) =>
    [...canvas.closest("figure").querySelectorAll("tbody tr")]
      .map((row) => [...row.cells].map((cell) => cell.textContent))
      .filter((row) => row.length > 1);
  const count = (text) => Number(text.replaceAll(",", ""));
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const painted = [];
  const draw = (canvas, height, options) => {
    canvas.parentElement.hidden = false;
    canvas.closest("figure").querySelector("details").open = false;
    canvas.parentElement.style.height = height;
    options.options = { animation: false, maintainAspectRatio: false, ...options.options };
    const chart = new Chart(canvas, options);
    const paint = () => {
      for (const set of chart.data.datasets) set.backgroundColor = set.borderColor = color(set.name);
      for (const axis of [chart.options.scales.x, chart.options.scales.y]) {
        axis.ticks.color = color("--text");
        axis.grid = { color: color("--panel") };
      }
      chart.options.plugins.legend.labels.color = color("--text");
      chart.update();
    };
    paint();
    painted.push(paint);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => painted.forEach((paint) => paint()));

  // Bars that lie, a row of the table each: [label, column, color].
  const bars = (canvas, labels, series) => {
    const rows = cells(canvas);
    if (rows.length === 0) return;
    draw(canvas, `${Math.max(8, 3 + 2 * rows.length)}rem`, {
      type: "bar",
      data: {
        labels: rows.map(labels),
        datasets: series.map(([label, column, name]) => ({ label, name, data: rows.map((row) => count(row[column])) })),
      },
      options: {
        indexAxis: "y",
        scales: { x: { stacked: true, ticks: { precision: 0 } }, y: { stacked: true, ticks: { autoSkip: false } } },
      },
    });
  };

  // Lines over time: the first column is a time, the next three are counts. Marks and dashes tell what color cannot.
  const trends = () => {
    for (const canvas of document.querySelectorAll("canvas.trend")) {
      const rows = cells(canvas);
      if (rows.length === 0) continue;
      const times = rows.map((row) => Date.parse(row[0]));
      const day = (time) => new Date(time).toISOString().slice(0, 10);
      draw(canvas, "13rem", {
        type: "line",
        data: {
          datasets: [["errors", "--error", "circle", []], ["warnings", "--warning", "triangle", [6, 3]], ["info", "--info", "rect", [2, 3]]].map(
            ([label, name, pointStyle, borderDash], index) => ({
              label,
              name,
              pointStyle,
              borderDash,
              clip: 8,
              pointRadius: rows.length > 60 ? 0 : 4,
              data: rows.map((row, at) => ({ x: times[at], y: count(row[index + 1]) })),
            }),
          ),
        },
        options: {
          interaction: { mode: "index", intersect: false },
          plugins: {
            legend: { labels: { usePointStyle: true, boxHeight: 6 } },
            tooltip: { callbacks: { title: (items) => rows[items[0].dataIndex][0] } },
          },
          scales: {
            x: {
              type: "linear",
              min: times[0],
              max: times.at(-1) > times[0] ? times.at(-1) : times[0] + 1,
              afterBuildTicks: (axis) => (axis.ticks = times.map((value) => ({ value }))),
              ticks: { autoSkip: true, autoSkipPadding: 16, maxRotation: 0, callback: day },
            },
            y: { beginAtZero: true, ticks: { precision: 0 } },
          },
        },
      });
    }
  };
  // On paper there are no charts.
  addEventListener("beforeprint", () => {
    for (const numbers of document.querySelectorAll("figure details, details.step")) numbers.open = true;
  });
  return { bars, trends };
};

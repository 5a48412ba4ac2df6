// What the page of the history does: draw its charts from its tables.
(() => {
  "use strict";
  const charts = Charts();
  charts.trends();
  for (const canvas of document.querySelectorAll("canvas.ages")) {
    charts.bars(canvas, (row) => row[0], [["errors", 1, "--error"], ["warnings", 2, "--warning"], ["info", 3, "--info"]]);
  }
  document.documentElement.dataset.ready = "true";
})();

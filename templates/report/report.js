// Draws the report's charts from its JSON, with Chart.js. What they show is in the tables as well; without this script, or
// when it fails, they stay hidden.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const outcomes = [["delivered", "good"], ["rejected", "odd"], ["failed", "bad"], ["needs-answers", "calm"],
                    ["cancelled", "quiet"], ["planned", "stage"], ["reviewed", "stage"]];
  let drawn = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const dollars = (usd) => (usd === null || usd === undefined ? "unpriced" : "$" + usd.toFixed(4));
  const time = (ms) => (ms === null || ms === undefined ? "–" : ms < 60000 ? (ms / 1000).toFixed(1) + " s" : (ms / 60000).toFixed(1) + " min");

  function axis(more) {
    return Object.assign({ grid: { color: colour("line"), drawBorder: false }, ticks: { color: colour("soft") } }, more);
  }
  function titled(text) {
    return { display: true, text, color: colour("soft") };
  }
  // `rows`: of a chart that lies on its side, which is as high as they need.
  function draw(name, config, rows) {
    const canvas = document.getElementById("chart-" + name);
    if (!canvas) return;
    canvas.closest("figure").hidden = false;
    if (rows) {
      canvas.parentElement.className = "rows";
      canvas.parentElement.style.setProperty("--rows", rows);
    }
    const options = Object.assign({ animation: false, responsive: true, maintainAspectRatio: false, locale: "en" }, config.options);
    drawn.push(new Chart(canvas, Object.assign({}, config, { options })));
  }

  function runs() {
    const rows = data.periods.rows;
    if (rows.length < 2) return;
    const seen = outcomes.filter(([name]) => rows.some((row) => row.outcomes[name]));
    const bars = seen.map(([name, tone]) => ({
      type: "bar", label: name, stack: "runs", yAxisID: "y", backgroundColor: colour(tone), order: 2, maxBarThickness: 40,
      data: rows.map((row) => row.outcomes[name] || 0),
    }));
    const line = { type: "line", label: "dollars", yAxisID: "usd", order: 1, data: rows.map((row) => row.cost_usd),
      borderColor: colour("text"), backgroundColor: colour("text"), borderWidth: 1.5, pointRadius: rows.length > 40 ? 0 : 2, tension: 0 };
    draw("runs", { data: { labels: rows.map((row) => row.from), datasets: bars.concat([line]) }, options: {
      interaction: { mode: "index", intersect: false },
      scales: {
        x: axis({ stacked: true, grid: { display: false }, ticks: { color: colour("soft"), maxRotation: 0, autoSkipPadding: 16 } }),
        y: axis({ stacked: true, beginAtZero: true, title: titled("runs"), ticks: { color: colour("soft"), precision: 0 } }),
        usd: axis({ position: "right", beginAtZero: true, title: titled("dollars"), grid: { drawOnChartArea: false } }),
      },
      plugins: {
        legend: { position: "bottom", labels: { color: colour("text"), boxWidth: 12, boxHeight: 12 } },
        tooltip: { callbacks: { label: (item) => " " + item.dataset.label + ": " +
          (item.dataset.yAxisID === "usd" ? dollars(rows[item.dataIndex].cost_usd) : item.formattedValue) } },
      },
    } });
  }

  function stages() {
    const rows = data.stages.filter((row) => row.failed > 0);
    if (rows.length < 2) return;
    const names = rows.map((row) => row.stage);
    draw("stages", { type: "bar", data: { labels: names, datasets: [
      { label: "ended the run", backgroundColor: colour("bad"), maxBarThickness: 18, data: rows.map((row) => row.ended_runs) },
      { label: "tried again", backgroundColor: colour("odd"), maxBarThickness: 18, data: rows.map((row) => row.failed - row.ended_runs) },
    ] }, options: {
      indexAxis: "y",
      scales: { x: axis({ stacked: true, beginAtZero: true, suggestedMax: 5, title: titled("attempts that did not pass"), ticks: { color: colour("soft"), precision: 0 } }),
        y: axis({ stacked: true, grid: { display: false } }) },
      plugins: { legend: { position: "bottom", labels: { color: colour("text"), boxWidth: 12, boxHeight: 12 } } },
    } }, rows.length);
  }

  // The rate as a point on its interval: a bar from low to high.
  function models() {
    const rows = data.models.filter((row) => row.first_run.of > 0).slice(0, 20);
    if (rows.length < 2) return;
    const percent = (number) => Math.round(1000 * number) / 10;
    draw("models", { data: { labels: rows.map((row) => row.model), datasets: [
      { type: "scatter", label: "first run", order: 1, pointRadius: 5, pointStyle: "circle", backgroundColor: colour("text"), borderColor: colour("text"),
        data: rows.map((row) => ({ x: percent(row.first_run.rate), y: row.model })) },
      { type: "bar", label: "95% interval", order: 2, backgroundColor: colour("stage"), barThickness: 12, borderRadius: 2, borderSkipped: false,
        data: rows.map((row) => [percent(row.first_run.low), percent(row.first_run.high)]) },
    ] }, options: {
      indexAxis: "y",
      scales: { x: axis({ min: 0, max: 100, title: titled("first run, % of requests") }),
        y: axis({ type: "category", offset: true, grid: { display: false } }) },
      plugins: { legend: { position: "bottom", labels: { color: colour("text"), boxWidth: 12, boxHeight: 12 } },
        tooltip: { callbacks: { label: (item) => {
          const row = rows[item.dataIndex], share = row.first_run;
          return ` ${share.hits} of ${share.of} (${percent(share.low)}–${percent(share.high)}%), ${dollars(row.per_feature_usd)} per feature, ${time(row.median_time_to_pr_ms)}`;
        } } } },
    } }, rows.length);
  }

  function redraw() {
    for (const chart of drawn) chart.destroy();
    drawn = [];
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    for (const make of [runs, stages, models]) make();
  }
  redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // Paper is light, and what is folded on a screen is open on it.
  const folded = [...document.querySelectorAll("details:not([open])")];
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.paper = "";
    folded.forEach((one) => { one.open = true; });
    redraw();
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset.paper;
    folded.forEach((one) => { one.open = false; });
    redraw();
  });
})();

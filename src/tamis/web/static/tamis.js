// What pages do in the browser, beside HTMX: charts, keys, sliders' figures. Nothing is evaluated.
const charts = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) { charts.unobserve(one.target); draw(one.target); }
}, {rootMargin: "300px"});
const scripts = new Map();

// A library of charts is half a megabyte: it is loaded when the first chart comes into sight.
function load(name) {
  if (!scripts.has(name)) scripts.set(name, new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL(`./vendor/${name}`, import.meta.url);
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  }));
  return scripts.get(name);
}

async function draw(place) {
  await load("vega.min.js");
  await load("vega-lite.min.js");
  const {expressionInterpreter} = await import("./vendor/vega-interpreter.js");
  const {vega, vegaLite} = window;
  const specification = JSON.parse(place.querySelector("script").textContent);
  const compiled = vegaLite.compile(specification).spec;
  const picture = document.createElement("div");
  place.append(picture);
  const options = {renderer: "svg", container: picture, hover: false, expr: expressionInterpreter};
  await new vega.View(vega.parse(compiled, null, {ast: true}), options).runAsync();
  // The description stands at the place itself; what is inside would be read a second time.
  picture.querySelectorAll("svg, svg *").forEach((part) => part.removeAttribute("aria-roledescription"));
  picture.setAttribute("aria-hidden", "true");
  place.dataset.drawn = "yes";
}

function prepare(root) {
  root.querySelectorAll("[data-chart]").forEach((place) => charts.observe(place));
}

// Keys: data-key on a link, a button or a field; j and k go through what has data-row.
function busy(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open], :popover-open");
}

function go(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement.closest?.("[data-row]"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  next.focus();
  next.scrollIntoView({block: "nearest"});
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  if (event.key === "j" || event.key === "k") { go(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
  // Enter on a button or a link presses just that: on the row alone it does what the row says.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const row = document.activeElement.closest?.("[data-row]");
  const name = `[data-key="${CSS.escape(event.key)}"]`;
  const wanted = row?.querySelector(name) ?? [...document.querySelectorAll(name)].find((one) => !one.closest("[data-row]"));
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input, textarea, select")) wanted.focus();
  else wanted.click();
}

document.addEventListener("keydown", press);
// What a slider stands at is written beside it while it moves.
document.addEventListener("input", (event) => {
  const shown = event.target.dataset?.shownBy && document.getElementById(event.target.dataset.shownBy);
  if (shown) shown.textContent = event.target.value;
});
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));
// A refusal goes when something else has worked.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("refusal")?.replaceChildren();
});
prepare(document);

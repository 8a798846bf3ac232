// All the script there is: live states of actions, "/" for the search, and charts that answer when pointed at.
"use strict";

const FINISHED = "finished";
const vega = document.currentScript ? document.currentScript.dataset.vega : "";

function follow(element) {
  let wait = 500;
  const before = element.querySelector("[data-live-state]").textContent;
  async function look() {
    if (document.hidden) return void setTimeout(look, 1000);
    try {
      const answer = await fetch(element.dataset.live, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return;
      if (answer.ok && show(element, await answer.json(), before)) return;
    } catch {
      wait = Math.min(wait * 2, 10000);
    }
    setTimeout(look, wait = Math.min(wait * 1.15, 5000));
  }
  setTimeout(look, wait);
}

function show(element, run, before) {
  const badge = element.querySelector("[data-live-state]");
  const big = badge.classList.contains("big") ? " big" : "";
  badge.textContent = run.state;
  badge.className = `badge${big} ${run.class}`;
  element.querySelector("[data-live-sentence]").textContent = run.sentence;
  if (run.state !== before && "liveReload" in element.dataset && (run.is_finished || run.state === "Awaiting approval" || run.state === "Pending")) location.reload();
  return run.is_finished;
}

function answering(figure) {
  let asked = false;
  async function wake() {
    if (asked) return;
    asked = true;
    const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const width = matchMedia("(max-width: 640px)").matches ? "narrow" : "wide";
    const sign = figure.dataset.chart.includes("?") ? "&" : "?";
    const [spec] = await Promise.all([
      fetch(`${figure.dataset.chart}${sign}theme=${theme}&width=${width}`).then((answer) => answer.json()),
      load(vega),
    ]);
    const holder = document.createElement("div");
    await window.vegaEmbed(holder, spec, {
      ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
    });
    figure.replaceChildren(holder);
  }
  for (const kind of ["pointerenter", "focus", "touchstart"]) figure.addEventListener(kind, wake, { once: true, passive: true });
}

function load(address) {
  return window.vegaEmbed ? Promise.resolve() : new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: address, onload: done, onerror: failed });
    document.head.append(script);
  });
}

function previewed(form) {
  const button = form.querySelector("[data-confirm-label]");
  const isComplete = !button.formNoValidate;
  const fields = [...form.querySelectorAll("[data-shown]")];
  const before = new Map(fields.map((field) => [field, stateOf(field)]));
  form.addEventListener("input", () => {
    const isShown = fields.every((field) => stateOf(field) === before.get(field));
    button.textContent = isShown ? button.dataset.confirmLabel : button.dataset.changedLabel;
    button.formNoValidate = !(isShown && isComplete);
  });
}

function stateOf(field) {
  return field.type === "checkbox" ? field.checked : field.value;
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.querySelector("[data-shortcut]");
  if (event.key !== "/" || isTyping || !field || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field.focus();
  field.select();
});

for (const element of document.querySelectorAll("[data-live]")) if (!(FINISHED in element.dataset)) follow(element);
for (const figure of document.querySelectorAll("[data-chart]")) answering(figure);
for (const form of document.querySelectorAll("[data-previewed]")) previewed(form);

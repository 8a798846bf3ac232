// All the script there is: live states of actions, "/" for the search, charts that answer when pointed at, the panel.
"use strict";

const FINISHED = "finished";
const vega = document.currentScript ? document.currentScript.dataset.vega : "";

function follow(element) {
  let wait = 500;
  const before = element.querySelector("[data-live-state]").textContent;
  async function look() {
    if (!element.isConnected) return;
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

// The panel beside a ticket: asks whether it would look different now, and takes the new one without losing one's place.
function watch(region) {
  let wait = 1000;
  async function look() {
    if (!region.dataset.watch) return;
    if (document.hidden) return void setTimeout(look, 1000);
    try {
      const answer = await fetch(region.dataset.watch, { headers: { Accept: "application/json", "If-None-Match": `"${region.dataset.mark}"` } });
      if (answer.status === 401 || answer.status === 404) return;
      if (answer.status === 200 && (await answer.json()).mark !== region.dataset.mark) await replace(region);
      wait = 1000;
    } catch {
      wait = Math.min(wait * 2, 10000);
    }
    setTimeout(look, wait);
  }
  setTimeout(look, wait);
}

// What stays of a link when the session in its address is renewed.
function keyOf(element) {
  return `${(element.getAttribute("href") || "").replace(/^\/in\/[^/]+/, "")} ${element.textContent}`;
}

async function replace(region) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(region.id);
  if (!fresh) return;
  const unfolded = [...region.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  const held = document.activeElement && region.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const isNew = region.textContent !== fresh.textContent;
  for (const name of ["watch", "mark"]) region.dataset[name] = fresh.dataset[name] ?? "";
  const find = document.querySelector(".panelfind");
  if (find) find.action = page.querySelector(".panelfind").action;
  if (answer.redirected) history.replaceState(null, "", answer.url);
  region.replaceChildren(...fresh.childNodes);
  for (const summary of region.querySelectorAll("details > summary")) summary.parentElement.open = unfolded.includes(summary.textContent);
  if (held !== null) [...region.querySelectorAll("a, button, summary")].find((one) => keyOf(one) === held)?.focus();
  for (const element of region.querySelectorAll("[data-live]")) if (!(FINISHED in element.dataset)) follow(element);
  const said = region.querySelector("[data-watch-said]");
  if (said && isNew) said.textContent = said.dataset.watchSaid || "The panel was updated.";
}

// A text for the reply: the helpdesk's page around us takes it; where nobody answers, it is copied.
function insertable(form) {
  const field = form.querySelector("textarea"), said = form.querySelector("[data-insert-said]");
  const say = (words) => { said.textContent = words; };
  function copy() {
    field.select();
    say(document.execCommand("copy") ? "Copied: paste it into the reply." : "Press Ctrl-C to copy it.");
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[data-insert-copy]").addEventListener("click", copy);
  form.querySelector("[data-insert-reply]")?.addEventListener("click", () => {
    const unheard = setTimeout(copy, 700);
    addEventListener("message", (event) => {
      if (event.source !== window.parent || event.data?.counterfoil !== "inserted") return;
      clearTimeout(unheard);
      say("It stands in the reply.");
    }, { once: true });
    // Only the helpdesk's pages may stand around us (frame-ancestors).
    window.parent.postMessage({ counterfoil: "insert", text: field.value }, "*");
  });
}

// Connecting a panel: the window with the code hands it to the panel that opened it, and the panel goes on.
function connecting(field) {
  addEventListener("message", (event) => {
    if (event.origin !== location.origin || typeof event.data?.code !== "string") return;
    field.value = event.data.code;
    field.form.submit();
  });
}

const made = document.querySelector("[data-connect-made]");
if (made && window.opener) window.opener.postMessage({ code: made.dataset.connectMade }, location.origin);
for (const field of document.querySelectorAll("[data-connect-code]")) connecting(field);
for (const link of document.querySelectorAll("[data-connect]")) link.addEventListener("click", (event) => {
  if (window.open(link.href, link.target, "width=520,height=560")) event.preventDefault();
});
for (const form of document.querySelectorAll("[data-again]")) setTimeout(() => form.submit(), 1000);

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
for (const region of document.querySelectorAll("[data-watch]")) watch(region);
for (const form of document.querySelectorAll("[data-insert]")) insertable(form);

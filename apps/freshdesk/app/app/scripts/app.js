// The app around the panel: tells Counterfoil which ticket this is, and puts texts into the reply.
"use strict";

const form = document.querySelector("form");
const frame = document.querySelector("iframe");
const said = document.getElementById("said");

async function start(client) {
  const { address, label } = await client.iparams.get();
  const [{ ticket }, { requester }] = await Promise.all([client.data.get("ticket"), client.data.get("requester")]);
  const field = (name) => form.elements.namedItem(name);
  form.action = `${address}/panel/freshdesk/${encodeURIComponent(label)}`;
  field("ticket").value = String(ticket.id);
  field("emails").value = [ticket.sender_email, requester.email].filter(Boolean).join("\n");
  field("name").value = (requester.name || "").slice(0, 200);
  field("text").value = `${ticket.subject || ""}\n${ticket.description_text || ""}`.slice(0, 9000);
  said.hidden = true;
  frame.hidden = false;
  form.submit();
  const origin = new URL(address).origin;
  addEventListener("message", async (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow || !event.data || event.data.counterfoil !== "insert") return;
    await client.interface.trigger("setValue", { id: "editor", text: String(event.data.text), replace: false, position: "end" });
    event.source.postMessage({ counterfoil: "inserted" }, origin);
  });
}

app.initialized().then(start).catch(() => { said.textContent = "The panel did not open; reload the ticket."; });

// The page around the panel: asks the helpdesk's own script which ticket it stands beside, and hands texts to the reply.
"use strict";

const form = document.querySelector("form");
const frame = document.querySelector("iframe");
const said = document.querySelector("[data-shell-said]");
let insert = null;
let open = null;

function show({ ticket, emails, name, text }) {
  if (!ticket) return tell("This ticket is not saved yet.");
  if (ticket === open) return;
  open = ticket;
  form.ticket.value = ticket;
  form.emails.value = [...new Set(emails.filter(Boolean))].slice(0, 5).join("\n");
  form.elements.name.value = (name || "").slice(0, 200);
  form.text.value = (text || "").slice(0, 9000);
  said.hidden = true;
  frame.hidden = false;
  form.submit();
}

function tell(words) {
  said.textContent = words;
  said.hidden = false;
  frame.hidden = true;
  open = null;
}

const plain = (html) => new DOMParser().parseFromString(html || "", "text/html").body.textContent;

const helpdesks = {
  async zendesk() {
    const client = window.ZAFClient.init();
    client.invoke("resize", { width: "100%", height: "640px" });
    insert = (text) => client.invoke("ticket.comment.appendText", text);
    const found = await client.get(["ticket.id", "ticket.subject", "ticket.description", "ticket.requester"]);
    const requester = found["ticket.requester"] || {};
    const others = (requester.identities || []).filter((one) => one.type === "email").map((one) => one.value);
    show({
      ticket: String(found["ticket.id"] || ""), emails: [requester.email, ...others], name: requester.name,
      text: `${found["ticket.subject"] || ""}\n${plain(found["ticket.description"])}`,
    });
  },
  front() {
    window.Front.contextUpdates.subscribe((context) => {
      if (context.type !== "singleConversation") return tell("Choose one conversation.");
      const { id, subject, recipient } = context.conversation;
      insert = (text) => context.createDraft({ content: { body: text, type: "text" }, replyOptions: { type: "reply" } });
      show({ ticket: id, emails: [recipient && recipient.handle], name: recipient && recipient.name, text: subject });
    });
  },
};

addEventListener("message", async (event) => {
  if (event.source !== frame.contentWindow || event.origin !== location.origin || event.data?.counterfoil !== "insert" || !insert) return;
  await insert(String(event.data.text));
  event.source.postMessage({ counterfoil: "inserted" }, event.origin);
});

Promise.resolve().then(helpdesks[document.body.dataset.shell]).catch(() => tell("The helpdesk’s script did not load; reload the page."));

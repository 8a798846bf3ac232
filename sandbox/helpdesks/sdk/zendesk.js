window.ZAFClient = {
  init: () => ({
    async get(names) {
      const { id, subject, description, requester } = await sandboxAsk("get");
      const known = { "ticket.id": Number(id), "ticket.subject": subject, "ticket.description": description, "ticket.requester": requester };
      return Object.fromEntries(names.map((name) => [name, known[name]]));
    },
    async invoke(name, text) {
      if (name === "ticket.comment.appendText") await sandboxAsk("insert", text);
    },
  }),
};

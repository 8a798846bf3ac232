window.app = {
  initialized: async () => ({
    iparams: { get: async () => ({ address: document.currentScriptAddress || window.name, label: "main" }) },
    data: {
      async get(what) {
        const { id, subject, description, requester } = await sandboxAsk("get");
        return what === "requester"
          ? { requester: { email: requester.email, name: requester.name } }
          : { ticket: { id: Number(id), subject, description_text: description, sender_email: requester.email } };
      },
    },
    interface: { trigger: (name, { text }) => sandboxAsk("insert", text) },
  }),
};

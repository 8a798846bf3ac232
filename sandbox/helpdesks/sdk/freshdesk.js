window.app = {
  initialized: async () => ({
    iparams: { get: async () => (SANDBOX_IPARAMS) },
    data: {
      async get(what) {
        const { id, subject, description, requester } = await sandboxAsk("get");
        const text = new DOMParser().parseFromString(description, "text/html").body.textContent;
        return what === "requester"
          ? { requester: { email: requester.email, name: requester.name } }
          : { ticket: { id: Number(id), subject, description_text: text, sender_email: requester.email } };
      },
    },
    interface: { trigger: (name, { text }) => sandboxAsk("insert", text) },
  }),
};

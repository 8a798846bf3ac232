window.Front = {
  contextUpdates: {
    async subscribe(told) {
      const { id, subject, requester } = await sandboxAsk("get");
      told({
        type: "singleConversation",
        conversation: { id, subject, recipient: { handle: requester.email, name: requester.name } },
        listMessages: async () => ({ results: [{ id: "msg_1" }] }),
        createDraft: (draft) => sandboxAsk("insert", draft.content.body),
      });
    },
  },
};

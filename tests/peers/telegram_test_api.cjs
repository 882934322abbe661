// npm telegram-test-api as Telegram, and its own client as a person: a JSON line in, a JSON line out.
// node telegram_test_api.cjs '{"port", "token", "person"}'
'use strict';

const readline = require('node:readline');
const { TelegramServer } = require('telegram-test-api/lib/telegramServer.js');

const { port, token, person } = JSON.parse(process.argv[2]);
const server = new TelegramServer({ port, host: '127.0.0.1' });

// Presses of the package lack the required `chat_instance`; `patch` adds it.
const unpatched = TelegramServer.formatUpdate;
const patched = (update) => {
  const told = unpatched(update);
  return told.callback_query
    ? { ...told, callback_query: { ...told.callback_query, chat_instance: '1' } }
    : told;
};

function calls(client) {
  return {
    patch: (wanted) => {
      TelegramServer.formatUpdate = wanted ? patched : unpatched;
    },
    write: (text) => client.sendMessage(client.makeMessage(text)),
    command: (text) => client.sendCommand(client.makeCommand(text)),
    press: (data, message) => client.sendCallback(client.makeCallbackQuery(data, { message })),
    screen: async () =>
      (await client.getUpdatesHistory())
        .filter((update) => update.message && 'chat_id' in update.message)
        .map(({ message, messageId }) => ({ ...message, message_id: messageId })),
  };
}

(async () => {
  await server.start();
  const known = calls(server.getClient(token, { userId: person, chatId: person, firstName: 'Олена' }));
  console.log(JSON.stringify({ call: 'listen', got: port }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { call, args } = JSON.parse(line);
    try {
      console.log(JSON.stringify({ call, got: (await known[call](...args)) ?? null }));
    } catch (fault) {
      console.log(JSON.stringify({ call, refused: fault.message }));
    }
  }
  process.exit(0);
})();

// Viber's own npm viber-bot as a bot that echoes and welcomes: a JSON line in, a JSON line out.
// node viber_bot.cjs '{"base", "token", "port"}'
'use strict';

const http = require('node:http');
const readline = require('node:readline');
const { Bot, Events, Message } = require('viber-bot');

const { base, token, port } = JSON.parse(process.argv[2]);
const bot = new Bot({ authToken: token, name: 'Луна', avatar: '' });
bot._client._url = base;

bot.on(Events.MESSAGE_RECEIVED, (message, response) => {
  response.send(new Message.Text(`Луна: ${message.text}`)).catch(() => {});
});
bot.onConversationStarted((person, isSubscribed, context, answer) => {
  const button = { ActionType: 'reply', ActionBody: 'menu', Text: 'Меню' };
  answer(new Message.Text(`Вітаю: ${context}`, { Type: 'keyboard', Buttons: [button] }));
});
// Without a listener Node ends the process.
bot.onError(() => {});

const calls = {
  setWebhook: (url) => bot.setWebhook(url),
  getBotProfile: () => bot.getBotProfile(),
  getUserDetails: (id) => bot.getUserDetails({ id }),
  getOnlineStatus: (ids) => bot.getOnlineStatus(ids),
  send: (id, text) => bot.sendMessage({ id }, [new Message.Text(text)]),
};

async function tried({ call, args }) {
  try {
    return { call, got: (await calls[call](...args)) ?? null };
  } catch (fault) {
    return { call, refused: fault.status_message || fault.message };
  }
}

http.createServer(bot.middleware()).listen(port, '127.0.0.1', async () => {
  console.log(JSON.stringify({ call: 'listen', got: port }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await tried(JSON.parse(line))));
  }
  process.exit(0);
});

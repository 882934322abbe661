// Calls npm messaging-api-viber or messaging-api-messenger as told: a JSON line in, a JSON line out.
// node messaging_api.cjs viber|messenger '<the client's config>'
'use strict';

const readline = require('node:readline');

const [kind, config] = process.argv.slice(2);
const Client =
  kind === 'viber'
    ? require('messaging-api-viber').ViberClient
    : require('messaging-api-messenger').MessengerClient;

// {"$bytes": "<base64>"} stands for a file.
const revive = (key, value) =>
  value && typeof value.$bytes === 'string' ? Buffer.from(value.$bytes, 'base64') : value;

async function tried({ call, args, as }) {
  try {
    const client = new Client({ ...JSON.parse(config), onRequest: () => {}, ...as });
    return { call, got: (await client[call](...args)) ?? null };
  } catch (fault) {
    return { call, refused: fault.message };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await tried(JSON.parse(line, revive))));
  }
})();

// The three channels of the peer; tokens and the address of the stub come from the benchmark.
const origin = process.env.STUB_ORIGIN;

module.exports = {
  session: { driver: 'memory', stores: { memory: { maxSize: 500 } } },
  channels: {
    telegram: {
      enabled: true,
      path: '/webhooks/telegram',
      sync: true,
      accessToken: process.env.TELEGRAM_TOKEN,
      origin,
    },
    viber: {
      enabled: true,
      path: '/webhooks/viber',
      sync: true,
      accessToken: process.env.VIBER_TOKEN,
      sender: { name: 'Echo' },
      origin,
    },
    messenger: {
      enabled: true,
      path: '/webhooks/messenger',
      sync: true,
      pageId: process.env.MESSENGER_PAGE_ID,
      accessToken: process.env.MESSENGER_PAGE_TOKEN,
      appId: process.env.MESSENGER_APP_ID,
      appSecret: process.env.MESSENGER_APP_SECRET,
      verifyToken: 'echo',
      origin,
    },
  },
};

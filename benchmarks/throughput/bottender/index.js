// The echo of the peer: every text comes back, nothing is stored.
module.exports = async function App(context) {
  if (context.event.isText) {
    await context.sendText(context.event.text);
  }
};

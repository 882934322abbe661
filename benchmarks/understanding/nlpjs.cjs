// NLP.js as `worker.py` is for Python: node nlpjs.cjs learn|answer FILE. Texts are of the language "uk", never guessed.
"use strict";

const fs = require("node:fs");

const LANGUAGE = "uk";
const NOT_OURS = "None";
const MENU = 3;
const WARM_UP = 20;

function say(told) {
  process.stdout.write(JSON.stringify(told) + "\n");
}

async function engine() {
  const { containerBootstrap } = require("@nlpjs/core");
  const { Nlp } = require("@nlpjs/nlp");
  const { LangUk } = require("@nlpjs/lang-uk");
  const container = await containerBootstrap();
  container.use(Nlp);
  container.use(LangUk);
  const nlp = container.get("nlp");
  Object.assign(nlp.settings, { autoSave: false, autoLoad: false });
  // Its log would stand among the answers.
  container.registerConfiguration("nlu-??", { ...container.getConfiguration("nlu-??"), log: false });
  nlp.addLanguage(LANGUAGE);
  return nlp;
}

function mostMegabytes() {
  if (fs.existsSync("/proc/self/status")) {
    const line = /^VmHWM:\s*(\d+)/m.exec(fs.readFileSync("/proc/self/status", "utf8"));
    if (line) return (Number(line[1]) * 1024) / 1e6;
  }
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

async function learn(file, rows) {
  const nlp = await engine();
  const start = process.hrtime.bigint();
  for (const [text, topic] of rows) nlp.addDocument(LANGUAGE, text, topic === null ? NOT_OURS : topic);
  await nlp.train();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  fs.writeFileSync(file, nlp.export(false));
  say({ seconds, megabytes: mostMegabytes() });
}

async function answer(file, texts) {
  const nlp = await engine();
  nlp.import(fs.readFileSync(file, "utf8"));
  // Backwards: a process that serves is warm, but has not read these texts yet.
  for (const text of texts.slice(0, WARM_UP)) await nlp.process(LANGUAGE, text.split(" ").reverse().join(" "));
  for (const text of texts) {
    const start = process.hrtime.bigint();
    const { classifications } = await nlp.process(LANGUAGE, text);
    const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
    const topics = classifications.filter((one) => one.intent !== NOT_OURS);
    const rest = classifications.find((one) => one.intent === NOT_OURS);
    const ours = (topics.length ? topics[0].score : 0) - (rest ? rest.score : 0);
    say({ ranked: topics.slice(0, MENU).map((one) => one.intent), ours, milliseconds });
  }
  say({ megabytes: mostMegabytes() });
}

const [task, file] = process.argv.slice(2);
const given = JSON.parse(fs.readFileSync(0, "utf8"));
(task === "learn" ? learn : answer)(file, given);

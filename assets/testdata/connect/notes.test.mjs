import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { noteOf, sentence } from "../../connect/conversation/notes.js";
import { GatewayError } from "../../connect/gateway/refusal.js";

const connect = new URL("../../connect/", import.meta.url);
const source = (name) => readFileSync(new URL(name, connect), "utf8");
const module = (text) => `data:text/javascript,${encodeURIComponent(text)}`;

// speaking loads the module of the notes anew, with the words of a language.
async function speaking(file) {
  const translation = readFileSync(new URL(`../translations/page/${file}.json`, connect), "utf8");
  const words = module(`
    const words = ${translation};
    export const t = (text, values = {}) => (words[text] ?? text).replace(/\\{(\\w+)\\}/g, (place, name) => values[name] ?? place);`);
  const problems = module(source("words/problems.js").replace("./text.js", words));
  return import(module(source("conversation/notes.js").replace("../words/problems.js", problems).replace("../words/text.js", words)));
}

const refused = (code) => noteOf(new GatewayError({ code, message: "what the gateway says" }));

test("what is kept of an answer is said in the language of then", async () => {
  for (const [notes, en, de, ja] of [
    [[{ of: "stopped" }], "Stopped", "Gestoppt", "停止しました"],
    [[{ of: "blind", model: "Tiny" }, { of: "length" }],
      "Tiny cannot see pictures, so it got only the words. The answer reached its length limit.", /^Tiny kann .* Bilder.* Antwort/, /^Tiny.*画像/],
    [[{ of: "lost" }], "The answer was cut off.", /Antwort/, /回答/],
    [[{ of: "empty" }], "The model gave no answer.", /Antwort/, /回答/],
    [[refused("server_broke_off")], "The answer broke off", /Antwort/, /回答/],
    [[refused("a_code_of_tomorrow")], "Something went wrong", /schief/, /問題/],
    [[{ of: "a note of tomorrow" }, { of: "stopped" }], "Stopped", "Gestoppt", "停止しました"],
    [[], "", "", ""],
  ]) {
    const kept = JSON.stringify({ notes });
    assert.equal(sentence(JSON.parse(kept)), en);
    assert.ok(!en || !kept.includes(en), `the words are kept: ${kept}`);
    for (const [file, want] of [["de", de], ["ja", ja]]) {
      const said = (await speaking(file)).sentence(JSON.parse(kept));
      if (want instanceof RegExp) assert.match(said, want);
      else assert.equal(said, want, file);
      assert.ok(!en || said !== en, `${file}: ${said}`);
    }
  }
});

test("what an older page kept in words stays as it is", () => {
  assert.equal(sentence({ content: "a", note: "Angehalten" }), "Angehalten");
  assert.equal(sentence({ content: "a", note: "" }), "");
  assert.equal(sentence({ content: "a" }), "");
});

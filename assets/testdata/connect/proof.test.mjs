import assert from "node:assert/strict";
import { test } from "node:test";
import { Challenge } from "../../connect/gateway/proof.js";
import { proofFor } from "./laptop.mjs";

const KEY = "mb_AAAAAAAAAAAAAAAAAAAAAA";
const HOST = "192.168.1.20:8717";

test("the gateway computes the same", () => { // TestProofVector in tunnel
  const challenge = new Challenge(KEY, HOST, "00112233445566778899aabbccddeeff");
  assert.equal(challenge.path, "/proof?at=192.168.1.20%3A8717&nonce=00112233445566778899aabbccddeeff&phone=99274c53438544bdaac04814fc5b0e8b01625360882d6234ac552f47f18e5ee6");
  assert.equal(challenge.wayOf("7aac6274fb42940a76e41ef54ffe504299676effc3ce1b1fc0a494760cae7257"), "direct");
});

test("only the laptop of the key has a proof, and says which way it is", () => {
  const challenge = new Challenge(KEY, HOST);
  assert.equal(challenge.wayOf(proofFor(challenge.path, KEY).proof), "direct");
  assert.equal(challenge.wayOf(proofFor(challenge.path, KEY, "forwarded").proof), "forwarded");
  for (const proof of [
    undefined, null, "", {}, 7, [], "0".repeat(64),
    proofFor(challenge.path, "mb_BBBBBBBBBBBBBBBBBBBBBB").proof, // another laptop's
    new URLSearchParams(challenge.path.slice(7)).get("phone"), // the question thrown back
    proofFor(new Challenge(KEY, HOST).path, KEY).proof, // of another time
    proofFor(new Challenge(KEY, "192.168.1.77:8717").path, KEY).proof, // had from the laptop at its own address
  ]) assert.equal(challenge.wayOf(proof), "", String(proof));
});

test("a question does not hold the key, and none is like another", () => {
  const [one, two] = [new Challenge(KEY, HOST).path, new Challenge(KEY, HOST).path];
  for (const part of [...new URLSearchParams(one.slice(7)).entries()].filter(([name]) => name !== "at").map(([, value]) => value)) {
    assert.ok(!two.includes(part), part);
    assert.ok(part.length >= 32);
  }
  assert.ok(!one.includes(KEY) && !one.includes(KEY.slice(3)));
});

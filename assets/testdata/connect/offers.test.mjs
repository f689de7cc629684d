import assert from "node:assert/strict";
import { test } from "node:test";
import { offersFor } from "../../connect/apps/offers.js";

const OFFERS = [
  { id: "chatbox", platforms: ["ios", "android", "mac"] }, { id: "rikkahub", platforms: ["android"] },
  { id: "nextchat", platforms: ["web"] }, { id: "kelivo", platforms: ["mac", "ios"] },
  { id: "other", platforms: ["ios", "android", "mac", "windows", "linux"] },
];
const ids = (offers) => offers.map((offer) => offer.id);

test("apps that run here come first, in the gateway's order, and none is lost", () => {
  for (const [platform, first, more] of [
    ["ios", ["chatbox", "kelivo"], ["rikkahub", "nextchat"]],
    ["android", ["chatbox", "rikkahub"], ["nextchat", "kelivo"]],
    ["linux", [], ["chatbox", "rikkahub", "nextchat", "kelivo"]],
  ]) {
    const sorted = offersFor(OFFERS, platform);
    assert.deepEqual(ids(sorted.first), first, platform);
    assert.deepEqual(ids(sorted.more), more, platform);
    assert.equal(sorted.other.id, "other");
  }
});

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Address } from "../../connect/address.js";

const LOCAL = "http://laptop.local:8717";
const ME = { ok: true, id: "me", name: "Laptop" };
const away = () => { throw new TypeError("failed to fetch"); };
const deaf = (signal) => new Promise((_, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });

// network answers /healthz at "" and at LOCAL, each with a value or a function; both can be changed.
function network(own, local) {
  const asked = [];
  const at = { "": own, [LOCAL]: local };
  const address = new Address(async (url, { signal }) => {
    const base = url.replace(/\/healthz$/, "");
    asked.push(base);
    const value = typeof at[base] === "function" ? await at[base](signal) : at[base];
    return new Response(JSON.stringify(value), { status: value.status ?? 200 });
  });
  return { address, asked, at };
}

// hurry makes all waiting as much shorter.
function hurry(t) {
  const real = setTimeout;
  mock.method(globalThis, "setTimeout", (act, ms, ...args) => real(act, ms / 50, ...args));
  t.after(() => mock.restoreAll());
}

test("the page's own address is used while it answers", async () => {
  const { address, asked } = network(ME, ME);
  address.know({ id: "me", local: LOCAL });
  assert.deepEqual(await address.find(), { id: "me", name: "Laptop" });
  assert.equal(address.url("/pair"), "/pair");
  assert.deepEqual(asked, [""]);
});

test("the lasting address is gone on with when the own one is gone, and left when it is back", async (t) => {
  hurry(t);
  for (const gone of [away, deaf, { id: "other", name: "Other" }, "no JSON", { id: "x", status: 500 }]) {
    const { address, at } = network(gone, ME);
    address.know({ id: "me", local: LOCAL });
    assert.deepEqual(await address.find(), { id: "me", name: "Laptop" });
    assert.equal(address.url("/v1/models"), `${LOCAL}/v1/models`);
    at[""] = ME;
    await address.find();
    assert.equal(address.url("/v1/models"), "/v1/models");
  }
});

test("the own address says why there is none", async (t) => {
  hurry(t);
  for (const [own, local, code] of [
    [away, away, "unreachable"], [deaf, deaf, "unreachable"], [away, { id: "other" }, "unreachable"], [{ id: "other" }, away, "other_laptop"],
    [{ status: 403, error: { code: "host_not_allowed", source: "modelbeam" } }, away, "host_not_allowed"],
  ]) {
    const { address } = network(own, local);
    address.know({ id: "me", local: LOCAL });
    await assert.rejects(address.find(), { code });
    assert.equal(address.url("/"), "/");
  }
});

test("without a lasting address there is one to ask", async () => {
  const { address, asked } = network(away, ME);
  address.know({ id: "me" });
  await assert.rejects(address.find(), { code: "unreachable" });
  assert.deepEqual(asked, [""]);
  assert.equal(await address.lasts(), false);
});

test("a phone that pairs takes any laptop", async () => {
  const { address } = network({ id: "whoever", name: "New" }, ME);
  address.know({ id: "me", local: LOCAL });
  address.know({});
  assert.deepEqual(await address.find(), { id: "whoever", name: "New" });
});

test("another laptop's address is forgotten", async () => {
  const { address } = network(away, ME);
  address.know({ id: "me", local: LOCAL });
  await address.find();
  assert.equal(address.url("/"), `${LOCAL}/`);
  address.know({ id: "me", local: LOCAL });
  assert.equal(address.url("/"), `${LOCAL}/`, "what is known already changes nothing");
  address.know({ id: "other", local: "" });
  assert.equal(address.url("/"), "/");
});

test("whether the lasting address works is asked once for each network", async (t) => {
  hurry(t);
  for (const [local, want] of [[ME, true], [away, false], [deaf, false], [{ id: "other" }, false]]) {
    const { address, asked, at } = network(ME, local);
    address.know({ id: "me", local: LOCAL });
    assert.equal(await address.lasts(), want);
    assert.equal(await address.lasts(), want);
    assert.deepEqual(asked, [LOCAL]);
    at[LOCAL] = ME;
    address.forget();
    assert.equal(await address.lasts(), true);
  }
});

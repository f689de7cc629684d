// What a laptop answers to a question for its proof, made with Node's own hashes.
import { createHash, createHmac } from "node:crypto";

/** proofFor answers the question in a URL as the laptop does that gave the key; way is what it claims. */
export function proofFor(url, key, way = "direct") {
  const query = new URL(url, "http://x").searchParams;
  const mac = (label) => createHmac("sha256", createHash("sha256").update(key).digest())
    .update(`modelbeam proof 1, ${label}\n${query.get("at")}\n${query.get("nonce")}`).digest("hex");
  const known = query.get("phone") === mac("phone");
  return { name: "Laptop", proof: known ? mac(`laptop, ${way}`) : "0".repeat(64) };
}

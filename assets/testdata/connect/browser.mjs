// What every browser has, and Node 18, which Debian 12 brings, does not have under this name.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

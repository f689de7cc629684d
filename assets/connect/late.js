// The last part of the page: what draws answers. A person is connected before it has come.
import { Answer } from "./answer/answer.js";
import { arrive } from "./answer/later.js";

arrive(Answer);
globalThis.pageStarted(); // else boot.js says that it did not

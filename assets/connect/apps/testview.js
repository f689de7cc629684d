// The test of the connection as a person sees it: the laptop's addresses, three lines and a verdict.
import { button, icon, make, titled } from "../elements/dom.js";
import { deliver, findingOf, keep } from "../gateway/findings.js";
import { address, report } from "../gateway/gateway.js";
import { addressList } from "./addresses.js";
import { hintOf } from "./hints.js";
import { STEPS, selfTest } from "./selftest.js";
import { Stranger } from "./stranger.js";
import { t } from "../words/text.js";

const ICONS = { passed: "#icon-check", failed: "#icon-close" };

/** testSection makes the section for a connection {key, models, model}. Closing the sheet ends a test. */
export function testSection(connection, sheet) {
  const start = button("button", t("Test the connection"), async () => {
    start.disabled = true;
    start.textContent = t("Testing…");
    await run(connection, sheet, { lines, verdict, addresses });
    start.disabled = false;
    start.textContent = t("Test again");
  });
  const addresses = addressList();
  const lines = make("ol", "steps");
  const verdict = make("p", "");
  verdict.setAttribute("role", "status");
  lines.hidden = true;
  return make("section", "test", make("p", "quiet", t("Makes the same requests as an app, from this phone.")), start, addresses.list, lines, verdict);
}

async function run(connection, sheet, { lines, verdict, addresses }) {
  const rows = STEPS.map((step) => line(step.title));
  lines.replaceChildren(...rows);
  lines.hidden = false;
  verdict.className = "";
  verdict.replaceChildren();
  addresses.draw([]);
  const surveyed = address.survey(addresses.draw);
  const ended = new AbortController();
  const stop = () => ended.abort();
  sheet.addEventListener("close", stop);
  const stranger = await new Stranger().open();
  try {
    const problem = await selfTest({
      fetch: async (path, options) => {
        await address.here(); // the frame sends the key to where the page came from, and nowhere else
        return stranger.fetch(path, options);
      },
      near: () => address.here().then(() => true, () => false),
      report: (i, state, detail) => show(rows[i], state, detail),
      signal: ended.signal,
    }, { key: connection.key, model: connection.model || connection.models[0].id });
    conclude(verdict, problem);
    tell(connection.key, await surveyed, problem);
  } catch (err) {
    if (!ended.signal.aborted) throw err;
  } finally {
    sheet.removeEventListener("close", stop);
    stranger.close();
  }
}

// tell lets the laptop know what the test has found, at once or with the next contact.
function tell(key, tries, problem) {
  const found = problem?.obstacle ? [problem.obstacle] : [];
  const obstacles = location.protocol === "https:" ? [...found, "https"] : found;
  keep(key, findingOf({ occasion: "test", tries, obstacles }, navigator, location.protocol));
  deliver(key, (finding) => report(key, finding));
}

function conclude(verdict, problem) {
  verdict.className = problem ? "trouble" : "quiet";
  if (problem) verdict.append(titled("span", problem));
  else verdict.append(make("span", "", t("Everything works. If an app still cannot connect, check its address and key against those above.")), make("span", "", hintOf(navigator.userAgent)));
  verdict.scrollIntoView({ block: "end", behavior: "smooth" });
}

function line(title) {
  const row = make("li", "", make("span", "mark"), make("span", "", title), make("span", "quiet"));
  show(row, "waiting", "");
  return row;
}

function show(row, state, detail) {
  const [mark, , note] = row.children;
  row.dataset.state = state;
  mark.replaceChildren(...(ICONS[state] ? [icon(ICONS[state])] : []));
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", { waiting: t("not yet"), running: t("Testing…"), passed: t("works"), failed: t("failed") }[state]);
  note.textContent = detail;
}

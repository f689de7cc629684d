// The test of the connection as a person sees it: three lines and a verdict.
import { icon, make } from "./dom.js";
import { address } from "./gateway.js";
import { STEPS, selfTest } from "./selftest.js";
import { Stranger } from "./stranger.js";
import { t } from "./text.js";

const ICONS = { passed: "#icon-check", failed: "#icon-close" };

/** testSection makes the section for a connection {key, models, model}. Closing the sheet ends a test. */
export function testSection(connection, sheet) {
  const section = make("section", "test");
  const button = make("button", "button", t("Test the connection"));
  const lines = make("ol", "steps");
  const verdict = make("p", "");
  button.type = "button";
  verdict.setAttribute("role", "status");
  lines.hidden = true;
  section.append(make("p", "quiet", t("Makes the calls that an app makes, from this device.")), button, lines, verdict);
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = t("Testing…");
    await run(connection, sheet, lines, verdict);
    button.disabled = false;
    button.textContent = t("Test again");
  });
  return section;
}

async function run(connection, sheet, lines, verdict) {
  const rows = STEPS.map((step) => line(step.title));
  lines.replaceChildren(...rows);
  lines.hidden = false;
  verdict.className = "";
  verdict.replaceChildren();
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
  } catch (err) {
    if (!ended.signal.aborted) throw err;
  } finally {
    sheet.removeEventListener("close", stop);
    stranger.close();
  }
}

function conclude(verdict, problem) {
  verdict.className = problem ? "trouble" : "quiet";
  if (problem) verdict.append(make("strong", "", problem.title), " ", problem.advice);
  else verdict.append(t("Everything works. If an app still fails, compare its address and key with those above."));
  verdict.scrollIntoView({ block: "end", behavior: "smooth" });
}

function line(title) {
  const row = make("li", "");
  row.append(make("span", "mark"), make("span", "", title), make("span", "quiet"));
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

// icon makes another of the page's pictures.

// What the phone's page may use: what its oldest browsers have.
//
// compat knows which browsers have a global and its static functions. es-x knows which version of the
// language has what, also the methods of its objects, by their names; the page may be written in that
// of 2022, whose parts that the oldest browsers lack are named below. Of the browser's own objects
// nobody can tell a method by its name alone, so the tempting ones are named too.
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";

// README.md names them too.
const OLDEST = ["chrome 93", "samsung 17", "edge 93", "firefox 98", "ios_saf 15.4", "safari 15.4"];

// Of ES2022, in Chrome since 94 and 97, in Safari since 16.4 and 15.4.
const LATE = ["es-x/no-class-static-block", "es-x/no-object-hasown", "es-x/no-regexp-lookbehind-assertions"];

// Methods of the browser's objects, and properties, by the first Chrome and Safari that have them.
const METHODS = {
  throwIfAborted: "100, 15.4", checkVisibility: "105, 17.4", requestSubmit: "76, 16", getSetCookie: "113, 17",
  togglePopover: "114, 17", showPopover: "114, 17", setHTMLUnsafe: "124, 17.4", moveBefore: "133, none", closedBy: "134, none",
  getHTML: "125, 18", commandForElement: "135, 26", showPicker: "99, 16",
};

const FUNCTIONS = [["AbortSignal", "any"], ["AbortSignal", "timeout"], ["Response", "json"], ["URL", "canParse"], ["URL", "parse"], ["crypto", "randomUUID"]];

export default [
  {
    files: ["**/connect/**/*.js"],
    ignores: ["**/connect/boot.js", "**/connect/probe.js"],
    plugins: { compat, "es-x": esx },
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    settings: { targets: OLDEST, "es-x": { aggressive: true } },
    rules: {
      ...esx.configs["flat/restrict-to-es2022"].rules,
      ...esx.configs["flat/no-set-methods"].rules,
      ...Object.fromEntries(LATE.map((rule) => [rule, "error"])),
      "compat/compat": "error",
      "no-restricted-properties": ["error", ...Object.entries(METHODS).map(([property, since]) => ({ property, message: `Chrome and Safari have it since ${since}.` })),
        ...FUNCTIONS.map(([object, property]) => ({ object, property }))],
      "no-restricted-globals": ["error", "structuredClone"],
      "no-restricted-syntax": ["error", { selector: "ForOfStatement[await=true] > MemberExpression.right[property.name='body']", message: "Streams can be iterated since Chrome 124." }],
    },
  },
  {
    // They run in whatever comes.
    files: ["**/connect/boot.js"],
    languageOptions: { ecmaVersion: 3, sourceType: "script" },
  },
];

// What is a mistake in every browser: a name that nobody has, one that nobody uses, an end that is
// never reached. "make check" runs it; eslint.config.mjs beside it is about old browsers.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/connect/vendor/**"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-unused-vars": ["error", { caughtErrors: "none", varsIgnorePattern: "^_$", destructuredArrayIgnorePattern: "^_$" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // Elements are found and made in one place.
    files: ["**/connect/**/*.js"],
    ignores: ["**/connect/elements/dom.js", "**/connect/boot.js"],
    rules: {
      "no-restricted-properties": ["error", ...["createElement", "createElementNS", "getElementById"].map((property) => (
        { object: "document", property, message: "elements/dom.js has at() and make()." }))],
    },
  },
  {
    // They run in whatever comes, so they are written for the oldest.
    files: ["**/connect/boot.js", "**/connect/probe.js"],
    languageOptions: { sourceType: "script" },
    rules: { "no-var": "off", "prefer-const": "off" },
  },
  {
    files: ["**/testdata/**/*.mjs"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];

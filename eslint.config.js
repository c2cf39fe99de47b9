import js from "@eslint/js";

export default [
  js.configs.recommended,
  {
    rules: {
      // TypeScript knows every name that is not declared, those of the browser among them.
      "no-undef": "off",
      "no-shadow": "error",
      "no-unused-vars": ["error", { "argsIgnorePattern": "^_" }],
      "no-var": "error",
      "prefer-const": "error",
      "eqeqeq": "error",
      "no-implicit-coercion": "error",
      "max-len": ["error", { "code": 120 }],
    },
  },
];

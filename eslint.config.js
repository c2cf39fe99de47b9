import js from "@eslint/js";

/**
 * Fields are declared: TypeScript takes `this.name = …` anywhere in a class for a declaration, so
 * that a slip of the pen would make a new field. In the constructor it is one.
 */
const declared = {
  create(context) {
    const known = new Map(); // class name: names of its members
    const open = [];
    const enter = (node) => {
      const names = new Set(known.get(node.superClass?.name));
      for (const member of node.body.body) {
        names.add(member.key?.name);
        if (member.kind !== "constructor") continue;
        for (const { expression } of member.value.body.body) {
          if (expression?.left?.object?.type === "ThisExpression") names.add(expression.left.property.name);
        }
      }
      known.set(node.id?.name, names);
      open.push(names);
    };
    return {
      ClassDeclaration: enter,
      "ClassDeclaration:exit": () => open.pop(),
      "AssignmentExpression > MemberExpression.left[object.type=ThisExpression]"(node) {
        const { name, type } = node.property;
        if (type === "PrivateIdentifier" || open.at(-1)?.has(name)) return;
        context.report({ node, message: `The class declares no field ${name}.` });
      },
    };
  },
};

export default [
  js.configs.recommended,
  {
    plugins: { lrviz: { rules: { declared } } },
    rules: {
      "lrviz/declared": "error",
      // TypeScript knows every name that is not declared, those of the browser among them.
      "no-undef": "off",
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
      "eqeqeq": "error",
      "no-implicit-coercion": "error",
      "max-len": ["error", { code: 120 }],
      // dom.js has one that knows what the target has.
      "no-restricted-syntax": ["error", {
        selector: "CallExpression[callee.object.name=Object][callee.property.name=assign]",
        message: "Object.assign takes any name; assign of dom.js takes those that the target has.",
      }],
    },
  },
];

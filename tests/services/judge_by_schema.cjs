// Judges JSON by a schema inside an OpenAPI description, with ajv. Standard input: {"description", "schema", "bodies":
// [{"name", "body"}]}; standard output: {name: [what is wrong]}.
const Ajv = require("ajv/dist/2020");

const { description, schema, bodies } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: false, validateSchema: false, validateFormats: false, allErrors: true, logger: false });
ajv.addSchema({ $id: "api:description", components: description.components });
const judge = ajv.compile({ $ref: `api:description#/components/schemas/${schema}` });
const told = {};
for (const { name, body } of bodies) {
  told[name] = judge(body) ? [] : judge.errors.slice(0, 8).map((e) => `${e.instancePath || "/"} ${e.message}`);
}
process.stdout.write(JSON.stringify(told));
